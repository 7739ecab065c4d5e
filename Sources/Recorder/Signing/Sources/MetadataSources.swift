// Credentials of the place where the recorder runs: a container's endpoint, an instance's metadata service version 2
// (AWS SDKs and Tools Reference Guide, "Container credential provider", "IMDS credential provider").

import Core

enum ContainerCredentials {
    static let source = CredentialSource(name: "container endpoint") { context throws(CredentialError) in
        let url: String
        if let path = context.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = "http://169.254.170.2" + path
        } else if let full = context.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard isAllowed(full) else {
                throw CredentialError(
                    description:
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI: expected https, or http to this host, found '\(full)'"
                )
            }
            url = full
        } else {
            return nil
        }
        var call = HTTPCall(url: url, timeoutMilliseconds: 2_000)
        if let token = try token(context) { call.headers = [HeaderField("Authorization", token)] }
        let answer: HTTPAnswer
        do {
            answer = try context.http(call)
        } catch {
            throw CredentialError(description: "container endpoint: \(error)")
        }
        guard answer.status == 200 else {
            throw CredentialError(description: "container endpoint \(url): answered with status \(answer.status)")
        }
        return try CredentialAnswer.read(answer.body, tokenName: "Token", origin: "container endpoint \(url)")
    }

    private static func token(_ context: CredentialContext) throws(CredentialError) -> String? {
        guard let path = context.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
            return context.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        }
        guard let text = context.readFile(path) else {
            throw CredentialError(description: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: \(path) cannot be read")
        }
        return text.filter { !$0.isNewline }
    }

    /// Plain HTTP only where nobody else can listen.
    private static func isAllowed(_ url: String) -> Bool {
        if url.hasPrefix("https://") { return true }
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst("http://".count).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { return false }
        if authority.hasPrefix("[") {
            let address = authority.dropFirst().prefix { $0 != "]" }
            return ["::1", "fd00:ec2::23"].contains(address)
        }
        let host = authority.prefix { $0 != ":" }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let isLoopback = parts.count == 4 && parts.first == 127 && !parts.contains(nil)
        return isLoopback || ["localhost", "169.254.170.2", "169.254.170.23"].contains(host)
    }
}

enum InstanceCredentials {
    static let source = CredentialSource(name: "instance metadata (IMDSv2)") { context throws(CredentialError) in
        guard context.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
        var base = context.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        while base.hasSuffix("/") { base.removeLast() }
        let lifetime = HeaderField("x-aws-ec2-metadata-token-ttl-seconds", "21600")
        // A host that is no instance has nobody at that address: no answer is no credentials.
        guard
            let token = try? context.http(
                HTTPCall(method: "PUT", url: base + "/latest/api/token", headers: [lifetime])
            ),
            token.status == 200
        else { return nil }
        let header = HeaderField("x-aws-ec2-metadata-token", token.text)
        let folder = base + "/latest/meta-data/iam/security-credentials/"
        func get(_ url: String) throws(CredentialError) -> HTTPAnswer {
            do {
                return try context.http(HTTPCall(url: url, headers: [header]))
            } catch {
                throw CredentialError(description: "instance metadata: \(error)")
            }
        }
        let roles = try get(folder)
        guard roles.status != 404, let role = roles.text.split(whereSeparator: \.isNewline).first else {
            throw CredentialError(description: "instance metadata: the instance has no role")
        }
        let answer = try get(folder + role)
        guard roles.status == 200, answer.status == 200 else {
            throw CredentialError(
                description: "instance metadata: answered with status \(max(roles.status, answer.status))"
            )
        }
        return try CredentialAnswer.read(answer.body, tokenName: "Token", origin: "instance metadata, role \(role)")
    }
}
