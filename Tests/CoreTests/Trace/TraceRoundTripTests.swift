// What is written is what is read, by us and by PyPI mcap.

import Foundation
import TestSupport
import Testing

@testable import Core

@Suite("A trace, written and read")
struct TraceRoundTripTests {
    static func instant(_ offset: UInt64) -> TraceInstant {
        TraceInstant(nanosecondsSinceEpoch: 1_790_000_000_000_000_000 + offset)
    }

    static let id = AttemptID(request: 1, attempt: 2)

    /// One record of each kind, with values at the ends of their ranges and text that needs escapes.
    static let records: [TraceRecord] = [
        .clock(
            ClockRecord(
                instant: instant(0),
                snapshot: ClockSnapshot(
                    realtimeNanoseconds: .max,
                    monotonicNanoseconds: 1,
                    monotonicRawNanoseconds: 2,
                    boottimeNanoseconds: 3,
                    uncertaintyNanoseconds: 17,
                    bootID: "b",
                    synchronization: .init(isSynchronized: true, maximumErrorMicroseconds: 250)
                )
            )
        ),
        .request(
            RequestRecord(
                id: id,
                scheduled: instant(1),
                dispatched: instant(2),
                url: "http://127.0.0.1:1/model/m/converse-stream",
                headers: [HeaderField("Content-Type", "application/json"), HeaderField("Host", "a")],
                body: "{\"text\":\"Zeile 1\\n\u{1F600} \\\"x\\\"\"}",
                operation: "converse-stream",
                model: "m:0",
                region: "us-east-1",
                latency: "optimized",
                tier: nil,
                promptID: "p",
                taskType: "Text-Generation",
                experiment: nil,
                labels: ["b": "2", "a": "\u{0}\u{7}"],
                round: .max,
                isWarmup: true
            )
        ),
        .connection(
            ConnectionRecord(
                id: id,
                connection: 9,
                isReused: false,
                nameResolved: instant(3),
                tcpConnected: instant(4),
                tlsConnected: nil,
                remoteAddress: "[::1]:443",
                tlsVersion: nil,
                httpVersion: "1.1"
            )
        ),
        .response(
            ResponseRecord(
                id: id,
                status: 200,
                headers: [HeaderField("x-amzn-RequestId", "r"), HeaderField("A", "1"), HeaderField("A", "2")],
                sent: instant(5),
                firstByte: instant(6)
            )
        ),
        .chunks(
            ChunkBatch(
                attempt: id,
                firstIndex: 0,
                stamps: [
                    ChunkStamp(
                        instant: instant(7),
                        length: 3,
                        source: .kernel,
                        callbackLag: Nanoseconds(40),
                        wakeLag: Nanoseconds(-5)
                    ),
                    ChunkStamp(
                        instant: instant(7),
                        length: 0,
                        source: .kernel,
                        callbackLag: Nanoseconds(40),
                        wakeLag: Nanoseconds(-5)
                    ),
                    ChunkStamp(instant: instant(1 << 40), length: 2, source: .callback),
                ],
                data: [0, 255, 1, 2, 3]
            )
        ),
        .error(
            ErrorRecord(
                id: id,
                instant: instant(8),
                code: "CURLE_RECV_ERROR",
                curlCode: 56,
                errno: 104,
                message: "reset",
                byteOffset: 5
            )
        ),
        .drop(DropRecord(instant: instant(9), reason: "disk_full", requests: 1, bytes: .max, message: "no room")),
        .quality(quality),
        .end(
            EndRecord(
                id: id,
                completed: instant(1 << 41),
                chunks: 3,
                bytes: 5,
                // python3 -c 'import xxhash; print(xxhash.xxh64(bytes([0,255,1,2,3])).hexdigest())'
                xxHash64: 0xb80d_1dc7_f1bb_9e5b,
                outcome: .transportError
            )
        ),
    ]

    /// A second in which everything that can be said was said.
    static let quality: QualityRecord = {
        var quality = QualityRecord(instant: instant(10), span: .seconds(1))
        quality.wakes = 1
        quality.chunks = 2
        quality.kernelStampedChunks = 3
        quality.bytes = .max
        for lag in [0, 20_000, 21_000, 3_000_000] as [Int64] { quality.callbackLag.record(Nanoseconds(lag)) }
        quality.startLateness.record(Nanoseconds(.max))
        quality.processorTime = Nanoseconds(4)
        quality.stolenTime = Nanoseconds(5)
        quality.highestRingLevel = 6
        quality.ringCapacity = 7
        quality.pauses = 8
        quality.inFlight = 9
        return quality
    }()

    func write(_ records: [TraceRecord], options: TraceWriterOptions = TraceWriterOptions(), to file: URL) throws {
        var writer = try TraceWriter(
            FileOutput(path: file.path),
            run: RunMetadata(runID: "run", segment: 3, values: ["plan": "{}"]),
            options: options
        )
        try writer.setOrigin(TraceOrigin(kind: .replayer, values: ["scenario": "s.yaml"]))
        for record in records { try writer.append(record) }
        try writer.close()
    }

    @Test("every kind of record comes back as it went in")
    func everyRecord() throws {
        let scratch = try ScratchFolder()
        let file = scratch.url("a.mcap")
        try write(Self.records, to: file)
        var reader = try TraceReader(path: file.path)
        var read: [TraceRecord] = []
        try reader.forEachRecord { read.append($0) }
        // Within a chunk records stand in the order of their times.
        #expect(Set(read) == Set(Self.records))
        #expect(read.count == Self.records.count)
        #expect(reader.run?.runID == "run")
        #expect(reader.run?.segment == 3)
        #expect(reader.run?.values["plan"] == "{}")
        #expect(reader.origin?.isSynthetic == true)
        #expect(reader.isClosed)
    }

