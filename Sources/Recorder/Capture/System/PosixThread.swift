// A thread of the operating system: capture and writing must not share Swift's cooperative pool with anything.

internal import Glibc

/// A running thread, to be joined exactly once.
struct PosixThread: ~Copyable, Sendable {
    private let handle: pthread_t

    /// Starts `body` on a thread called `name` (at most 15 bytes).
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemFailure) {
        final class Start: Sendable {
            let name: String
            let body: @Sendable () -> Void
            init(name: String, body: @escaping @Sendable () -> Void) {
                self.name = name
                self.body = body
            }
        }
        var handle = pthread_t()
        // The thread takes the box back; where it never starts, we do.
        let box = Unmanaged.passRetained(Start(name: name, body: body))
        let status = pthread_create(
            &handle,
            nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                ProcessRights.nameThread(start.name)
                start.body()
                return nil
            },
            box.toOpaque()
        )
        guard status == 0 else {
            box.release()
            throw SystemFailure("start thread \(name)", errorNumber: status)
        }
        self.handle = handle
    }

    /// Waits until the thread has returned.
    consuming func join() {
        pthread_join(handle, nil)
    }
}
