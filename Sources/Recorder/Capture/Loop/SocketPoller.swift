// The capture thread's own epoll instance, with nanosecond timeouts (epoll_pwait2(2)).

internal import CLinux
internal import Glibc

/// Waits for sockets to become ready.
struct SocketPoller: ~Copyable {
    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>
    private static let capacity: Int32 = 512

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
        if clinux_epoll_control(descriptor, EPOLL_CTL_MOD, socket, interest) != 0 {
            _ = clinux_epoll_control(descriptor, EPOLL_CTL_ADD, socket, interest)
        }
    }

    /// Watches a socket no longer; a closed one has left by itself.
    borrowing func forget(_ socket: Int32) {
        _ = clinux_epoll_control(descriptor, EPOLL_CTL_DEL, socket, 0)
    }

    /// Waits up to `timeout` nanoseconds; the number of sockets ready.
    borrowing func wait(nanoseconds timeout: Int64) -> Int {
        Int(max(clinux_epoll_wait(descriptor, events, Self.capacity, timeout), 0))
    }

    /// The socket of one of the events the last wait returned, and what it is ready for.
    borrowing func event(_ index: Int) -> (socket: Int32, isReadable: Bool, isWritable: Bool, hasFailed: Bool) {
        let ready = events[index].events
        return (
            clinux_epoll_descriptor(events + index),
            ready & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0,
            ready & EPOLLOUT.rawValue != 0,
            ready & EPOLLERR.rawValue != 0
        )
    }
}
