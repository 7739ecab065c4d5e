// Header fields and proxy exceptions as libcurl wants them.

internal import Core
internal import Glibc

/// The list for `CURLOPT_HTTPHEADER`: what goes over the wire is what the request says.
enum WireHeaders {
    /// One line a field; what libcurl would add by itself is suppressed unless the request names it.
    ///
    /// `Host`, `Content-Length` and `User-Agent` stay libcurl's where the request does not name them.
    static func lines(_ fields: [HeaderField]) -> [String] {
        // libcurl reads "Name:" as "leave out" and "Name;" as "send empty".
        var lines = fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for name in ["Accept", "Content-Type", "Expect"]
        where !fields.contains(where: { $0.name.lowercased() == name.lowercased() }) {
            lines.append("\(name):")
        }
        return lines
    }
}

/// Hosts that are never reached through a proxy.
enum ProxyExceptions {
    /// The user's own list, and this machine, which no proxy can reach.
    static let hosts: String = {
        let variables: [String] = ["no_proxy", "NO_PROXY"]
        let own = variables.compactMap { name in getenv(name).map { String(cString: $0) } }.first
        return ([own].compactMap { $0 } + ["127.0.0.0/8", "::1", "localhost"]).joined(separator: ",")
    }()
}
