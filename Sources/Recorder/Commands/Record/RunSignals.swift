// Signals as values: blocked in every thread and waited for in one, so that no handler runs anywhere.

import CLinux
import Glibc

/// What a signal asks of a recording.
enum RunSignal: Sendable {
    /// SIGINT or SIGTERM.
    case end
    /// SIGHUP.
    case rotate
}

/// The signals that a recording obeys.
struct RunSignals {
    private var set = sigset_t()

    /// Blocks the signals; to be made before any other thread, which inherits the mask.
    init() {
        sigemptyset(&set)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A peer that goes away shows as an error of the connection, not as a signal.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for one of them; `nil` when the time is over first.
    func wait(milliseconds: Int) -> RunSignal? {
        var set = set
        var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        switch sigtimedwait(&set, nil, &time) {
        case SIGHUP: return .rotate
        case SIGINT, SIGTERM: return .end
        default: return nil
        }
    }
}
