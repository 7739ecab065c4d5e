// Clients beside boto3, unmodified, plain and over TLS, with their signatures checked; each where it is installed.

import Foundation
import TestSupport
import Testing

@testable import Replayer

@Suite("Other clients")
struct OtherClientsTests {
    static let installed = ["aiobotocore", "awscli", "langchain_aws", "litellm", "llmeter"].filter {
        Program.pythonFinds($0)
    }

    @Test(
        "each reads whole answers, plain and over TLS, signed",
        .enabled(if: !installed.isEmpty, "none of aiobotocore, awscli, langchain_aws, litellm, llmeter is installed"),
        arguments: installed
    )
    func readAnswers(module: String) async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let arguments = ["--scenario", file.path, "--require-signature"]
        let plain = try Program.product("bedrock-replayer").start(["serve"] + arguments, environment: Boto3Tests.keys)
        let line = try #require(await plain.line(containing: "listening on http://"), "\(plain.errors)")
        let (secure, endpoint, bundle) = try await TLSTests.serve(arguments, environment: Boto3Tests.keys)
        let script = SharedData.packageRoot.appendingPathComponent("Tests/ReplayerTests/Peers/other_clients.py").path
        let environment = [
            "AWS_CA_BUNDLE": bundle, "SSL_CERT_FILE": bundle, "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        ]
        let peer = try await Program.python.run(
            [script, module, String(line.dropFirst("listening on ".count)), endpoint],
            environment: environment.merging(Boto3Tests.keys) { $1 }
        )
        await plain.stop()
        await secure.stop()
        #expect(peer.status == 0, "\(peer.errors)")
        // One line for each endpoint: the tokens of a whole answer.
        #expect(peer.text.split(separator: "\n").suffix(2) == ["24", "24"])
    }
}
