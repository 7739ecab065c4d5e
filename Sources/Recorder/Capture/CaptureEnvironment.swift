// What the capture takes from the host: certificates, proxies, limits, scheduling.

import CLinux
import Glibc

enum CaptureEnvironment {
    /// The system's file of trusted certificates.
    static let systemCertificates: String? = {
        let known: [String] = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
        ]
        return known.first { path in access(path, R_OK) == 0 }
    }()

    /// Hosts that are never reached through a proxy: the user's own list, and this machine.
    static let directHosts: String = {
        let variables: [String] = ["no_proxy", "NO_PROXY"]
        let own = variables.compactMap { name in getenv(name).map { String(cString: $0) } }.first
        return ([own].compactMap { $0 } + ["127.0.0.1", "::1", "localhost"]).joined(separator: ",")
    }()

    /// Raises the limit of open files to what the host allows; a connection is one.
    static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Asks for timers without slack, and for real-time scheduling where the host allows it.
    ///
    /// - Returns: Whether the thread is scheduled in real time.
    static func prioritize(realTime: Bool) -> Bool {
        _ = set_timer_slack(1)
        guard realTime else { return false }
        var parameters = sched_param(sched_priority: 10)
        return sched_setscheduler(0, SCHED_FIFO, &parameters) == 0
    }
}
