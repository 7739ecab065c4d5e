// TLS and HTTP/2 with clients of others: OpenSSL's view of the certificate, curl, boto3.

import Foundation
import TestSupport
import Testing

@testable import Replayer

@Suite("TLS")
struct TLSTests {
    /// Starts the program over TLS and gives its endpoint and the file that clients must trust.
    static func serve(
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> (program: RunningProgram, endpoint: String, bundle: String) {
        let program = try Program.product("bedrock-replayer")
            .start(["serve", "--tls"] + arguments, environment: environment)
        let line = try #require(await program.line(containing: "listening on https://"), "\(program.errors)")
        let bundle = await program.errorLine(after: "export AWS_CA_BUNDLE=")
        return (program, String(line.dropFirst("listening on ".count)), try #require(bundle))
    }

    static let curl = Program(executable: URL(fileURLWithPath: "/usr/bin/curl"))
    static let body = #"{"messages":[{"role":"user","content":[{"text":"hello"}]}]}"#

    @Test(
        "curl reads the same answer over HTTP/1.1 and HTTP/2, trusting the printed file",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/curl"), "there is no curl"),
        arguments: [("--http1.1", "1.1"), ("--http2", "2")]
    )
    func curl(flag: String, version: String) async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let (program, endpoint, bundle) = try await Self.serve(["--scenario", file.path])
        let answer = scratch.url("answer")
        let target = "\(endpoint)/model/m/converse-stream"
        let result = try await Self.curl.run([
            flag, "--silent", "--show-error", "--cacert", bundle, "--data", Self.body, "--output", answer.path,
            "--write-out", "%{http_code} %{http_version} %header{x-bedrock-replayer}", target,
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.text == "200 \(version) quick.yaml; seed=7")
        let events = try Answers.events(Array(try Data(contentsOf: answer)))
        #expect(events.first?.type == "messageStart")
        #expect(events.last?.type == "metadata")
        let untrusting = try await Self.curl.run([flag, "--silent", "--data", Self.body, target])
        // CURLE_PEER_FAILED_VERIFICATION
        #expect(untrusting.status == 60)
        #expect(await program.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: bundle))
    }

    @Test(
        "a fault on HTTP/2 ends its stream, and the connection goes on",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/curl"), "there is no curl")
    )
    func resetStream() async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let (program, endpoint, bundle) = try await Self.serve(["--scenario", file.path, "--fault", "reset=100%"])
        let result = try await Self.curl.run([
            "--http2", "--silent", "--cacert", bundle, "--data", Self.body, "\(endpoint)/model/m/converse-stream",
            "--next", "--http2", "--silent", "--cacert", bundle, "--data", Self.body, "\(endpoint)/nowhere",
        ])
        #expect(result.text.contains("No operation of the Bedrock runtime"))
        #expect(await program.stop() == 0)
    }

    @Test(
        "boto3 trusts AWS_CA_BUNDLE and reads everything",
        .enabled(if: Program.pythonHas("boto3"), "boto3 is not installed for this Python")
    )
    func boto3() async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let (program, endpoint, bundle) = try await Self.serve(["--scenario", file.path])
        let results = try await Boto3Tests.call(
            """
            [{"operation":"converse-stream","model":"\(Boto3Tests.model)"},
             {"operation":"invoke-stream","model":"\(Boto3Tests.arn)"},{"operation":"converse","model":"m"}]
            """,
            endpoint: endpoint,
            environment: ["AWS_CA_BUNDLE": bundle]
        )
        await program.stop()
        #expect(results.map(\.error) == [nil, nil, nil])
        #expect(results.map(\.output_tokens) == [24, 24, 24])
    }