    @Test("a reused connection stands between its request and its answer, however far other streams are")
    func reusedConnection() throws {
        let scratch = try ScratchFolder()
        let file = scratch.url("reused.mcap")
        func request(_ number: UInt64, at offset: UInt64) -> TraceRecord {
            .request(
                RequestRecord(
                    id: AttemptID(request: number),
                    scheduled: Self.instant(offset),
                    dispatched: Self.instant(offset),
                    url: "",
                    headers: [],
                    body: "",
                    operation: "converse-stream",
                    model: "m",
                    region: "r",
                    promptID: "p"
                )
            )
        }
        func connection(_ number: UInt64) -> TraceRecord {
            .connection(
                ConnectionRecord(
                    id: AttemptID(request: number),
                    connection: number,
                    isReused: true,
                    nameResolved: nil,
                    tcpConnected: nil,
                    tlsConnected: nil,
                    remoteAddress: "127.0.0.1:1",
                    tlsVersion: nil,
                    httpVersion: "1.1"
                )
            )
        }
        func end(_ number: UInt64, at offset: UInt64) -> TraceRecord {
            .end(
                EndRecord(
                    id: AttemptID(request: number),
                    completed: Self.instant(offset),
                    chunks: 0,
                    bytes: 0,
                    xxHash64: 0,
                    outcome: .ok
                )
            )
        }
        // The second request starts while the first one's bytes, which the kernel stamped before, still wait to be read.
        try write(
            [
                request(1, at: 1), request(2, at: 900), connection(1), end(1, at: 500), connection(2),
                end(2, at: 1_000),
            ],
            to: file
        )
        var seen: [String] = []
        var reader = try TraceReader(path: file.path)
        try reader.forEachRecord { record in
            switch record {
            case .request(let request): seen.append("request \(request.id.request)")
            case .connection(let connection): seen.append("connection \(connection.id.request)")
            case .end(let end): seen.append("end \(end.id.request)")
            default: break
            }
        }
        #expect(seen == ["request 1", "connection 1", "end 1", "request 2", "connection 2", "end 2"])
    }

    @Test("headers that authenticate are never written, whoever passes them")
    func secretsStayOut() throws {
        let scratch = try ScratchFolder()
        guard case .request(var request) = Self.records[1] else { return }
        for name in ["authorization", "Authorization", "X-Amz-Security-Token", "Cookie", "Set-Cookie"] {
            request.headers.append(HeaderField(name, "MARK"))
        }
        var options = TraceWriterOptions()
        options.compression = .none
        try write([.request(request)], options: options, to: scratch.url("a.mcap"))
        let bytes = try Data(contentsOf: scratch.url("a.mcap"))
        #expect(bytes.range(of: Data("Zeile".utf8)) != nil)
        #expect(bytes.range(of: Data("MARK".utf8)) == nil)
    }

    @Test(
        "PyPI mcap reads every message, every checksum on, indexed and streamed",
        .enabled(if: Program.pythonHas("mcap", "lz4"), "mcap is not installed for this Python")
    )
    func peerReads() async throws {
        let scratch = try ScratchFolder()
        var options = TraceWriterOptions()
        options.chunkByteCount = 2_000
        var records: [TraceRecord] = []
        for request in 1...200 as ClosedRange<UInt64> {
            for index in 0..<20 as Range<UInt32> {
                records.append(
                    .chunks(
                        ChunkBatch(
                            attempt: AttemptID(request: request),
                            firstIndex: index,
                            stamps: [
                                ChunkStamp(
                                    instant: Self.instant(UInt64(index) * 1000 + request),
                                    length: 9,
                                    source: .kernel
                                )
                            ],
                            data: Array("some text".utf8)
                        )
                    )
                )
            }
            records.append(
                .end(
                    EndRecord(
                        id: AttemptID(request: request),
                        completed: Self.instant(1_000_000),
                        chunks: 0,
                        bytes: 0,
                        xxHash64: 0,
                        outcome: .ok
                    )
                )
            )
        }
        try write(records, options: options, to: scratch.url("a.mcap"))
        let script = """
            import json, sys
            from mcap.reader import make_reader
            from mcap.stream_reader import StreamReader
            from mcap.records import Message
            path = sys.argv[1]
            counts = {}
            with open(path, "rb") as file:
                reader = make_reader(file, validate_crcs=True)
                for schema, channel, message in reader.iter_messages():
                    counts[channel.topic] = counts.get(channel.topic, 0) + 1
                summary = reader.get_summary()
            with open(path, "rb") as file:
                streamed = sum(isinstance(r, Message) for r in StreamReader(file, validate_crcs=True).records)
            assert summary.statistics.message_count == streamed == sum(counts.values()), (streamed, counts)
            print(json.dumps(counts))
            """
        let result = try await Program.python.run(["-c", script, scratch.url("a.mcap").path])
        #expect(result.status == 0, "\(result.errors)")
        let counts = try JSONDecoder().decode([String: UInt64].self, from: result.output)
        var reader = try TraceReader(path: scratch.url("a.mcap").path)
        try reader.forEachRecord { _ in }
        #expect(counts == reader.messageCounts)
        #expect(counts["/end"] == 200)
    }
}
