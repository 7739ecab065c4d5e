// Header fields as libcurl wants them, so that what goes over the wire is what the request says and nothing else.

internal import Core

/// The list for `CURLOPT_HTTPHEADER`.
enum WireHeaders {
    /// One line a field; what libcurl would add by itself is suppressed unless the request names it.
    ///
    /// `Host` and `Content-Length` stay libcurl's where the request does not name them.
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

/// The loopback interface, which no proxy can reach.
enum Loopback {
    /// Whether a URL's host is this machine by name or address.
    static func isHost(ofURL url: String) -> Bool {
        guard let scheme = url.firstRange(of: "://") else { return false }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let hostAndPort = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let host =
            hostAndPort.hasPrefix("[")
            ? hostAndPort.dropFirst().prefix { $0 != "]" } : hostAndPort.prefix { $0 != ":" }
        return host == "::1" || host.lowercased() == "localhost" || isLoopbackIPv4(host)
    }

    private static func isLoopbackIPv4(_ host: Substring) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
