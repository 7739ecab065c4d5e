// Starts, stops, connections, pressure: what a session does around the bytes.

import Core
import Glibc
import Synchronization
import Testing

@testable import Recorder

@Suite("Capture flow", .timeLimit(.minutes(1)))
struct CaptureFlowTests {
    static func okServer() throws -> LoopbackServer {
        try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            return .keep
        }
    }

    @Test("one connection is opened and then reused, and the records say so")
    func reuse() throws {
        let server = try Self.okServer()
        let requests = (0..<5).map { request(server.url("/\($0)"), index: $0) }
        let (_, recording) = try capture(ListSource(requests, concurrency: 1))
        #expect(recording.connections.map(\.connection) == [1, 1, 1, 1, 1])
        #expect(recording.connections.map(\.isReused) == [false, true, true, true, true])
        let first = try #require(recording.connections.first)
        let dispatched = try #require(recording.requests.first?.dispatched)
        let connected = try #require(first.tcpConnected)
        #expect(connected >= dispatched)
        #expect(connected - dispatched < .seconds(5))
        #expect(first.tlsConnected == nil)
        #expect(first.remoteAddress == "127.0.0.1:\(server.port)")
        #expect(first.httpVersion == "1.1")
        #expect(recording.connections.dropFirst().allSatisfy { $0.connected == nil })
    }

    @Test(
        "a connection keeps its number whichever transfer uses it, with and without kernel stamps",
        arguments: [true, false]
    )
    func numbers(usesKernelStamps: Bool) throws {
        let server = try Self.okServer()
        let requests = (0..<200).map { request(server.url("/\($0)"), index: $0) }
        let configuration = testConfiguration { $0.usesKernelStamps = usesKernelStamps }
        let (report, recording) = try capture(ListSource(requests, concurrency: 8), configuration)
        #expect(report.progress.done == [.ok: 200])
        #expect(recording.connections.count == 200)
        let opened = recording.connections.filter { !$0.isReused }.map(\.connection)
        // Counted from 1 in the order of first use, and nothing reused that was not opened.
        #expect(opened == Array(1...UInt64(opened.count)))
        #expect(Set(recording.connections.map(\.connection)) == Set(opened))
    }

    @Test("a connection the server closes is not counted as reused")
    func closedConnections() throws {
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            return .close
        }
        let requests = (0..<3).map { request(server.url(), index: $0) }
        let (_, recording) = try capture(ListSource(requests, concurrency: 1))
        #expect(recording.connections.map(\.connection) == [1, 2, 3])
        #expect(recording.connections.allSatisfy { !$0.isReused })
    }

    @Test("a connection older than its lifetime is not used again")
    func lifetime() throws {
        let server = try Self.okServer()
        let now = ClockReading.monotonicNanoseconds
        // libcurl counts ages in whole seconds.
        let requests = [0, 10_000_000, 2_100_000_000].enumerated().map { index, offset in
            request(server.url(), index: index, scheduled: now + UInt64(offset))
        }
        let configuration = testConfiguration { $0.connectionLifetime = .seconds(1) }
        let (report, recording) = try capture(ListSource(requests, concurrency: 1), configuration)
        #expect(report.progress.done == [.ok: 3])
        #expect(recording.connections.map(\.connection) == [1, 1, 2])
    }

    @Test("records of an attempt come in order, instants never go back")
    func order() throws {
        let server = try Self.okServer()
        let (report, recording) = try capture(ListSource([request(server.url())]))
        let attempt = AttemptID(request: 1)
        let kinds = recording.records.filter { $0.attempt == attempt }.map { record in
            switch record {
            case .request: "request"
            case .connection: "connection"
            case .response: "response"
            case .end: "end"
            default: "other"
            }
        }
        #expect(kinds == ["request", "connection", "response", "end"])
        let request = try #require(recording.requests.first)
        let response = try #require(recording.responses.first)
        let stamps = recording.stamps(attempt)
        let end = try #require(recording.ends.first)
        #expect(request.scheduled == request.dispatched)
        if report.environment.stampSource == .kernel {
            let sent = try #require(response.sent)
            #expect(sent >= request.dispatched)
            #expect(sent <= response.firstByte)
        }
        let first = try #require(stamps.first)
        #expect(response.firstByte <= first.instant)
        #expect(first.instant <= end.completed)
    }

    @Test("starts keep the plan's schedule, never early, and say what was wanted")
    func schedule() throws {
        let server = try Self.okServer()
        let now = ClockReading.monotonicNanoseconds
        let due = (0..<10).map { now + 50_000_000 + UInt64($0) * 5_000_000 }
        let requests = due.enumerated().map { request(server.url(), index: $0, scheduled: $1) }
        let (report, recording) = try capture(ListSource(requests))
        let starts = recording.requests
        #expect(starts.count == 10)
        #expect(starts.allSatisfy { $0.dispatched >= $0.scheduled })
        for (earlier, later) in zip(starts, starts.dropFirst()) {
            #expect(later.scheduled - earlier.scheduled == .milliseconds(5))
        }
        #expect(report.quality.startLateness.count == 10)
    }

    @Test("never more in flight than allowed; a late request keeps its scheduled instant")
    func limit() throws {
        let inFlight = Mutex((now: 0, most: 0))
        let server = try LoopbackServer { exchange in
            inFlight.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            usleep(2_000)
            inFlight.withLock { $0.now -= 1 }
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            return .keep
        }
        let now = ClockReading.monotonicNanoseconds
        let requests = (0..<12).map { request(server.url(), index: $0, scheduled: now) }
        let (_, recording) = try capture(ListSource(requests), testConfiguration(maxInFlight: 3))
        #expect(recording.ends.count == 12)
        #expect(inFlight.withLock { $0.most } <= 3)
        let last = try #require(recording.requests.last)
        #expect(last.scheduled == recording.requests.first?.scheduled)
        #expect(last.dispatched > last.scheduled)
    }

    @Test("drain lets what is in flight end and starts nothing more")
    func drain() throws {
        let (started, mayEnd) = (Latch(2), Latch())
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
            started.countDown()
            mayEnd.wait()
            exchange.send("cd")
            return .keep
        }
        let store = MemorySink.Store()
        let requests = (0..<10).map { request(server.url(), index: $0) }
        let session = try CaptureSession(
            configuration: testConfiguration(maxInFlight: 2),
            source: ListSource(requests)
        ) { _ in MemorySink(store) }
        #expect(started.wait())
        session.drain()
        mayEnd.countDown()
        let report = session.waitUntilFinished()
        #expect(report.progress.done == [.ok: 2])
        #expect(report.progress.started == 2)
        #expect(session.hasEnded)
        #expect(session.waitUntilFinished().progress == report.progress)
    }

    @Test("stop cancels what is in flight, and each is recorded so")
    func stop() throws {
        let started = Latch(3)
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
            started.countDown()
            exchange.waitForClose()
            return .close
        }
        let store = MemorySink.Store()
        let requests = (0..<3).map { request(server.url(), index: $0) }
        let session = try CaptureSession(configuration: testConfiguration(), source: ListSource(requests)) { _ in
            MemorySink(store)
        }
        #expect(started.wait())
        session.stop()
        let report = session.waitUntilFinished()
        let recording = store.recording.withLock { $0 }
        #expect(report.progress.done == [.cancelled: 3])
        #expect(recording.ends.map(\.outcome) == [.cancelled, .cancelled, .cancelled])
        #expect(recording.isClosed)
    }

    @Test("a full ring holds transfers back and loses nothing")
    func pressure() throws {
        let size = 400_000
        let server = try LoopbackServer { exchange in
            let number = Int(exchange.path.dropFirst()) ?? 0
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let body = CaptureBytesTests.body(size + number)
            for start in stride(from: 0, to: body.count, by: 3_000) {
                exchange.sendChunk(Array(body[start..<min(start + 3_000, body.count)]))
            }
            exchange.send("0\r\n\r\n")
            return .keep
        }
        let paused = Latch()
        // The writer takes nothing until the session has had to wait for it.
        let store = MemorySink.Store { paused.wait() }
        let requests = (0..<8).map { request(server.url("/\($0)"), index: $0) }
        let session = try CaptureSession(
            configuration: testConfiguration { $0.ringByteCount = 65_536 },
            source: ListSource(requests)
        ) { _ in MemorySink(store) }
        while session.progress.pauses == 0 { sched_yield() }
        paused.countDown()
        let report = session.waitUntilFinished()
        let recording = store.recording.withLock { $0 }
        #expect(report.progress.done == [.ok: 8])
        #expect(report.progress.pauses > 0)
        #expect(report.quality.highestRingLevel <= report.quality.ringCapacity)
        for record in recording.requests {
            let number = Int(record.url.split(separator: "/").last ?? "") ?? 0
            #expect(recording.body(record.id) == CaptureBytesTests.body(size + number))
        }
    }

    @Test("no credential reaches a record, on whatever way it comes")
    func secrets() throws {
        let server = try LoopbackServer { exchange in
            let isSent = exchange.head.contains("Authorization: AWS4 AKIDEXAMPLE")
            exchange.send("HTTP/1.1 200 OK\r\nSet-Cookie: id=AKIDEXAMPLE\r\nContent-Length: 1\r\n\r\n")
            exchange.send(isSent ? "y" : "n")
            return .keep
        }
        let headers = [
            HeaderField("Authorization", "AWS4 AKIDEXAMPLE"), HeaderField("X-Amz-Security-Token", "AKIDEXAMPLE"),
            HeaderField("cookie", "AKIDEXAMPLE"), HeaderField("X-Fine", "1"),
        ]
        // The source is careless here: it records the very headers it sends.
        let (_, recording) = try capture(ListSource([request(server.url(), headers: headers)]))
        #expect(recording.body(AttemptID(request: 1)) == Array("y".utf8))
        #expect(recording.requests.first?.headers == [HeaderField("X-Fine", "1")])
        #expect(!"\(recording.records)".contains("AKIDEXAMPLE"))
    }

    @Test("a retry keeps its request's number and gets records of its own")
    func retry() throws {
        let server = try Self.okServer()
        var again = request(server.url())
        again.record.id = AttemptID(request: 1, attempt: 2)
        let (_, recording) = try capture(ListSource([request(server.url()), again, request(server.url())]))
        #expect(
            Set(recording.ends.map(\.id)) == [
                AttemptID(request: 1), AttemptID(request: 1, attempt: 2), AttemptID(request: 2),
            ]
        )
    }

    @Test("clock snapshots frame the recording")
    func clocks() throws {
        let server = try Self.okServer()
        let (report, recording) = try capture(ListSource([request(server.url())]))
        #expect(recording.clocks.count == 2)
        let first = try #require(recording.clocks.first)
        let last = try #require(recording.clocks.last)
        let dispatched = try #require(recording.requests.first?.dispatched)
        let end = try #require(recording.ends.last?.completed)
        #expect(report.environment.start <= first.instant)
        #expect(first.instant <= last.instant)
        #expect(dispatched < last.instant)
        #expect(end < last.instant)
        #expect(!first.snapshot.bootID.isEmpty)
        #expect(first.snapshot.bootID == last.snapshot.bootID)
    }

    @Test("the seconds of self-measurement add up to the session's, and cover it")
    func quality() throws {
        let server = try Self.okServer()
        let (report, recording) = try capture(ListSource((0..<8).map { request(server.url(), index: $0) }))
        let seconds = recording.qualities
        #expect(!seconds.isEmpty)
        #expect(seconds.map(\.chunks).reduce(0, +) == UInt64(recording.chunks.values.map(\.count).reduce(0, +)))
        #expect(seconds.map(\.chunks).reduce(0, +) == report.quality.chunks)
        #expect(seconds.map(\.callbackLag.count).reduce(0, +) == report.quality.kernelStampedChunks)
        #expect(seconds.allSatisfy { $0.processorTime > .zero && $0.processorTime <= $0.span })
        #expect(seconds.map(\.highestRingLevel).max() == report.quality.highestRingLevel)
        let last = try #require(recording.ends.last?.completed)
        #expect(seconds.contains { $0.instant >= last })
    }
}
