// The server on real sockets: what clients get, and what no client can do to it.

import Core
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Replayer

/// A server of a test's own, in this process.
final class TestServer {
    let server: ReplayServer
    let port: Int

    init(
        _ source: any AnswerSource = ScenarioSource(Answers.scenario(quick)),
        limits: ServerLimits = ServerLimits(),
        groundTruth: GroundTruthFile? = nil,
        observer: (any AnswerObserver)? = nil
    ) throws {
        var configuration = ServerConfiguration()
        configuration.limits = limits
        server = ReplayServer(configuration, source: source, groundTruth: groundTruth, observer: observer)
        port = try Self.start(server)
    }

    private static func start(_ server: ReplayServer) throws -> Int { try server.start() }

    deinit {
        server.stop()
    }

    static let quick = Answers.profile(
        ttft: .constant(20),
        gap: .constant(2),
        perDelta: .constant(2),
        output: .constant(24)
    )

    static func request(
        _ body: String = #"{"messages":[{"role":"user","content":[{"text":"hello"}]}]}"#,
        target: String = "/model/m/converse-stream",
        extra: String = "Connection: close\r\n"
    ) -> String {
        "POST \(target) HTTP/1.1\r\nHost: x\r\n\(extra)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Sends one request on a connection of its own and reads to the end.
    func response(to request: String) throws -> (response: RawResponse?, end: SocketClient.End) {
        let client = try SocketClient(port: port)
        client.send(request)
        let (bytes, end) = client.readToEnd()
        return (RawResponse(bytes), end)
    }

    /// Whether the server still answers as it should.
    func isServing() throws -> Bool {
        let (response, end) = try response(to: Self.request())
        return response?.status == 200 && response?.isWhole == true && end == .closed
    }
}

/// Keeps what it is told.
final class KeptReports: AnswerObserver {
    let all = Mutex<[AnswerReport]>([])

