// SIGINT and SIGTERM as values: blocked in every thread, waited for in one, so that no handler runs anywhere.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The signals that end the program.
struct EndSignals {
    private var set: sigset_t

    /// Blocks the signals; to be made before any other thread, which inherits the mask.
    init() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        self.set = set
    }

    /// Waits for one of the signals.
    func wait() -> Int32 {
        var set = set
        var signal: Int32 = 0
        while sigwait(&set, &signal) != 0 {}
        return signal
    }
}

/// How many files the process may hold open: every connection is one.
enum OpenFileLimit {
    /// Raises the soft limit to the hard one; without effect where that is not allowed.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