    static let openssl = Program(executable: URL(fileURLWithPath: "/usr/bin/openssl"))
    static let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    @Test(
        "the certificate made on start passes OpenSSL's strict checks",
        .enabled(if: hasOpenSSL, "there is no openssl")
    )
    func strictChecks() async throws {
        let scratch = try ScratchFolder()
        let now = MonotonicClock.secondsSinceEpoch()
        for host in ["127.0.0.1", "::1", "replayer.example"] {
            let made = try SelfSignedCertificate(host: host, now: now)
            let file = try scratch.write(made.pem, to: "ca.pem")
            let isName = host.contains("x")
            let result = try await Self.openssl.run([
                "verify", "-x509_strict", "-purpose", "sslserver", isName ? "-verify_hostname" : "-verify_ip", host,
                "-CAfile", file.path, file.path,
            ])
            #expect(result.status == 0, "\(result.text) \(result.errors)")
        }
    }

    @Test("a certificate of the user's own is served", .enabled(if: hasOpenSSL, "there is no openssl"))
    func ownCertificate() async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let (certificate, key) = (scratch.url("own.pem").path, scratch.url("key.pem").path)
        let made = try await Self.openssl.run([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=own", "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout", key, "-out", certificate,
        ])
        try #require(made.status == 0, "\(made.errors)")
        let program = try Program.product("bedrock-replayer")
            .start(["serve", "--scenario", file.path, "--tls-certificate", certificate, "--tls-key", key])
        let line = try #require(await program.line(containing: "listening on https://"), "\(program.errors)")
        let endpoint = String(line.dropFirst("listening on ".count))
        let result = try await Self.curl.run([
            "--silent", "--show-error", "--cacert", certificate, "\(endpoint)/nowhere",
        ])
        #expect(result.text.contains("No operation of the Bedrock runtime"), "\(result.errors)")
        #expect(!program.errors.contains("AWS_CA_BUNDLE"))
        await program.stop()
    }

    @Test("what is no TLS is dropped, and the server serves on")
    func noTLS() async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let (program, endpoint, _) = try await Self.serve(["--scenario", file.path])
        let port = try #require(endpoint.split(separator: ":").last.flatMap { Int($0) })
        let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]
        for junk in [
            Array(TestServer.request().utf8), hello + [UInt8](repeating: 0, count: 600),
            [UInt8](repeating: 0xFF, count: 70_000), hello, [],
        ] {
            let client = try SocketClient(port: port)
            client.send(junk)
            client.closeOutput()
            #expect(client.readToEnd().end != .timedOut)
        }
        // A server that had ended would have a status of its own.
        #expect(await program.stop() == 0)
    }

    @Test("half of a certificate is refused")
    func brokenCertificate() async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let broken = try scratch.write("no certificate", to: "broken.pem")
        let cases: [([String], String)] = [
            (["--tls-certificate", broken.path], "--tls-certificate and --tls-key go together"),
            (["--tls-certificate", broken.path, "--tls-key", broken.path], "broken.pem: expected a certificate chain"),
        ]
        for (arguments, problem) in cases {
            let result = try await Program.product("bedrock-replayer")
                .run(["serve", "--scenario", file.path] + arguments)
            #expect(result.status == 2)
            #expect(result.errors.contains(problem), "\(result.errors)")
        }
    }
}

@Suite("DER")
struct DERTests {
    @Test("values are encoded as X.690 says")
    func values() {
        // The examples of X.690, sections 8.1.3 and 8.19.5, and of RFC 5280's UTCTime.
        #expect(DER.identifier(1, 2, 840, 113_549) == [0x06, 0x06, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D])
        #expect(DER.integer([0x00, 0x80]) == [0x02, 0x02, 0x00, 0x80])
        #expect(DER.integer([0x7F]) == [0x02, 0x01, 0x7F])
        #expect(DER.octets([UInt8](repeating: 0, count: 201)).prefix(3) == [0x04, 0x81, 0xC9])
        #expect(DER.octets([UInt8](repeating: 0, count: 300)).prefix(4) == [0x04, 0x82, 0x01, 0x2C])
        #expect(DER.time(784_111_777) == [0x17, 0x0D] + Array("941106084937Z".utf8))
        #expect(DER.time(2_524_608_000) == [0x18, 0x0F] + Array("20500101000000Z".utf8))
    }
}
