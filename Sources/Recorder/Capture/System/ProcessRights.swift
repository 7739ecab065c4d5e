// What the recorder asks of the operating system so as to be on time; each is a wish that may be refused.

internal import CLinux
internal import Glibc

/// Scheduling, memory and descriptors of this process.
enum ProcessRights {
    /// Lets the calling thread's timers expire within `nanoseconds` of their instant; the default is 50 µs.
    static func setTimerSlack(nanoseconds: UInt) {
        _ = clinux_prctl(PR_SET_TIMERSLACK, nanoseconds)
    }

    /// Names the calling thread (at most 15 bytes) for `top -H` and debuggers.
    static func nameThread(_ name: String) {
        _ = name.withCString { clinux_prctl(PR_SET_NAME, UInt(bitPattern: $0)) }
    }

    /// Puts the calling thread, and no thread that it starts, into `SCHED_FIFO`; whether it was permitted.
    static func becomeRealTime(priority: Int32) -> Bool {
        var parameters = sched_param()
        parameters.sched_priority = priority
        // Threads inherit the class: without the flag libcurl's resolver threads would run in real time too.
        return sched_setscheduler(0, SCHED_FIFO | resetOnFork, &parameters) == 0
    }

    /// `SCHED_RESET_ON_FORK` (sched(7)), which the Glibc module leaves out.
    private static let resetOnFork: Int32 = 0x4000_0000

    /// Locks the process's memory, present and future, page by page as it is touched; whether it was permitted.
    static func lockMemory() -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 else { return false }
        // A finite limit would make some later allocation fail; root is not bound by it.
        guard limit.rlim_cur == rlim_t.max || geteuid() == 0 else { return false }
        return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0
    }

    /// Raises the soft limit of open descriptors to the hard one; the limit then in force.
    static func raiseDescriptorLimit() -> UInt64 {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        return UInt64(
            limit.rlim_cur < limit.rlim_max && setrlimit(resource, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur
        )
    }
}
