// Every way in which an answer can fail becomes one outcome, one error and the bytes that came before it.

import Core
import Glibc
import Testing

@testable import Recorder

@Suite("Captured failures", .timeLimit(.minutes(1)))
struct CaptureFailureTests {
    static let first = AttemptID(request: 1)

    @Test("a refused connection is a transport error with libcurl's name and the system's number")
    func refused() throws {
        var unused: UInt16 = 0
        do {
            // Bound and let go again: nobody listens there now.
            let server = try LoopbackServer { _ in .close }
            unused = server.port
        }
        let (report, recording) = try capture(ListSource([request("http://127.0.0.1:\(unused)/")]))
        let error = try #require(recording.errors.first)
        #expect(error.code == "CURLE_COULDNT_CONNECT")
        // curl.h: CURLE_COULDNT_CONNECT is 7.
        #expect(error.curlCode == 7)
        #expect(error.errno == Int(ECONNREFUSED))
        #expect(error.byteOffset == 0)
        #expect(recording.ends.map(\.outcome) == [.transportError])
        #expect(report.progress.done == [.transportError: 1])
        #expect(recording.connections.isEmpty)
        #expect(recording.responses.isEmpty)
    }

    @Test("an address that is none is a transport error at once, not a wait")
    func malformed() throws {
        let (_, recording) = try capture(ListSource([request("http://exa mple/"), request("gopher://127.0.0.1/")]))
        #expect(recording.errors.map(\.code) == ["CURLE_URL_MALFORMAT", "CURLE_UNSUPPORTED_PROTOCOL"])
        #expect(recording.ends.count == 2)
    }

    @Test("a stream that is reset keeps the bytes that came before", .timeLimit(.minutes(1)))
    func reset() throws {
        let arrived = Latch()
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            exchange.sendChunk(Array("half".utf8))
            // A reset throws away what the client has not read yet.
            arrived.wait()
            exchange.reset()
            return .close
        }
        let store = MemorySink.Store { arrived.countDown() }
        let (_, recording) = try capture(ListSource([request(server.url())]), store: store)
        #expect(recording.body(Self.first) == Array("half".utf8))
        let error = try #require(recording.errors.first)
        #expect(error.code == "CURLE_RECV_ERROR")
        #expect(error.errno == Int(ECONNRESET))
        #expect(error.byteOffset == 4)
        let end = try #require(recording.ends.first)
        #expect(end.outcome == .transportError)
        #expect(end.bytes == 4)
        #expect(recording.responses.map(\.status) == [200])
        #expect(recording.connections.count == 1)
    }

    @Test("a stream that ends too early is a transport error, with its bytes")
    func truncated() throws {
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234")
            return .close
        }
        let (_, recording) = try capture(ListSource([request(server.url())]))
        #expect(recording.errors.map(\.code) == ["CURLE_PARTIAL_FILE"])
        #expect(recording.ends.map(\.outcome) == [.transportError])
        #expect(recording.body(Self.first) == Array("1234".utf8))
    }

    @Test("silence ends at the idle limit, before the first byte and in mid-stream", arguments: [false, true])
    func idle(inStream: Bool) throws {
        let server = try LoopbackServer { exchange in
            if inStream { exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123") }
            exchange.waitForClose()
            return .close
        }
        let limit = Nanoseconds.milliseconds(150)
        let configuration = testConfiguration { $0.idleTimeout = limit }
        let (report, recording) = try capture(ListSource([request(server.url())]), configuration)
        let end = try #require(recording.ends.first)
        let start = try #require(recording.requests.first)
        #expect(end.outcome == .timeout)
        #expect(end.bytes == (inStream ? 3 : 0))
        #expect(end.completed - start.dispatched >= limit)
        #expect(end.completed - start.dispatched < .seconds(10))
        let error = try #require(recording.errors.first)
        #expect(error.code == "CURLE_OPERATION_TIMEDOUT")
        #expect(error.message == "no byte arrived for 0.15 s")
        #expect(report.progress.done == [.timeout: 1])
        #expect(recording.connections.count == 1)
    }

    @Test("a stream that trickles on ends at the total limit")
    func total() throws {
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            // Ends when the client has gone: a write to it then fails with a reset, which closes the connection.
            for _ in 0..<2_000 {
                exchange.sendChunk([0x61])
                usleep(5_000)
                if exchange.isClosed { break }
            }
            return .close
        }
        let configuration = testConfiguration {
            $0.idleTimeout = .seconds(30)
            $0.totalTimeout = .milliseconds(200)
        }
        let (_, recording) = try capture(ListSource([request(server.url())]), configuration)
        #expect(recording.ends.map(\.outcome) == [.timeout])
        #expect(recording.errors.first?.message == "not finished 0.2 s after its start")
        #expect(!recording.body(Self.first).isEmpty)
    }

    @Test("an answer that is no success is recorded whole", arguments: [403, 429, 500])
    func httpError(status: Int) throws {
        let body = Array("{\"message\":\"Too many tokens\"}".utf8)
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 \(status) No\r\nx-amzn-ErrorType: E\r\nContent-Length: \(body.count)\r\n\r\n")
            exchange.send(body)
            return .keep
        }
        let ends = Seen()
        let source = ListSource([request(server.url())]) { ends.note("\($0.outcome) \($0.httpStatus ?? 0)") }
        let (_, recording) = try capture(source)
        #expect(recording.ends.map(\.outcome) == [.httpError])
        #expect(recording.responses.map(\.status) == [status])
        #expect(recording.responses.first?.header("X-AMZN-ErrorType") == "E")
        #expect(recording.body(Self.first) == body)
        #expect(recording.errors.isEmpty)
        #expect(ends.all == ["httpError \(status)"])
    }

    @Test("a reused connection that turns out dead fails the attempt; libcurl does not send it again silently")
    func noSilentRetry() throws {
        let seen = Seen()
        let server = try LoopbackServer { exchange in
            seen.note(exchange.path)
            if exchange.path == "/second" { return .close }
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return .keep
        }
        let requests = [request(server.url("/first")), request(server.url("/second"))]
        let (_, recording) = try capture(ListSource(requests, concurrency: 1))
        #expect(recording.ends.map(\.outcome) == [.ok, .transportError])
        #expect(recording.errors.first?.message.contains("not sent again silently") == true)
        #expect(seen.all == ["/first", "/second"])
    }

    @Test("a sink that fails ends the session cleanly, and the report says what is lost")
    func writerFails() throws {
        struct DiskFull: Error, CustomStringConvertible { var description: String { "no space left" } }
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            exchange.sendChunk(Array("abcdef".utf8))
            exchange.waitForClose()
            return .close
        }
        let store = MemorySink.Store { throw DiskFull() }
        let (report, recording) = try capture(ListSource([request(server.url())]), store: store)
        #expect(report.writeError?.description == "no space left")
        #expect(report.lostAttempts == 1)
        #expect(report.lostBytes == 6)
        #expect(report.progress.done == [.cancelled: 1])
        let drop = try #require(recording.drops.first)
        #expect(drop.reason == "write_error")
        #expect(drop.bytes == 6)
        #expect(recording.isClosed)
    }

    @Test("a trace that cannot be opened fails the session before anything is sent")
    func cannotOpen() throws {
        struct NoFolder: Error {}
        #expect(throws: NoFolder.self) {
            _ = try CaptureSession(configuration: testConfiguration(), source: ListSource([])) {
                _ throws -> MemorySink in throw NoFolder()
            }
        }
    }
}
