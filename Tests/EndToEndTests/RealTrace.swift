// A trace of answers that public projects recorded: their bytes, requests and headers are real, the instants are made up.

import Core
import Foundation
import TestSupport

/// Makes traces of recorded streams and errors, some of them damaged.
struct RealTrace {
    static let account = "123456789012"
    static let isAvailable = SharedData.has("data/real_streams") && SharedData.has("data/real_errors")

    private struct Answer {
        var operation: String
        var model: String
        var url: String
        var requestHeaders: [HeaderField]
        var responseHeaders: [HeaderField]
        var body: String
        var status: Int
        var bytes: [UInt8]
        var wasCutOff = false
    }

    private var answers: [Answer] = []
    private var random: UInt64 = 20_261_124

    /// Reads the recorded answers.
    init() throws {
        let operations = [
            "ConverseStream": "converse-stream", "InvokeModelWithResponseStream": "invoke-model-with-response-stream",
        ]
        for folder in ["data/real_streams", "data/real_errors"] {
            for file in SharedData.files(below: folder, withExtension: "json") {
                let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
                let operation = operations[object["operation"] as? String ?? ""]
                let body = file.deletingPathExtension().appendingPathExtension("bin")
                let bytes = (try? Data(contentsOf: body)) ?? Data((object["body_text"] as? String ?? "").utf8)
                let isError = folder.hasSuffix("errors")
                guard isError || operation != nil else { continue }
                answers.append(
                    Answer(
                        operation: operation ?? "converse-stream",
                        model: object["model_id"] as? String ?? "unknown",
                        url: object["url"] as? String ?? "https://bedrock-runtime.us-east-1.amazonaws.com/",
                        requestHeaders: Self.headers(object["request_headers"]),
                        responseHeaders: Self.headers(object["response_headers"]),
                        body: object["request_body"] as? String ?? "",
                        status: object["status"] as? Int ?? 200,
                        bytes: [UInt8](bytes)
                    )
                )
            }
        }
        damageSome()
    }

    private static func headers(_ object: Any?) -> [HeaderField] {
        (object as? [String: Any] ?? [:]).sorted { $0.key < $1.key }
            .filter { !["authorization", "x-amz-security-token"].contains($0.key.lowercased()) }
            .map { HeaderField($0.key, "\($0.value)") }
    }

    /// A body that ends early, one with a flipped bit, and models named by an account's own profile.
    private mutating func damageSome() {
        let whole = answers.filter { $0.status == 200 && $0.bytes.count > 600 }
        for (index, answer) in whole.prefix(12).enumerated() {
            var damaged = answer
            switch index % 3 {
            case 0:
                damaged.bytes.removeLast(200 + index)
                damaged.wasCutOff = true
            case 1:
                damaged.bytes[damaged.bytes.count / 2] ^= 0x10
            default:
                damaged.model = "arn:aws:bedrock:us-east-1:\(Self.account):application-inference-profile/a1b2c3d4"
                let name =
                    "arn%3Aaws%3Abedrock%3Aus-east-1%3A\(Self.account)%3Aapplication-inference-profile%2Fa1b2c3d4"
                damaged.url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/\(name)/converse-stream"
            }
            answers.append(damaged)
        }
    }

    private mutating func draw(_ bound: UInt64) -> UInt64 {
        // Knuth's linear congruence; its high bits are good enough for test data.
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (random >> 33) % bound
    }

