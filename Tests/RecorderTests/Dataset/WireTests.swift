// What goes over the wire is what the trace says: every byte that a loopback server receives is held against the record.

import Core
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Recorder

@Suite("Wire and trace")
struct WireTests {
    struct Received: Sendable {
        var target: String
        var headers: [HeaderField]
        var body: [UInt8]
    }

    static let models = [
        "us.anthropic.claude-3-5-haiku-20241022-v1:0", "us.amazon.nova-pro-v1:0",
        "us.meta.llama3-1-70b-instruct-v1:0", "mistral.mistral-large-2407-v1:0", "cohere.command-r-v1:0",
        "us.deepseek.r1-v1:0",
    ]

    static var dataset: String {
        var lines: [String] = []
        for model in models {
            for operation in BedrockOperation.allCases {
                lines.append(
                    #"{"text_prompt":"Ä \"q\" \#(lines.count)","model_id":"\#(model)","region":"us-east-2","tier":"flex","#
                        + #""inference_profile":"standard","operation":"\#(operation.rawValue)","temperature":0.25}"#
                )
            }
        }
        lines.append(
            #"{"body":{ "messages" : [] },"model_id":"arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a b","region":"us-east-1"}"#
        )
        return lines.joined(separator: "\n")
    }

    @Test(
        "every header field and every byte of every body is in the trace, but what authenticates",
        arguments: [Credentials.accessKey(LoadFixtures.key), .bearer(token: "bedrock-api-key-EXAMPLE")]
    )
    func wireIsTrace(credentials: Credentials) throws {
        let received = Mutex<[Received]>([])
        let server = try LoopbackServer { exchange in
            let lines = exchange.head.split(separator: "\r\n").map(String.init)
            let headers = lines.dropFirst().compactMap { line -> HeaderField? in
                let parts = line.split(separator: ":", maxSplits: 1)
                return parts.count == 2
                    ? HeaderField(String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces)) : nil
            }
            received.withLock {
                $0.append(Received(target: exchange.path, headers: headers, body: exchange.body))
            }
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return .keep
        }
        let scratch = try ScratchFolder()
        let rows = try DatasetReader.rows(of: Array(Self.dataset.utf8), file: "d", defaults: RowDefaults())
        let endpoint = try #require(Endpoint(custom: server.url("/prefix")))
        var plan = LoadPlan(rowCount: rows.count)
        plan.order = .sequential
        let path = scratch.url("wire.mcap").path
        let session = try CaptureSession(
            configuration: CaptureConfiguration(maxInFlight: 1),
            source: ClosedLoop(
                plan: plan,
                factory: RequestFactory(
                    rows: rows,
                    endpoint: endpoint,
                    authority: FixedAuthority(credentials: credentials),
                    experiment: nil
                ),
                concurrency: 1
            ),
            destination: .file(path: path, replacesExisting: false),
            run: RunMetadata(runID: "wire"),
            origin: nil
        )
        #expect(session.waitUntilFinished().captureError == nil)

        var records: [RequestRecord] = []
        var reader = try TraceReader(path: path)
        try reader.forEachRecord { record in
            if case .request(let request) = record { records.append(request) }
        }
        let wire = received.withLock { $0 }
        #expect(wire.count == rows.count)
        try #require(records.count == wire.count)
        let secrets: Set<String> = ["authorization", "x-amz-security-token"]
        for (record, received) in zip(records, wire) {
            #expect(record.url == server.url(received.target))
            #expect(Array(record.body.utf8) == received.body)
            let sent = received.headers.filter { !secrets.contains($0.name.lowercased()) }
            #expect(Set(sent) == Set(record.headers))
            #expect(sent.count == record.headers.count)
            #expect(received.headers.contains { $0.name == "Authorization" })
        }
        #expect(
            wire.last?.target
                == "/prefix/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fa%20b/converse-stream"
        )
    }
}
