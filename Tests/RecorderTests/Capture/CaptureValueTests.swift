// The capture engine's values, without a socket or a clock.

import Core
import Testing

@testable import Recorder

@Suite("Trace timeline")
struct TraceTimelineTests {
    static func anchor(monotonic: UInt64, realtime: UInt64, width: UInt64 = 40) -> ClockAnchor {
        ClockAnchor(before: monotonic - width / 2, realtimeNanoseconds: realtime, after: monotonic + width / 2)
    }

    @Test("monotonic and wall-clock readings of one instant are one instant of the timeline")
    func conversion() {
        let timeline = TraceTimeline(origin: Self.anchor(monotonic: 1_000, realtime: 5_000_000))
        #expect(timeline.instant(monotonicNanoseconds: 1_700).nanosecondsSinceEpoch == 5_000_700)
        #expect(timeline.monotonicNanoseconds(realtimeNanoseconds: 5_000_700) == 1_700)
    }

    @Test("anchors that differ by less than they may err change nothing, so equal kernel stamps stay equal")
    func steady() {
        var timeline = TraceTimeline(origin: Self.anchor(monotonic: 1_000, realtime: 5_000_000))
        let before = timeline.monotonicNanoseconds(realtimeNanoseconds: 5_000_500)
        #expect(timeline.check(Self.anchor(monotonic: 2_000, realtime: 5_001_030)) == .steady)
        #expect(timeline.monotonicNanoseconds(realtimeNanoseconds: 5_000_500) == before)
    }

    @Test("a small change of the wall clock is followed, a large one is a step between two known instants")
    func steps() {
        var timeline = TraceTimeline(origin: Self.anchor(monotonic: 1_000, realtime: 5_000_000))
        #expect(
            timeline.check(Self.anchor(monotonic: 2_000, realtime: 5_051_000)) == .adjusted(by: Nanoseconds(50_000))
        )
        #expect(!timeline.looksStepped(monotonicNanoseconds: 3_000, realtimeNanoseconds: 5_052_000))
        #expect(timeline.looksStepped(monotonicNanoseconds: 3_000, realtimeNanoseconds: 6_052_000))
        #expect(
            timeline.check(Self.anchor(monotonic: 3_000, realtime: 6_052_000))
                == .stepped(
                    by: Nanoseconds(1_000_000),
                    afterMonotonicNanoseconds: 2_000,
                    beforeMonotonicNanoseconds: 3_000
                )
        )
        // The timeline itself never steps.
        #expect(timeline.instant(monotonicNanoseconds: 4_000).nanosecondsSinceEpoch == 5_003_000)
        #expect(timeline.monotonicNanoseconds(realtimeNanoseconds: 6_053_000) == 4_000)
    }
}

@Suite("Chunk placement")
struct ChunkPlacementTests {
    @Test("the kernel's stamp wins, within what physics allows")
    func bounds() {
        var placement = ChunkPlacement(notBefore: 100)
        func place(_ kernel: UInt64?, _ callback: UInt64) -> [UInt64] {
            let arrival = ChunkArrival(
                kernelNanoseconds: kernel,
                callbackNanoseconds: callback,
                wakeNanoseconds: callback
            )
            let placed = placement.place(arrival)
            return [placed.monotonicNanoseconds, UInt64(placed.source.rawValue)]
        }
        // Source 1 is the kernel, 2 the callback (trace format, `stamp_source`).
        #expect(place(90, 150) == [100, 1], "never before the dispatch")
        #expect(place(140, 150) == [140, 1])
        #expect(place(140, 160) == [140, 1], "one arrival, two callbacks: a burst")
        #expect(place(200, 190) == [190, 1], "never after the callback")
        #expect(place(nil, 230) == [230, 2])
        #expect(place(210, 240) == [230, 1], "never before the stamp before")
    }
}

@Suite("Start gate")
struct StartGateTests {
    @Test("a source is asked at once, after its wait, after an end, and never again once it is finished")
    func answers() {
        var gate = StartGate(limit: 2)
        #expect(gate.mayAsk(nowMonotonicNanoseconds: 5, inFlight: 0))
        gate.answered(.waitUntil(monotonicNanoseconds: 50), nowMonotonicNanoseconds: 5, inFlight: 1)
        #expect(!gate.mayAsk(nowMonotonicNanoseconds: 49, inFlight: 1))
        #expect(gate.nextQuestion(inFlight: 1) == 50)
        #expect(gate.mayAsk(nowMonotonicNanoseconds: 50, inFlight: 1))
        gate.answered(.waitForEnd, nowMonotonicNanoseconds: 60, inFlight: 1)
        #expect(!gate.mayAsk(nowMonotonicNanoseconds: .max, inFlight: 1))
        #expect(gate.nextQuestion(inFlight: 1) == nil)
        gate.reopen()
        #expect(gate.mayAsk(nowMonotonicNanoseconds: 60, inFlight: 1))
        gate.answered(.finished, nowMonotonicNanoseconds: 61, inFlight: 0)
        gate.reopen()
        #expect(gate.isClosed)
        #expect(!gate.mayAsk(nowMonotonicNanoseconds: .max, inFlight: 0))
    }

