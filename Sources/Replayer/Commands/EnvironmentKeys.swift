// The keys that --require-signature checks with, from this program's environment: never from its arguments, which
// every process of the machine can read.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum EnvironmentKeys {
    static let expectation =
        "expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK, in the environment"

    /// A verifier with the environment's keys; `nil` where there are none.
    static func verifier() -> SignatureVerifier? {
        let token = value("AWS_BEARER_TOKEN_BEDROCK")
        guard let id = value("AWS_ACCESS_KEY_ID"), let secret = value("AWS_SECRET_ACCESS_KEY") else {
            return token.map { SignatureVerifier(keys: nil, bearerToken: $0) }
        }
        let keys = TestKeys(accessKeyID: id, secretAccessKey: secret, sessionToken: value("AWS_SESSION_TOKEN"))
        return SignatureVerifier(keys: keys, bearerToken: token)
    }

    private static func value(_ name: String) -> String? {
        guard let raw = getenv(name) else { return nil }
        let text = String(cString: raw)
        return text.isEmpty ? nil : text
    }
}
