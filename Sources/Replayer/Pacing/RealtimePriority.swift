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
}
