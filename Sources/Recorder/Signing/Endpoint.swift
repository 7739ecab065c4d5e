// Where requests go (botocore's endpoint rules for bedrock-runtime: partitions and their DNS suffixes).

/// A service endpoint.
package struct Endpoint: Hashable, Sendable {
    /// Scheme, host and port, without a trailing slash.
    package var url: String

    /// The value of the `Host` header: the port is left out where it is the scheme's own.
    package var host: String {
        guard let mark = url.firstRange(of: "://") else { return url }
        let authority = url[mark.upperBound...].prefix { $0 != "/" }
        let standard = url.hasPrefix("https://") ? ":443" : ":80"
        return authority.hasSuffix(standard) ? String(authority.dropLast(standard.utf8.count)) : String(authority)
    }

    /// The path below which the service's own paths lie; empty for most.
    var path: String {
        guard let mark = url.firstRange(of: "://") else { return "" }
        return String(url[mark.upperBound...].drop { $0 != "/" })
    }

    /// Whether it is one of AWS's own.
    package var isAmazons: Bool

    /// The public endpoint of a region.
    package init(region: String) {
        let suffix =
            if region.hasPrefix("cn-") {
                "amazonaws.com.cn"
            } else if region.hasPrefix("eusc-") {
                "amazonaws.eu"
            } else if region.hasPrefix("us-iso-") {
                "c2s.ic.gov"
            } else {
                "amazonaws.com"
            }
        url = "https://bedrock-runtime.\(region).\(suffix)"
        isAmazons = true
    }

    /// An endpoint that the user named; `nil` for text that is no http or https URL.
    package init?(custom text: String) {
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else { return nil }
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        guard let mark = text.firstRange(of: "://"), mark.upperBound < text.endIndex else { return nil }
        url = text
        isAmazons = false
    }

    /// What the environment and the flag say: the flag wins, then the service's own variable, then the general one.
    package static func resolve(
        flag: String?,
        environment: [String: String]
    ) throws(EndpointError) -> Endpoint? {
        if environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() == "true", flag == nil { return nil }
        for (name, value) in [
            ("--endpoint-url", flag),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", environment["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"]),
            ("AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"]),
        ] {
            guard let value, !value.isEmpty else { continue }
            guard let endpoint = Endpoint(custom: value) else {
                throw EndpointError(
                    description: "\(name): expected a URL such as http://127.0.0.1:8080, found '\(value)'"
                )
            }
            return endpoint
        }
        return nil
    }
}

/// An endpoint that is none.
package struct EndpointError: Error, CustomStringConvertible {
    package var description: String
}
