// Signatures of botocore are accepted, and any change to what they sign is not.

import Foundation
import TestSupport
import Testing

@testable import Replayer

@Suite("Signatures")
struct SignatureTests {
    /// A request that botocore signed, as the shared vectors give it.
    struct Vector: Decodable {
        var name: String
        var method: String
        var url: String
        var request_target: String
        var time: String
        var access_key: String
        var secret_key: String
        var session_token: String?
        var request_headers: [String: String]
        var body_hex: String
        var added_headers: [String: String]

        var request: SignedRequest {
            var headers: [String: String] = [:]
            for (name, value) in request_headers.merging(added_headers, uniquingKeysWith: { $1 }) {
                headers[name.lowercased()] = value
            }
            // The Host header as clients send it: without a default port.
            let components = URLComponents(string: url)
            let defaultPort = components?.scheme == "https" ? 443 : 80
            let port = components?.port.flatMap { $0 == defaultPort ? nil : ":\($0)" } ?? ""
            headers["host"] = headers["host"] ?? (components?.host ?? "") + port
            let digits = Array(body_hex)
            let body = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...$0 + 1]), radix: 16)
            }
            return SignedRequest(method: method, target: request_target, headers: headers, body: body)
        }

        var verifier: SignatureVerifier {
            SignatureVerifier(
                keys: TestKeys(accessKeyID: access_key, secretAccessKey: secret_key, sessionToken: session_token)
            )
        }
    }

    static func vectors() throws -> [Vector] {
        try JSONDecoder().decode([Vector].self, from: Data(contentsOf: SharedData.url("data/sigv4_vectors.json")))
    }

    @Test(
        "every request that botocore signed is accepted, and refused after any change",
        .enabled(if: SharedData.has("data/sigv4_vectors.json"), "the shared vectors are absent")
    )
    func botocoreVectors() throws {
        let vectors = try Self.vectors()
        #expect(vectors.count == 37)
        for vector in vectors {
            let request = vector.request
            let now = try #require(SignatureVerifier.seconds(of: vector.time))
            #expect(vector.verifier.problem(with: request, now: now) == nil, "\(vector.name)")
            var changed = request
            changed.body.append(0x20)
            #expect(vector.verifier.problem(with: changed, now: now)?.type == "InvalidSignatureException")
            changed = request
            changed.target += "x"
            #expect(vector.verifier.problem(with: changed, now: now)?.type == "InvalidSignatureException")
            changed = request
            changed.headers["host"] = "elsewhere"
            #expect(vector.verifier.problem(with: changed, now: now)?.type == "InvalidSignatureException")
            let late = vector.verifier.problem(with: request, now: now + 301)
            #expect(late?.message.hasPrefix("Signature expired: \(vector.time) is now earlier than ") == true)
            #expect(vector.verifier.problem(with: request, now: now + 300) == nil)
            #expect(vector.verifier.problem(with: request, now: now - 301)?.type == "InvalidSignatureException")
            let other = SignatureVerifier(keys: TestKeys(accessKeyID: vector.access_key, secretAccessKey: "other"))
            #expect(other.problem(with: request, now: now)?.type == "InvalidSignatureException")
            let stranger = SignatureVerifier(
                keys: TestKeys(accessKeyID: "AKIDOTHER", secretAccessKey: vector.secret_key)
            )
            #expect(stranger.problem(with: request, now: now)?.type == "UnrecognizedClientException")
        }
    }

    @Test(
        "a missing or broken proof is refused in the service's words",
        arguments: [
            (nil, "MissingAuthenticationTokenException"), ("Basic x", "IncompleteSignatureException"),
            ("AWS4-HMAC-SHA256 Credential=a", "IncompleteSignatureException"),
            ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=x", "IncompleteSignatureException"),
            ("Bearer wrong", "AccessDeniedException"), ("Bearer token", nil),
        ] as [(String?, String?)]
    )
    func proofs(authorization: String?, type: String?) {
        let verifier = SignatureVerifier(
            keys: TestKeys(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "s"),
            bearerToken: "token"
        )
        let request = SignedRequest(
            method: "POST",
            target: "/",
            headers: authorization.map { ["authorization": $0] } ?? [:],
            body: []
        )
        #expect(verifier.problem(with: request, now: 0)?.type == type)
    }

    @Test(
        "stamps are read as instants, and written back",
        // date -u -d '2026-01-02T03:04:05Z' +%s, and the last second of a leap day.
        arguments: [("20260102T030405Z", 1_767_323_045), ("20240229T235959Z", 1_709_251_199), ("19700101T000000Z", 0)]
    )
    func stamps(text: String, seconds: Int64) {
        #expect(SignatureVerifier.seconds(of: text) == seconds)
        #expect(SignatureVerifier.stamp(seconds) == text)
    }

    @Test(
        "what is no stamp is none",
        arguments: ["", "20260102", "20261302T030405Z", "20260102T250405Z", "2026010aT030405Z"]
    )
    func badStamps(text: String) {
        #expect(SignatureVerifier.seconds(of: text) == nil)
    }

    @Test(
        "boto3's own signer passes with the right keys only",
        .enabled(if: Program.pythonHas("boto3"), "boto3 is not installed for this Python")
    )
    func boto3() async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        for (keys, code) in [
            (Boto3Tests.keys, nil),
            (["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "other"], "InvalidSignatureException"),
            (["AWS_ACCESS_KEY_ID": "AKIDOTHER", "AWS_SECRET_ACCESS_KEY": "other"], "UnrecognizedClientException"),
        ] {
            let program = try Program.product("bedrock-replayer")
                .start(["serve", "--scenario", file.path, "--require-signature"], environment: keys)
            let line = try #require(await program.line(containing: "listening on http://"), "\(program.errors)")
            let results = try await Boto3Tests.call(
                """
                [{"operation":"converse-stream","model":"\(Boto3Tests.arn)"},
                 {"operation":"invoke-stream","model":"\(Boto3Tests.model)"},
                 {"operation":"converse","model":"\(Boto3Tests.model)"}]
                """,
                endpoint: String(line.dropFirst("listening on ".count))
            )
            await program.stop()
            #expect(results.map(\.code) == [code, code, code])
        }
    }

    @Test(
        "boto3's bearer token passes where it is the right one",
        .enabled(if: Program.pythonHas("boto3"), "boto3 is not installed for this Python")
    )
    func bearer() async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let program = try Program.product("bedrock-replayer").start(
            ["serve", "--scenario", file.path, "--require-signature"],
            environment: ["AWS_BEARER_TOKEN_BEDROCK": "test-token"]
        )
        let line = try #require(await program.line(containing: "listening on http://"), "\(program.errors)")
        for (token, code) in [("test-token", nil), ("another", "AccessDeniedException")] {
            let results = try await Boto3Tests.call(
                """
                [{"operation":"converse-stream","model":"\(Boto3Tests.model)"},
                 {"operation":"converse","model":"\(Boto3Tests.model)"}]
                """,
                endpoint: String(line.dropFirst("listening on ".count)),
                environment: ["AWS_BEARER_TOKEN_BEDROCK": token]
            )
            #expect(results.map(\.code) == [code, code])
        }
        // Keys prove nothing to a server that knows a token only.
        let signed = try await Boto3Tests.call(
            #"[{"operation":"converse-stream","model":"m"}]"#,
            endpoint: String(line.dropFirst("listening on ".count))
        )
        #expect(signed.map(\.code) == ["UnrecognizedClientException"])
        await program.stop()
    }
}
