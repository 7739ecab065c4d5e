// Wakes a thread that waits in `epoll` or `poll`, from any other thread (eventfd(2)).

internal import CLinux
internal import Glibc

/// A descriptor that becomes readable when somebody raises it; raising it twice is raising it once.
struct EventSignal: ~Copyable, Sendable {
    /// The descriptor to wait on for input.
    let descriptor: Int32

    /// Makes a signal that is not raised.
    init() throws(SystemFailure) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemFailure("make an eventfd") }
    }

    deinit {
        close(descriptor)
    }

    /// Wakes the waiting thread.
    func raise() {
        // Fails only where the counter is full, and then the signal is raised already.
        _ = eventfd_write(descriptor, 1)
    }

    /// Takes the signal back.
    func lower() {
        var count: eventfd_t = 0
        _ = eventfd_read(descriptor, &count)
    }

    /// Waits until the signal is raised or `milliseconds` have passed, then takes it back.
    func wait(milliseconds: Int32) {
        var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&descriptors, 1, milliseconds) > 0 { lower() }
    }
}
