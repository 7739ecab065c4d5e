// The kernel's receive stamps, where the host gives them.

import Core
import Glibc
import Testing

@testable import Recorder

@Suite("Kernel stamps", .timeLimit(.minutes(1)))
struct KernelStampTests {
    @Test("each chunk's stamp is the kernel's, rises, and is no later than the callback")
    func stamps() throws {
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in 1...50 {
                exchange.sendChunk(CaptureBytesTests.body(piece))
                usleep(500)
            }
            exchange.send("0\r\n\r\n")
            return .keep
        }
        let requests = (0..<4).map { request(server.url(), index: $0) }
        let (report, recording) = try capture(ListSource(requests))
        guard report.environment.stampSource == .kernel else {
            // The host refused, and the report says why.
            #expect(report.environment.kernelStampRefusal != nil)
            return
        }
        for record in recording.requests {
            let stamps = recording.stamps(record.id)
            #expect(stamps.allSatisfy { $0.source == .kernel })
            #expect(stamps.allSatisfy { $0.callbackLag >= .zero })
            #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0.instant <= $1.instant })
            #expect(stamps.allSatisfy { $0.instant >= record.dispatched })
            // 50 pieces, half a millisecond apart: the stamps must spread as the sender did.
            let first = try #require(stamps.first)
            let last = try #require(stamps.last)
            #expect(last.instant - first.instant >= .milliseconds(20))
        }
        #expect(report.quality.kernelStampedChunks == report.quality.chunks)
        #expect(report.quality.callbackLag.count == report.quality.chunks)
    }

    @Test("stamps hold their instant when the reader comes late")
    func late() throws {
        let sentAt = Seen()
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
            exchange.send("ab")
            usleep(20_000)
            sentAt.note("\(ClockReading.realtimeNanoseconds)")
            exchange.send("cd")
            sentAt.note("\(ClockReading.realtimeNanoseconds)")
            return .keep
        }
        let (report, recording) = try capture(ListSource([request(server.url())]))
        guard report.environment.stampSource == .kernel else { return }
        let stamp = try #require(recording.stamps(AttemptID(request: 1)).last)
        // The answer may be whole before its sender has looked at the clock.
        while sentAt.all.count < 2 { usleep(1_000) }
        let bounds = sentAt.all.compactMap { UInt64($0) }
        // Within the sender's own bounds around its write, give or take the clocks' reading (well below 20 µs).
        #expect(stamp.instant.nanosecondsSinceEpoch + 20_000 >= bounds[0])
        #expect(stamp.instant.nanosecondsSinceEpoch <= bounds[1] + 20_000)
    }

    /// Holds the capture thread up, as a busy neighbour would, until another piece has been sent and two milliseconds are
    /// over: so each piece but the first waits for its reader, on a host of any load.
    private struct HoldingSource: RequestSource {
        var waiting: PreparedRequest?
        /// A sender's notes: two a piece.
        let sentAt: Seen
        let pieces: Int

        mutating func next(nowMonotonicNanoseconds now: UInt64, inFlight: Int) -> NextStep {
            if let request = waiting {
                waiting = nil
                return .start(request)
            }
            guard inFlight > 0 else { return .finished }
            let sent = sentAt.all.count / 2
            guard sent > 0, sent < pieces else { return .waitUntil(monotonicNanoseconds: now + 1_000_000) }
            while sentAt.all.count / 2 <= sent { usleep(100) }
            usleep(2_000)
            return .waitUntil(monotonicNanoseconds: now)
        }

        mutating func ended(_ end: AttemptEnd) {}
    }

    @Test("a loop that is held up moves the callback's instant, not the kernel's")
    func held() throws {
        let sentAt = Seen()
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in 0..<40 {
                usleep(7_000)
                sentAt.note("\(ClockReading.realtimeNanoseconds)")
                exchange.sendChunk([UInt8](repeating: UInt8(piece), count: 32))
                sentAt.note("\(ClockReading.realtimeNanoseconds)")
            }
            exchange.send("0\r\n\r\n")
            return .keep
        }
        let source = HoldingSource(waiting: request(server.url()), sentAt: sentAt, pieces: 40)
        let (report, recording) = try capture(source)
        guard report.environment.stampSource == .kernel else { return }
        let instants = sentAt.all.compactMap { UInt64($0) }
        #expect(instants.count == 80)
        // Which piece a chunk carries is the number its bytes repeat. Pieces that the kernel merged while nobody read
        // share the stamp of the last of them.
        let chunks = recording.chunks[AttemptID(request: 1)] ?? []
        var inTime = 0
        var arrivals = 0
        var late = 0
        for (index, chunk) in chunks.enumerated() {
            let piece = Int(try #require(chunk.bytes.last))
            let stamp = chunk.stamp.instant.nanosecondsSinceEpoch
            let callback = stamp + UInt64(chunk.stamp.callbackLag.count)
            let (before, after) = (instants[piece * 2], instants[piece * 2 + 1])
            // Arrival lies within the sender's call, give or take the clocks' reading (well below 50 µs).
            #expect(stamp + 50_000 >= before)
            if callback > after + 1_000_000 { late += 1 }
            let isLastOfItsStamp = index + 1 == chunks.count || chunks[index + 1].stamp.instant != chunk.stamp.instant
            guard isLastOfItsStamp else { continue }
            arrivals += 1
            if stamp <= after + 50_000 { inTime += 1 }
        }
        // The loop is held over the sending of each piece but the first.
        #expect(late * 2 > chunks.count)
        // A sender that loses its processor between its call and its clock may shift one or the other.
        #expect(arrivals > 0)
        #expect(inTime * 10 >= arrivals * 9)
        #expect(report.quality.callbackLag.quantile(0.5) > .milliseconds(1))
    }

    @Test("switched off, every chunk says its stamp is the callback's")
    func off() throws {
        let server = try CaptureFlowTests.okServer()
        let configuration = testConfiguration { $0.usesKernelStamps = false }
        let (report, recording) = try capture(ListSource([request(server.url())]), configuration)
        #expect(report.environment.stampSource == .callback)
        #expect(report.environment.kernelStampRefusal == "switched off")
        let stamps = recording.stamps(AttemptID(request: 1))
        #expect(!stamps.isEmpty)
        #expect(stamps.allSatisfy { $0.source == .callback && $0.callbackLag == .zero })
        #expect(recording.responses.first?.sent == nil)
    }

    @Test("a thread without a table, and a socket that is not registered, pass straight through")
    func passThrough() throws {
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { pair.forEach { close($0) } }
        var byte: UInt8 = 7
        #expect(send(pair[0], &byte, 1, 0) == 1)
        byte = 0
        #expect(recv(pair[1], &byte, 1, 0) == 1)
        #expect(byte == 7)
        // The system's errors come through as they are.
        #expect(recv(pair[1], &byte, 1, Int32(MSG_DONTWAIT)) == -1)
        #expect(errno == EAGAIN)
        #expect(recv(-1, &byte, 1, 0) == -1)
        #expect(errno == EBADF)
        #expect(send(-1, &byte, 1, 0) == -1)
        #expect(errno == EBADF)
    }
}