    @Test("the limit holds a willing source back")
    func limit() {
        let gate = StartGate(limit: 2)
        #expect(!gate.mayAsk(nowMonotonicNanoseconds: 0, inFlight: 2))
        #expect(gate.nextQuestion(inFlight: 2) == nil)
    }

    @Test("a source that waits for an end with nothing in flight is asked again, not waited for for ever")
    func nothingInFlight() {
        var gate = StartGate(limit: 2)
        gate.answered(.waitForEnd, nowMonotonicNanoseconds: 7, inFlight: 0)
        #expect(gate.nextQuestion(inFlight: 0) == 7 + StartGate.patience)
    }
}

@Suite("Attempt limits")
struct AttemptLimitsTests {
    @Test("the earlier limit counts; silence only while the server is to blame")
    func deadlines() {
        let limits = AttemptLimits(idle: Nanoseconds(10), total: Nanoseconds(100))
        #expect(limits.deadline(dispatched: 5, lastByte: 50)?.monotonicNanoseconds == 60)
        #expect(limits.deadline(dispatched: 5, lastByte: 50)?.reason == .idle(Nanoseconds(10)))
        #expect(limits.deadline(dispatched: 5, lastByte: 99)?.monotonicNanoseconds == 105)
        #expect(limits.deadline(dispatched: 5, lastByte: 99)?.reason == .total(Nanoseconds(100)))
        #expect(limits.deadline(dispatched: 5, lastByte: nil)?.monotonicNanoseconds == 105)
        #expect(AttemptLimits(idle: Nanoseconds(10)).deadline(dispatched: 5, lastByte: nil) == nil)
        #expect(AttemptLimits().deadline(dispatched: 5, lastByte: 6) == nil)
    }
}

@Suite("Response heads")
struct ResponseHeadTests {
    private static func parse(_ text: String) -> ParsedResponseHead {
        Array(text.utf8).withUnsafeBytes { ParsedResponseHead($0) }
    }

    @Test("fields keep order, spelling and repetition; credentials and what is no field are left out")
    func fields() {
        let head = Self.parse(
            "HTTP/1.1 429 Too Many\r\nA:1\r\nb: two  \r\nA:\t3:4\r\nsET-cookie: x\r\nnone\r\n:no\r\n\r\n"
        )
        #expect(head.status == 429)
        #expect(head.headers == [HeaderField("A", "1"), HeaderField("b", "two"), HeaderField("A", "3:4")])
    }

    @Test("what is no head gives no status and no field", arguments: ["", "\r\n", "HTTP/1.1", "HTTP/1.1 x y", "\u{0}"])
    func damaged(text: String) {
        #expect(Self.parse(text) == Self.parse(""))
        #expect(Self.parse(text).status == 0)
    }

    @Test("a head grows beyond its first memory, ends at the empty line and leaves trailers out")
    func collecting() {
        var head = ResponseHead()
        let long = Array(String(repeating: "x", count: 10_000).utf8) + Array("\r\n".utf8)
        long.withUnsafeBytes { head.append($0) }
        #expect(head.state == .partial)
        Array("\r\n".utf8).withUnsafeBytes { head.append($0) }
        #expect(head.state == .complete)
        Array("Trailer: x\r\n".utf8).withUnsafeBytes { head.append($0) }
        #expect(Array(head.bytes) == long + Array("\r\n".utf8))
        head.removeAll()
        #expect(head.state == .empty)
        #expect(head.bytes.isEmpty)
    }
}

@Suite("Outcomes")
struct OutcomeTests {
    @Test("status and result decide the outcome together")
    func outcomes() {
        #expect(TransportOutcome(result: nil, status: 200) == .ok)
        #expect(TransportOutcome(result: nil, status: 204) == .ok)
        #expect(TransportOutcome(result: nil, status: 302) == .httpError)
        #expect(TransportOutcome(result: .timedOut, status: 200) == .timeout)
        #expect(TransportOutcome(result: CurlError(code: 56), status: 200) == .transportError)
    }

    @Test(
        "libcurl's codes have the names of curl.h",
        arguments: [
            (0, "OK"), (28, "OPERATION_TIMEDOUT"), (56, "RECV_ERROR"), (60, "PEER_FAILED_VERIFICATION"),
            (99, "UNRECOVERABLE_POLL"), (250, "250"),
        ]
    )
    func names(code: UInt32, name: String) {
        #expect(CurlError(code: code).name == "CURLE_\(name)")
    }
}

@Suite("Wire headers")
struct WireHeaderTests {
    @Test("libcurl's own headers are suppressed unless the request names them; an empty value is sent empty")
    func lines() {
        #expect(
            WireHeaders.lines([HeaderField("content-type", "a/b"), HeaderField("X", "")])
                == ["content-type: a/b", "X;", "Accept:", "Expect:"]
        )
    }
}
