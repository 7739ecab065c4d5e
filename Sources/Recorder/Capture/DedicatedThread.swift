// A thread of its own for work that must not share the cooperative pool.

import CLinux
import Glibc

/// A running thread.
final class DedicatedThread: Sendable {
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private let thread: pthread_t

    /// Starts a thread.
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(CaptureError) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Start(name: name, body: body))
        let status = pthread_create(&thread, nil, Self.run, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw CaptureError(description: "no thread could be started: \(String(cString: strerror(status)))")
        }
        self.thread = thread
    }

    private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        set_thread_name(start.name)
        start.body()
        return nil
    }

    /// Waits for the end; to be called once.
    func join() {
        pthread_join(thread, nil)
    }
}
