// Clients beside boto3, unmodified, over TLS and with their signatures checked; each where it is installed.

import Foundation
import TestSupport
import Testing

@testable import Replayer

@Suite("Other clients")
struct OtherClientsTests {
    static let installed = ["aiobotocore", "awscli", "langchain_aws", "litellm", "llmeter"].filter {
        Program.pythonHas($0)
    }

    @Test(
        "each reads whole answers over TLS, signed",
        .enabled(if: !installed.isEmpty, "none of aiobotocore, awscli, langchain_aws, litellm, llmeter is installed"),
        arguments: installed
    )
    func readAnswers(module: String) async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let (program, endpoint, bundle) = try await TLSTests.serve(
            ["--scenario", file.path, "--require-signature"],
            environment: Boto3Tests.keys
        )
        let script = SharedData.packageRoot.appendingPathComponent("Tests/ReplayerTests/Peers/other_clients.py").path
        let environment = [
            "AWS_CA_BUNDLE": bundle, "SSL_CERT_FILE": bundle, "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint,
        ]
        let peer = try await Program.python.run(
            [script, module, endpoint],
            environment: environment.merging(Boto3Tests.keys) { $1 }
        )
        await program.stop()
        #expect(peer.status == 0, "\(peer.errors)")
        #expect(peer.text.split(separator: "\n").last == "24")
    }
}
