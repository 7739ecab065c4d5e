// SIGINT and SIGTERM as values: blocked in every thread and waited for in one, so that no handler runs anywhere.

import CLinux
import Glibc

/// The signals that end a recording.
struct EndSignals {
    private var set = sigset_t()

    /// Blocks the signals; to be made before any other thread, which inherits the mask.
    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A peer that goes away shows as an error of the connection, not as a signal.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for one of them; `false` when the time is over first.
    func wait(milliseconds: Int) -> Bool {
        var set = set
        var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        return sigtimedwait(&set, nil, &time) > 0
    }
}
