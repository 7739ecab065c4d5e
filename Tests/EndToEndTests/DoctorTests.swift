// `doctor` as a user runs it: over TLS, and where everything is missing.

import Foundation
import TestSupport
import Testing

@Suite("Doctor, run")
struct DoctorRunTests {
    @Test("over TLS every step has its line, no secret has, and the log says the same")
    func overTLS() async throws {
        let bench = try Workbench()
        let scenario = try bench.scratch.write(MainJobTests.scenario, to: "quick.yaml")
        let (program, endpoint, bundle) = try await bench.serveTLS(["--scenario", scenario.path])
        let log = bench.scratch.url("log.jsonl")
        let result = try await Workbench.recorder.run(
            [
                "doctor", "--endpoint-url", endpoint, "--ca-bundle", bundle, "--log-file", log.path,
                "--verbose",
            ],
            environment: Workbench.exampleKeys
        )
        await program.stop()
        let lines = result.text.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("ok      credentials    an access key from AWS_ACCESS_KEY_ID") })
        #expect(
            lines.contains {
                $0.hasPrefix("ok      endpoint       \(endpoint) at 127.0.0.1: ") && $0.contains("(TLSv1.3)")
            },
            "\(result.text)"
        )
        #expect(lines.contains("ok      server's clock agrees with this host's"))
        #expect(lines.allSatisfy { line in ["ok ", "better ", "fix "].contains { line.hasPrefix($0) } })
        #expect(result.status == (lines.contains { $0.hasPrefix("fix") } ? 1 : 0))
        #expect(result.errors.isEmpty)
        for secret in Workbench.exampleKeys.values { #expect(!result.text.contains(secret)) }

        struct Line: Decodable {
            var event: String
            var verdict: String
        }
        let logged = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        #expect(logged.map(\.verdict) == lines.map { String($0.prefix { $0 != " " }) })
        #expect(logged.allSatisfy { $0.event == "finding" })
    }

    @Test("without credentials, behind a closed port, with a certificate nobody trusts: what to do, and status 1")
    func nothingIsThere() async throws {
        let bench = try Workbench()
        let scenario = try bench.scratch.write(MainJobTests.scenario, to: "quick.yaml")
        let (program, endpoint, _) = try await bench.serveTLS(["--scenario", scenario.path])
        let untrusted = try await Workbench.recorder.run(
            ["doctor", "--quiet", "--endpoint-url", endpoint],
            environment: Workbench.exampleKeys
        )
        #expect(untrusted.text.contains("fix     endpoint") && untrusted.text.contains("--ca-bundle"))
        #expect(untrusted.status == 1)
        await program.stop()

        let closed = try await Workbench.recorder.run(
            ["doctor", "--quiet", "--endpoint-url", endpoint],
            environment: ["HOME": bench.scratch.folder.path]
        )
        #expect(closed.status == 1)
        #expect(closed.text.contains("fix     credentials    no credentials for profile 'default'; tried "))
        #expect(closed.text.contains("nothing listens there"))
        // Quiet says nothing of what is well.
        #expect(!closed.text.contains("\nok") && !closed.text.hasPrefix("ok"))

        let nowhere = try await Workbench.recorder.run(["doctor", "--quiet"], environment: Workbench.exampleKeys)
        #expect(nowhere.text.contains("no region is known"))
        let wrong = try await Workbench.recorder.run(["doctor", "--connect-timeout", "0"])
        #expect(wrong.status == 2)
        #expect(wrong.errors == "bedrock-recorder: --connect-timeout: expected 0 to 86400 seconds\n")
    }
}