    /// Writes the trace: some twenty answers at a time, in pieces that know nothing of messages.
    ///
    /// - Parameter paths: One file, or several for as many segments.
    /// - Throws: What the writer throws.
    mutating func write(to paths: [String]) throws {
        var options = TraceWriterOptions()
        options.chunkByteCount = 200_000
        options.synchronizesChunks = false
        let run = RunMetadata(
            runID: "run-of-\(Self.account)",
            values: [
                "host": "build-host-17.example.internal", "kernel": "6.1.0",
                "plan": #"{"dataset":"/home/jane/secret.jsonl"}"#,
            ]
        )
        var writer = try TraceWriter(FileOutput(path: paths[0]), run: run, options: options)
        try writer.setOrigin(TraceOrigin(kind: .endpoint, values: ["endpoint": "https://proxy.example.internal"]))
        let start: UInt64 = 1_790_000_000_000_000_000
        try writer.append(.clock(clock(start)))
        var events: [(time: UInt64, order: Int, append: (inout TraceWriter<FileOutput>) throws -> Void)] = []
        func at(_ time: UInt64, _ append: @escaping (inout TraceWriter<FileOutput>) throws -> Void) {
            events.append((time, events.count, append))
        }
        for (index, answer) in answers.enumerated() {
            let id = AttemptID(request: UInt64(index) + 1)
            var time = start + UInt64(index) * 20_000_000 + draw(5_000_000)
            let dispatched = TraceInstant(nanosecondsSinceEpoch: time)
            // Names whose order is not that of the requests, each asked for several times.
            let prompt = "customers.jsonl:\((index * 37) % 61)"
            at(time) {
                try $0.append(
                    .request(
                        RequestRecord(
                            id: id,
                            scheduled: dispatched,
                            dispatched: dispatched,
                            url: answer.url,
                            headers: answer.requestHeaders,
                            body: answer.body,
                            operation: answer.operation,
                            model: answer.model,
                            region: "us-east-1",
                            promptID: prompt,
                            taskType: index % 2 == 0 ? "Summary" : "Chat",
                            experiment: "autumn",
                            round: UInt32(index / 61)
                        )
                    )
                )
                try $0.append(
                    .connection(
                        ConnectionRecord(
                            id: id,
                            connection: id.request,
                            isReused: false,
                            remoteAddress: "203.0.113.77:443",
                            tlsVersion: "TLSv1.3",
                            httpVersion: "1.1"
                        )
                    )
                )
            }
            time += 100_000_000 + draw(200_000_000)
            let firstByte = TraceInstant(nanosecondsSinceEpoch: time)
            at(time) {
                try $0.append(
                    .response(
                        ResponseRecord(
                            id: id,
                            status: answer.status,
                            headers: answer.responseHeaders + [
                                HeaderField("x-amzn-RequestId", "\(index)-7af3-4bd2-9c55")
                            ],
                            sent: dispatched,
                            firstByte: firstByte
                        )
                    )
                )
            }
            var offset = 0
            while offset < answer.bytes.count {
                let end = min(offset + 1 + Int(draw(400)), answer.bytes.count)
                let piece = Array(answer.bytes[offset..<end])
                var stamp = ChunkStamp(
                    instant: TraceInstant(nanosecondsSinceEpoch: time),
                    length: UInt32(piece.count),
                    source: .kernel
                )
                stamp.wakeLag = Nanoseconds(Int64(draw(40_000)))
                stamp.callbackLag = stamp.wakeLag + Nanoseconds(Int64(draw(20_000)))
                at(time) { writer in
                    try piece.withUnsafeBytes { try writer.append(stamp, of: id, bytes: $0) }
                }
                offset = end
                time += draw(8_000_000)
            }
            let end = EndRecord(
                id: id,
                completed: TraceInstant(nanosecondsSinceEpoch: time),
                chunks: 0,
                bytes: 0,
                xxHash64: 0,
                outcome: answer.status != 200 ? .httpError : answer.wasCutOff ? .transportError : .ok
            )
            let error = ErrorRecord(
                id: id,
                instant: end.completed,
                code: "CURLE_PARTIAL_FILE",
                curlCode: 18,
                errno: 0,
                message: "transfer closed by proxy.example.internal",
                byteOffset: UInt64(answer.bytes.count)
            )
            at(time) {
                if answer.wasCutOff { try $0.append(.error(error)) }
                try $0.append(.end(end))
            }
        }
        let ordered = events.sorted { ($0.time, $0.order) < ($1.time, $1.order) }
        for (index, event) in ordered.enumerated() {
            let segment = index * paths.count / ordered.count
            if segment + 1 > writer.segment { try writer.rotate(to: FileOutput(path: paths[segment])) }
            try event.append(&writer)
        }
        try writer.append(
            .drop(
                DropRecord(
                    instant: TraceInstant(nanosecondsSinceEpoch: start + 60_000_000_000),
                    reason: "write_error",
                    requests: 0,
                    bytes: 0,
                    message: "/home/jane/traces: gone"
                )
            )
        )
        try writer.append(.clock(clock(start + 61_000_000_000)))
        try writer.close()
    }

    private func clock(_ time: UInt64) -> ClockRecord {
        ClockRecord(
            instant: TraceInstant(nanosecondsSinceEpoch: time),
            snapshot: ClockSnapshot(
                realtimeNanoseconds: time + 1_000,
                monotonicNanoseconds: time - 1_780_000_000_000_000_000,
                monotonicRawNanoseconds: time - 1_780_000_000_000_000_000,
                boottimeNanoseconds: time - 1_780_000_000_000_000_000,
                uncertaintyNanoseconds: 40,
                bootID: "5b6f1c2e-9a3d-4e7f-8b1a-2c3d4e5f6a7b",
                synchronization: .init(isSynchronized: true, maximumErrorMicroseconds: 800)
            )
        )
    }
}
