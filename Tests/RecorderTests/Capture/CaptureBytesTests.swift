// What is recorded is what was sent, for many ways of cutting it.

import Core
import Glibc
import Testing

@testable import Recorder

@Suite("Captured bytes", .timeLimit(.minutes(1)))
struct CaptureBytesTests {
    /// A body whose every byte depends on its place.
    static func body(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 8)) } }

    @Test(
        "a chunked body is recorded byte for byte, however the server cuts it",
        arguments: [1, 2, 7, 100, 1_000, 4_096, 16_384, 50_000]
    )
    func chunked(piece: Int) throws {
        let body = Self.body(min(piece * 40, 300_000))
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: x/y\r\n\r\n")
            for start in stride(from: 0, to: body.count, by: piece) {
                exchange.sendChunk(Array(body[start..<min(start + piece, body.count)]))
            }
            exchange.send("0\r\n\r\n")
            return .keep
        }
        let (report, recording) = try capture(ListSource([request(server.url())]))
        let id = AttemptID(request: 1)
        #expect(recording.body(id) == body)
        #expect(report.progress.done[.ok] == 1)
        let end = try #require(recording.ends.first)
        #expect(end.outcome == .ok)
        #expect(end.bytes == UInt64(body.count))
        #expect(Int(end.chunks) == recording.chunks[id]?.count)
        #expect(report.progress.receivedByteCount == UInt64(body.count))
        #expect(recording.isClosed)
    }

    @Test("a trace file of a session reads back what was sent, with the host's facts and the session's account")
    func traceFile() throws {
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nx-bedrock-replayer: s.yaml; seed=1\r\n\r\nabc")
            return .keep
        }
        let path = "/tmp/bedrock-capture-\(UInt64.random(in: 0 ... .max)).mcap"
        defer { unlink(path) }
        let session = try CaptureSession(
            configuration: testConfiguration(),
            source: ListSource([request(server.url())]),
            destination: .file(path: path, replacesExisting: false),
            run: RunMetadata(runID: "r"),
            origin: nil
        )
        let report = session.waitUntilFinished()
        #expect(report.writeError == nil)
        var reader = try TraceReader(path: path)
        var records: [TraceRecord] = []
        try reader.forEachRecord { records.append($0) }
        #expect(reader.isClosed)
        #expect(reader.origin == TraceOrigin(kind: .replayer, values: ["source": "s.yaml; seed=1"]))
        #expect(reader.run?.values["stamp_source"] == (report.stampSource == .kernel ? "kernel" : "callback"))
        let ends = records.compactMap { if case .end(let end) = $0 { end } else { nil } }
        // `printf abc | xxhsum -H64` of the xxHash repository says 44bc2cf5ad770999.
        #expect(ends.map(\.xxHash64) == [0x44BC_2CF5_AD77_0999])
        let batches = records.compactMap { if case .chunks(let batch) = $0 { batch } else { nil } }
        #expect(batches.flatMap(\.data) == Array("abc".utf8))
    }

    @Test("a response without a length ends with its connection")
    func closeDelimited() throws {
        let body = Self.body(30_000)
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\n\r\n")
            exchange.send(body)
            return .close
        }
        let (report, recording) = try capture(ListSource([request(server.url())]))
        #expect(recording.body(AttemptID(request: 1)) == body)
        #expect(report.progress.done[.ok] == 1)
    }

    @Test("a head that arrives byte by byte is one head")
    func splitHead() throws {
        let server = try LoopbackServer { exchange in
            for byte in Array("HTTP/1.1 200 Fine\r\nX-A: 1\r\nx-b:  two words \r\nX-A: 3\r\nSet-Cookie: s=1\r\n".utf8) {
                exchange.send([byte])
            }
            exchange.send("Content-Length: 2\r\n\r\nok")
            return .keep
        }
        let (_, recording) = try capture(ListSource([request(server.url())]))
        let response = try #require(recording.responses.first)
        #expect(response.status == 200)
        #expect(
            response.headers == [
                HeaderField("X-A", "1"), HeaderField("x-b", "two words"), HeaderField("X-A", "3"),
                HeaderField("Content-Length", "2"),
            ]
        )
        #expect(recording.body(AttemptID(request: 1)) == Array("ok".utf8))
    }

    @Test("an interim response is not the response")
    func interim() throws {
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz")
            return .keep
        }
        let (_, recording) = try capture(ListSource([request(server.url())]))
        #expect(recording.responses.map(\.status) == [200])
        #expect(recording.responses.first?.headers == [HeaderField("Content-Length", "1")])
    }

    @Test("what goes over the wire is the request's own headers and body, nothing else")
    func wire() throws {
        let seen = Seen()
        let server = try LoopbackServer { exchange in
            seen.note(exchange.head + String(decoding: exchange.body, as: UTF8.self))
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return .keep
        }
        let headers = [HeaderField("x-amz-date", "20150830T123600Z"), HeaderField("X-Empty", "")]
        let path = "/model/a%3Ab%2F..%2Fc/converse-stream/./x"
        _ = try capture(ListSource([request(server.url(path), headers: headers, body: Array("{\"a\":1}".utf8))]))
        #expect(
            seen.all == [
                "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nx-amz-date: 20150830T123600Z\r\n"
                    + "X-Empty:\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
            ]
        )
    }

    @Test("a body larger than a socket's buffer is sent whole")
    func largeRequest() throws {
        let body = Self.body(3_000_000).map { $0 & 0x3F | 0x40 }
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + (exchange.body == body ? "y" : "n"))
            return .keep
        }
        let (_, recording) = try capture(ListSource([request(server.url(), body: body)]))
        #expect(recording.body(AttemptID(request: 1)) == Array("y".utf8))
    }

    @Test("256 streams at once are kept apart, each byte for byte")
    func manyStreams() throws {
        let streams = 256
        let everyone = Latch(streams)
        let server = try LoopbackServer { exchange in
            let number = Int(exchange.path.dropFirst()) ?? 0
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            // No answer goes on before all streams have begun: all are in flight together.
            everyone.countDown()
            everyone.wait()
            for piece in 0..<20 { exchange.sendChunk(Self.body(number + piece + 1)) }
            exchange.send("0\r\n\r\n")
            return .keep
        }
        let requests = (0..<streams).map { request(server.url("/\($0)"), index: $0) }
        let (report, recording) = try capture(ListSource(requests), testConfiguration(maxInFlight: streams))
        #expect(report.progress.done[.ok] == streams)
        for (number, record) in recording.requests.enumerated() {
            let expected = (0..<20).flatMap { Self.body(number + $0 + 1) }
            #expect(record.url.hasSuffix("/\(number)"))
            #expect(recording.body(record.id) == expected)
        }
        #expect(Set(recording.connections.map(\.connection)).count == streams)
    }
}
