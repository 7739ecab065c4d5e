// Real-time scheduling for the threads that pace answers: beside a busy client, an ordinary thread waits its turn for
// milliseconds.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum RealtimePriority {
    /// The lowest real-time priority: before every ordinary thread, behind whatever else the host runs in real time.
    private static let priority: Int32 = 1

    /// Asks for first-in-first-out scheduling of the calling thread, and says whether it was granted.
    static func request() -> Bool {
        var parameters = sched_param()
        parameters.sched_priority = priority
        return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0
    }

    /// Puts the calling thread before ordinary ones and behind real-time ones, where that is allowed.
    ///
    /// For threads whose work answers wait for, and which must hold up no answer that is under way.
    static func preferCallingThread() {
        #if os(Linux)
        // On Linux, 0 is the calling thread; without the right to it the thread stays as it is.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, -10)
        #endif
    }
}
