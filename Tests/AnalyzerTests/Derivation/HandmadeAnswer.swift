// Answers and the records of a request, made by hand with every instant stated in milliseconds after dispatch.

import Core

@testable import Analyzer

/// The messages of an answer, kept apart so that a test can lay each into a chunk of its own or cut it.
struct HandmadeAnswer {
    var operation: BedrockOperation
    var messages: [[UInt8]]

    /// ConverseStream messages of these types and payloads.
    static func converse(_ events: [(type: String, payload: String)]) -> HandmadeAnswer {
        HandmadeAnswer(
            operation: .converseStream,
            messages: events.map { message(type: $0.type, payload: $0.payload) }
        )
    }

    /// InvokeModelWithResponseStream chunks that carry these objects.
    static func invoke(_ objects: [String]) -> HandmadeAnswer {
        HandmadeAnswer(
            operation: .invokeModelWithResponseStream,
            messages: objects.map { object in
                let digits = String(decoding: Base64.encode(Array(object.utf8)), as: UTF8.self)
                return message(type: "chunk", payload: "{\"bytes\":\"\(digits)\",\"p\":\"abcd\"}")
            }
        )
    }

    /// The shortest whole answer of ConverseStream: role, the deltas, stop, usage.
    static func texts(_ texts: [String], outputTokens: Int? = nil, latencyMs: Int = 50) -> HandmadeAnswer {
        let usage = outputTokens.map { ",\"outputTokens\":\($0)" } ?? ""
        return converse(
            [("messageStart", #"{"role":"assistant"}"#)] + texts.map(text)
                + [
                    ("contentBlockStop", #"{"contentBlockIndex":0}"#), ("messageStop", #"{"stopReason":"end_turn"}"#),
                    (
                        "metadata",
                        "{\"usage\":{\"inputTokens\":7\(usage)},\"metrics\":{\"latencyMs\":\(latencyMs)}}"
                    ),
                ]
        )
    }

    static func text(_ text: String) -> (type: String, payload: String) {
        ("contentBlockDelta", "{\"delta\":{\"text\":\"\(text)\"},\"contentBlockIndex\":0}")
    }

    static func message(type: String, payload: String) -> [UInt8] {
        message(
            [
                EventStreamHeader(":event-type", type), EventStreamHeader(":content-type", "application/json"),
                EventStreamHeader(":message-type", "event"),
            ],
            payload
        )
    }

    static func exception(_ name: String, _ text: String) -> [UInt8] {
        message(
            [
                EventStreamHeader(":exception-type", name), EventStreamHeader(":content-type", "application/json"),
                EventStreamHeader(":message-type", "exception"),
            ],
            "{\"message\":\"\(text)\"}"
        )
    }

    private static func message(_ headers: [EventStreamHeader], _ payload: String) -> [UInt8] {
        var bytes: [UInt8] = []
        EventStreamEncoder.append(headers: headers, payload: payload.utf8, to: &bytes)
        return bytes
    }
}

/// The records of one request; instants are milliseconds after dispatch.
struct HandmadeRequest {
    static let epoch = TraceInstant(nanosecondsSinceEpoch: 1_790_000_000_000_000_000)

    var id = AttemptID(request: 1, attempt: 1)
    /// When the request was dispatched, in milliseconds after ``epoch``.
    var start = 0.0
    var model = "m"
    var region = "us-east-1"
    var latency: String?
    var prompt = "p"
    var round: UInt32 = 0
    var isWarmup = false
    var labels: [String: String] = [:]
    var operation = BedrockOperation.converseStream
    var scheduled = 0.0
    /// The instant of connecting; `nil` on a reused connection.
    var connected: Double?
    var sent = 1.0
    var firstByte = 5.0
    var status = 200
    var headers = [HeaderField("x-amzn-RequestId", "r-1")]
    var chunks: [(at: Double, bytes: [UInt8], source: StampSource)] = []
    var completed: Double?
    var outcome = TransportOutcome.ok
    var error: (code: String, message: String)?

    /// One chunk a message, at these instants.
    init(_ answer: HandmadeAnswer, at instants: [Double], completed: Double? = nil) {
        precondition(instants.count == answer.messages.count, "an instant for each message")
        operation = answer.operation
        chunks = zip(instants, answer.messages).map { ($0, $1, .kernel) }
        self.completed = completed ?? instants.last
    }

    /// A body of these chunks.
    init(
        chunks: [(at: Double, bytes: [UInt8])],
        operation: BedrockOperation = .converseStream,
        completed: Double?,
        source: StampSource = .kernel
    ) {
        self.operation = operation
        self.chunks = chunks.map { ($0.at, $0.bytes, source) }
        self.completed = completed
    }

    func instant(_ milliseconds: Double) -> TraceInstant {
        Self.epoch.advanced(by: Nanoseconds(Int64(((start + milliseconds) * 1e6).rounded())))
    }

    var records: [TraceRecord] {
        var records: [TraceRecord] = [
            .request(
                RequestRecord(
                    id: id,
                    scheduled: instant(scheduled),
                    dispatched: instant(0),
                    url: "http://127.0.0.1/model/m/\(operation.rawValue)",
                    headers: [],
                    body: #"{"inferenceConfig":{"maxTokens":64,"temperature":0.5}}"#,
                    operation: operation.rawValue,
                    model: model,
                    region: region,
                    latency: latency,
                    promptID: prompt,
                    labels: labels,
                    round: round,
                    isWarmup: isWarmup
                )
            ),
            .connection(
                ConnectionRecord(
                    id: id,
                    connection: 1,
                    isReused: connected == nil,
                    tcpConnected: connected.map(instant),
                    remoteAddress: "127.0.0.1:1",
                    httpVersion: "1.1"
                )
            ),
            .response(
                ResponseRecord(
                    id: id,
                    status: status,
                    headers: headers,
                    sent: instant(sent),
                    firstByte: instant(firstByte)
                )
            ),
        ]
        if !chunks.isEmpty {
            records.append(
                .chunks(
                    ChunkBatch(
                        attempt: id,
                        firstIndex: 0,
                        stamps: chunks.map {
                            ChunkStamp(instant: instant($0.at), length: UInt32($0.bytes.count), source: $0.source)
                        },
                        data: chunks.flatMap(\.bytes)
                    )
                )
            )
        }
        if let error {
            records.append(
                .error(
                    ErrorRecord(
                        id: id,
                        instant: instant(completed ?? 0),
                        code: error.code,
                        curlCode: 28,
                        errno: 0,
                        message: error.message,
                        byteOffset: 0
                    )
                )
            )
        }
        if let completed {
            let bytes = chunks.map(\.bytes.count).reduce(0, +)
            records.append(
                .end(
                    EndRecord(
                        id: id,
                        completed: instant(completed),
                        chunks: UInt32(chunks.count),
                        bytes: UInt64(bytes),
                        xxHash64: 0,
                        outcome: outcome
                    )
                )
            )
        }
        return records
    }

    var timeline: RequestTimeline {
        guard case .request(let request) = records[0] else { preconditionFailure("the first record is the request") }
        var builder = TimelineBuilder(request)
        for record in records.dropFirst() { builder.take(record) }
        return builder.timeline()
    }

    var row: RequestRow { RequestRow(timeline, file: "hand.mcap") }
}