    func answered(_ report: AnswerReport) {
        all.withLock { $0.append(report) }
    }
}

@Suite("Server")
struct ServerTests {
    @Test("a stream is one HTTP chunk an event, with the service's head")
    func stream() throws {
        let server = try TestServer()
        let response = try #require(try server.response(to: TestServer.request()).response)
        let script = ScenarioSource(Answers.scenario(TestServer.quick))
            .answer(
                to: RuntimeRequest(
                    operation: .converseStream,
                    model: "m",
                    body: Array(#"{"messages":[{"role":"user","content":[{"text":"hello"}]}]}"#.utf8)
                )
            )
        #expect(response.status == 200)
        #expect(response.isWhole)
        #expect(response.body == script.chunks.flatMap(\.bytes))
        #expect(response.chunks == script.chunks.map(\.bytes.count))
        #expect(response.header("content-type") == "application/vnd.amazon.eventstream")
        #expect(response.header("x-amzn-RequestId") == script.requestID)
        #expect(response.header("x-bedrock-replayer") == "test.yaml; seed=7")
        #expect(response.header("date")?.hasSuffix(" GMT") == true)
    }

    @Test("no event leaves before its time, and the ground truth says when each left")
    func times() throws {
        let scratch = try ScratchFolder()
        let truth = try GroundTruthFile(path: scratch.url("truth.csv").path)
        let reports = KeptReports()
        var server: TestServer? = try TestServer(groundTruth: truth, observer: reports)
        let response = try #require(try server?.response(to: TestServer.request()).response)
        server = nil
        #expect(truth.finish() == nil)
        let lines = try String(contentsOf: scratch.url("truth.csv"), encoding: .utf8).split(separator: "\n")
        #expect(lines.first == "request_id,event_index,monotonic_ns")
        let rows = lines.dropFirst().map { $0.split(separator: ",") }
        #expect(rows.allSatisfy { $0[0] == response.header("x-amzn-RequestId") ?? "" })
        #expect(rows.map { Int($0[1]) } == Array(0..<response.chunks.count))
        let instants = rows.compactMap { UInt64($0[2]) }
        #expect(instants == instants.sorted())
        // messageStart 1 ms before the first delta, 12 deltas 2 ms apart, three closing events 0.5 ms apart. (How late
        // they leave is a matter of the machine, and no test.)
        let offsets_us = [19_000] + (0..<12).map { 20_000 + 2_000 * $0 } + [42_500, 43_000, 43_500]
        let received = try #require(reports.all.withLock { $0.first?.received })
        #expect(instants.count == offsets_us.count)
        for (instant, offset) in zip(instants, offsets_us) { #expect(instant >= received + UInt64(offset) * 1_000) }
    }

    @Test("a connection is used again, and pipelined requests are answered in order")
    func keepAlive() throws {
        let server = try TestServer()
        let client = try SocketClient(port: server.port)
        for _ in 0..<3 {
            client.send(TestServer.request(extra: ""))
            let response = try #require(RawResponse(client.read(until: "\r\n0\r\n\r\n")))
            #expect(response.isWhole)
            #expect(response.header("connection") == "keep-alive")
        }
        client.send(
            TestServer.request(target: "/model/one/converse-stream", extra: "")
                + TestServer.request(target: "/model/two/sing")
        )
        let bytes = client.readToEnd().bytes
        let text = String(decoding: bytes, as: UTF8.self)
        let first = try #require(text.range(of: "HTTP/1.1 200"))
        let second = try #require(text.range(of: "HTTP/1.1 404"))
        #expect(first.lowerBound < second.lowerBound)
    }

    struct BadRequest: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: String
        var status: Int
        var type: String

        init(_ description: String, _ bytes: String, _ status: Int = 400, _ type: String = "ValidationException") {
            testDescription = description
            self.bytes = bytes
            self.status = status
            self.type = type
        }
    }

    static let badRequests = [
        BadRequest("no JSON", TestServer.request("no json")),
        BadRequest("no path of the runtime", TestServer.request(target: "/nowhere"), 404, "UnknownOperationException"),
        BadRequest("a bad escape in the model id", TestServer.request(target: "/model/%ZZ/converse-stream")),
        BadRequest(
            "GET",
            "GET /model/m/converse-stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            404,
            "UnknownOperationException"
        ),
        BadRequest("no HTTP", "nonsense\r\n\r\n"),
        BadRequest("a negative length", "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n"),
        BadRequest("a space in a field's name", "POST / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n"),
        BadRequest(
            "200 kB of header",
            "POST / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 200_000))\r\n\r\n"
        ),
    ]

    @Test("errors have the service's shape", arguments: badRequests)
    func errors(_ bad: BadRequest) throws {
        let server = try TestServer()
        let (response, _) = try server.response(to: bad.bytes)
        #expect(response?.status == bad.status)
        #expect(response?.header("x-amzn-ErrorType")?.hasPrefix("\(bad.type):") == true)
        #expect(response?.header("x-bedrock-replayer") == "test.yaml; seed=7")
        let json = try response.map { try JSONSerialization.jsonObject(with: Data($0.body)) } as? [String: String]
        #expect(json?["message"]?.isEmpty == false)
        #expect(try server.isServing())
    }

    @Test("a body above the limit is refused, whether its length is stated or not")
    func largeBody() throws {
        var limits = ServerLimits()
        limits.bodyByteCount = 1_000
        let server = try TestServer(limits: limits)
        let large = String(repeating: " ", count: 5_000)
        #expect(try server.response(to: TestServer.request(large)).response?.status == 413)
        let chunked =
            "POST /model/m/converse-stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "1388\r\n\(large)\r\n0\r\n\r\n"
        #expect(try server.response(to: chunked).response?.status == 413)
        #expect(try server.isServing())
    }

    @Test("a request that never ends costs its own connection only")
    func slowLoris() throws {
        var limits = ServerLimits()
        limits.requestTime = .milliseconds(200)
        let server = try TestServer(limits: limits)
        for start in [
            "POST /model/m/converse-stream HTTP/1.1\r\nHost: x\r\n", "POST /", TestServer.request().dropLast(5) + "",
        ] {
            let client = try SocketClient(port: server.port)
            client.send(start)
            #expect(client.readToEnd().end == .closed)
        }
        #expect(try server.isServing())
    }

    @Test("a client that has said everything and listens on is answered; one that stops in mid-request is dropped")
    func halfClosed() throws {
        let server = try TestServer()
        let client = try SocketClient(port: server.port)
        client.send(TestServer.request(extra: ""))
        client.closeOutput()
        let (bytes, end) = client.readToEnd()
        #expect(RawResponse(bytes)?.isWhole == true)
        #expect(end == .closed)
        let other = try SocketClient(port: server.port)
        other.send("POST /model/m/converse-stream HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        other.closeOutput()
        #expect(other.readToEnd().end != .timedOut)
        #expect(try server.isServing())
    }

    @Test("clients that go away in mid-answer take nothing with them")
    func abandoned() throws {
        let server = try TestServer()
        for _ in 0..<20 {
            let client = try SocketClient(port: server.port)
            client.send(TestServer.request(extra: ""))
            _ = client.read()
        }
        #expect(try server.isServing())
    }

    @Test("connections beyond the limit are closed, and room is made again")
    func connectionLimit() throws {
        var limits = ServerLimits()
        limits.connectionCount = 2
        let server = try TestServer(limits: limits)
        do {
            let held = [try SocketClient(port: server.port), try SocketClient(port: server.port)]
            // Their acceptance is certain once they are answered.
            for client in held {
                client.send(TestServer.request(extra: ""))
                #expect(RawResponse(client.read(until: "\r\n0\r\n\r\n"))?.isWhole == true)
            }
            let third = try SocketClient(port: server.port)
            third.send(TestServer.request())
            #expect(third.readToEnd().bytes.isEmpty)
            for client in held { client.closeOutput() }
            for client in held { #expect(client.readToEnd().end == .closed) }
        }
        #expect(try server.isServing())
    }

    @Test("200 streams at once are all whole")
    func manyStreams() throws {
        let server = try TestServer()
        let clients = try (0..<200).map { _ in try SocketClient(port: server.port) }
        for client in clients { client.send(TestServer.request()) }
        for client in clients {
            let (bytes, end) = client.readToEnd()
            #expect(end == .closed)
            #expect(RawResponse(bytes)?.isWhole == true)
        }
    }

    @Test("a client that asks and asks, and reads nothing, holds up nobody else")
    func deafClient() throws {
        let server = try TestServer()
        let deaf = try SocketClient(port: server.port)
        for _ in 0..<50 { deaf.send(TestServer.request(extra: "")) }
        #expect(try server.isServing())
        // It is answered all the same, one request after the other.
        for _ in 0..<3 { #expect(!deaf.read(until: "\r\n0\r\n\r\n").isEmpty) }
    }

    @Test(
        "what no HTTP client sends is refused or dropped",
        arguments: [
            "POST /model/m/converse-stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "POST /model/m/converse-stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "ffffffffffffffffff\r\n",
            "POST /model/m/converse-stream HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "0\r\n\r\n",
            "POST /model/m/converse-stream HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ",
            "POST /model/m/converse-stream HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{",
            "POST /model/m/converse-stream HTTP/9.9\r\nHost: x\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u{0}\u{0}\u{12}\u{4}",
            String(repeating: "X: 1\r\n", count: 50_000),
            "POST / HTTP/1.1\r\n" + String(repeating: "X: 1\r\n", count: 50_000) + "\r\n",
            "POST /" + String(repeating: "a", count: 200_000) + " HTTP/1.1\r\n\r\n", "\r\n\r\n\r\n", "",
        ]
    )
    func malformed(_ bytes: String) throws {
        let server = try TestServer()
        let client = try SocketClient(port: server.port)
        client.send(bytes)
        client.closeOutput()
        let (answer, end) = client.readToEnd()
        #expect(end != .timedOut)
        #expect((RawResponse(answer)?.status).map { (400..<500).contains($0) } ?? true)
        #expect(try server.isServing())
    }

    @Test("random bytes never stop it")
    func randomBytes() throws {
        let server = try TestServer()
        var generator = SeededGenerator(seed: 5)
        let good = Array(TestServer.request().utf8)
        for round in 0..<100 {
            var bytes = good
            if round.isMultiple(of: 2) {
                bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            } else {
                for _ in 0..<5 {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                        in: 0...255,
                        using: &generator
                    )
                }
            }
            let client = try SocketClient(port: server.port)
            client.send(bytes)
            client.closeOutput()
            #expect(client.readToEnd().end != .timedOut)
        }
        #expect(try server.isServing())
    }

    @Test(
        "faults reach the client as they are meant",
        arguments: [
            ("reset", SocketClient.End.reset), ("close", .closed), ("truncate", .closed), ("burst", .closed),
            ("one-byte", .closed), ("slow-headers", .closed), ("corrupt", .closed),
        ]
    )
    func faults(name: String, end: SocketClient.End) throws {
        let scenario = Answers.scenario(TestServer.quick, faults: [try Fault("\(name)=1")])
        let server = try TestServer(ScenarioSource(scenario))
        let client = try SocketClient(port: server.port)
        client.send(TestServer.request())
        let (bytes, actual) = client.readToEnd()
        #expect(actual == end)
        let response = RawResponse(bytes)
        #expect(response?.status == 200 || name == "reset")
        #expect(response?.isWhole == (name == "close" || name == "reset" ? false : true))
    }

    @Test("a stalled answer keeps the connection until the client goes")
    func stall() throws {
        let scenario = Answers.scenario(TestServer.quick, faults: [try Fault("stall=1")])
        let server = try TestServer(ScenarioSource(scenario))
        let client = try SocketClient(port: server.port, timeout: 1)
        client.send(TestServer.request())
        let (bytes, end) = client.readToEnd()
        #expect(end == .timedOut)
        #expect(RawResponse(bytes)?.isWhole == false)
        client.closeOutput()
        #expect(client.readToEnd().end == .closed)
    }

    @Test("a busy port is one clear line")
    func busyPort() throws {
        let server = try TestServer()
        var configuration = ServerConfiguration()
        configuration.port = server.port
        let second = ReplayServer(configuration, source: ScenarioSource(Answers.scenario()))
        defer { second.stop() }
        let error = #expect(throws: ServerError.self) { try second.start() }
        #expect(error?.description == "cannot listen on 127.0.0.1:\(server.port): Address already in use")
    }
}
