// The capture thread's own epoll instance, with nanosecond timeouts (epoll_pwait2(2)).

internal import CLinux
internal import Glibc

/// Waits for sockets to become ready.
struct SocketPoller: ~Copyable {
    /// A socket that is ready, and what for.
    struct Event: BitwiseCopyable {
        var socket: Int32
        var isReadable: Bool
        var isWritable: Bool
        var hasFailed: Bool
    }

    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>
    private static let capacity: Int32 = 512
    /// Whether the kernel (before 5.11) only knows timeouts in milliseconds.
    private var lacksNanoseconds = false

    init() throws(SystemFailure) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SystemFailure("make an epoll instance") }
        events = .allocate(capacity: Int(Self.capacity))
        events.initialize(repeating: epoll_event(), count: Int(Self.capacity))
    }

    deinit {
        events.deallocate()
        close(descriptor)
    }

    /// Watches a socket for input, output or both; level-triggered, so nothing is missed.
    borrowing func watch(_ socket: Int32, input: Bool, output: Bool) {
        let interest = (input ? EPOLLIN.rawValue : 0) | (output ? EPOLLOUT.rawValue : 0)
        if control(EPOLL_CTL_MOD, socket, interest) != 0 { _ = control(EPOLL_CTL_ADD, socket, interest) }
    }

    /// Watches a socket no longer; a closed one has left by itself.
    borrowing func forget(_ socket: Int32) {
        _ = control(EPOLL_CTL_DEL, socket, 0)
    }

    private borrowing func control(_ operation: Int32, _ socket: Int32, _ interest: UInt32) -> Int32 {
        var event = epoll_event(events: interest, data: epoll_data_t(fd: socket))
        return epoll_ctl(descriptor, operation, socket, &event)
    }

    /// Waits up to `timeout` nanoseconds, for ever where it is negative; the number of sockets ready.
    mutating func wait(nanoseconds timeout: Int64) -> Int {
        if !lacksNanoseconds {
            var limit = timespec(tv_sec: Int(timeout / 1_000_000_000), tv_nsec: Int(timeout % 1_000_000_000))
            let count =
                timeout < 0
                ? epoll_pwait2(descriptor, events, Self.capacity, nil, nil)
                : epoll_pwait2(descriptor, events, Self.capacity, &limit, nil)
            if count >= 0 || errno != ENOSYS { return Int(max(count, 0)) }
            lacksNanoseconds = true
        }
        // Rounded up, never early; an hour at most, which fits.
        let milliseconds = timeout < 0 ? -1 : min((timeout + 999_999) / 1_000_000, 3_600_000)
        return Int(max(epoll_wait(descriptor, events, Self.capacity, Int32(milliseconds)), 0))
    }

    /// The socket of one of the events the last wait returned, and what it is ready for.
    borrowing func event(_ index: Int) -> Event {
        let ready = events[index].events
        return Event(
            socket: events[index].data.fd,
            isReadable: ready & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0,
            isWritable: ready & EPOLLOUT.rawValue != 0,
            hasFailed: ready & EPOLLERR.rawValue != 0
        )
    }
}
