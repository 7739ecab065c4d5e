// Paths, dates and the pacing of an answer, all without a socket.

import Core
import Testing

@testable import Replayer

@Suite("Request targets")
struct RequestTargetTests {
    static let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"

    @Test(
        "both spellings of an id name the same model",
        arguments: [
            ("/model/amazon.nova-lite-v1:0/converse-stream", "amazon.nova-lite-v1:0"),
            ("/model/amazon.nova-lite-v1%3A0/converse-stream", "amazon.nova-lite-v1:0"),
            ("/model/amazon.nova-lite-v1%3a0/converse-stream?x=1", "amazon.nova-lite-v1:0"),
            ("http://127.0.0.1:8080/model/m/converse-stream", "m"),
            ("/model/\(arn)/converse-stream", arn),
            (
                "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc/converse-stream",
                arn
            ),
            ("/model/a%2520b/converse-stream", "a%20b"),
        ]
    )
    func spellings(target: String, model: String) {
        #expect(RequestTarget(method: "POST", target: target) == .operation(.converseStream, model: model))
    }

    @Test(
        "what names no operation is refused as the service refuses it",
        arguments: [
            ("POST", "/", "UnknownOperationException"), ("POST", "", "UnknownOperationException"),
            ("POST", "/model/converse-stream", "UnknownOperationException"),
            ("POST", "/model/m/sing", "UnknownOperationException"),
            ("GET", "/model/m/converse-stream", "UnknownOperationException"),
            ("POST", "/model//converse-stream", "ValidationException"),
            ("POST", "/model/%/converse-stream", "ValidationException"),
            ("POST", "/model/%ZZ/converse-stream", "ValidationException"),
            ("POST", "/model/%FF/converse-stream", "ValidationException"),
            ("POST", "/model/" + String(repeating: "m", count: 2_049) + "/converse-stream", "ValidationException"),
        ]
    )
    func refusals(method: String, target: String, type: String) throws {
        guard case .unknown(let error) = RequestTarget(method: method, target: target) else {
            Issue.record("\(target) was taken for an operation")
            return
        }
        #expect(error.type == type)
    }

    @Test(
        "dates are written as HTTP wants them",
        arguments: [
            // The example of RFC 9110, section 5.6.7; the epoch; a leap day (`date -u -d @...`).
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ]
    )
    func dates(seconds: Int64, text: String) {
        #expect(HTTPDate.text(secondsSinceEpoch: seconds) == text)
    }
}

@Suite("Pacing")
struct PacingTests {
    static let head = AnswerHead(status: 200, headers: [], offset: Nanoseconds(10))
    static let chunks = [
        AnswerChunk(offset: Nanoseconds(10), bytes: [1], events: 0..<1),
        AnswerChunk(offset: Nanoseconds(30), bytes: [2], events: 1..<2),
    ]
    static let script = AnswerScript(
        requestID: "r",
        head: head,
        chunks: chunks,
        ending: .complete,
        endOffset: Nanoseconds(40)
    )

    @Test("each part waits for its own instant, counted from the request")
    func onTime() {
        var schedule = AnswerSchedule(Self.script, received: 1_000)
        #expect(schedule.next(now: 1_000) == .wait(until: 1_010))
        #expect(schedule.next(now: 1_010) == .sendHead(Self.head))
        #expect(schedule.next(now: 1_010) == .sendChunk(Self.chunks[0]))
        #expect(schedule.next(now: 1_010) == .wait(until: 1_030))
        #expect(schedule.next(now: 1_030) == .sendChunk(Self.chunks[1]))
        #expect(schedule.next(now: 1_030) == .wait(until: 1_040))
        #expect(schedule.next(now: 1_040) == .end(.complete))
        #expect(schedule.next(now: 9_999) == nil)
    }

    @Test("a late wake-up delays nothing that comes after it")
    func noDrift() {
        var schedule = AnswerSchedule(Self.script, received: 1_000)
        #expect(schedule.next(now: 1_025) == .sendHead(Self.head))
        #expect(schedule.next(now: 1_026) == .sendChunk(Self.chunks[0]))
        #expect(schedule.next(now: 1_027) == .wait(until: 1_030))
    }

    @Test("an answer without a head breaks off without one")
    func noHead() {
        var script = Self.script
        script.head = nil
        script.chunks = []
        script.ending = .reset
        var schedule = AnswerSchedule(script, received: 0)
        #expect(schedule.next(now: 0) == .wait(until: 40))
        #expect(schedule.next(now: 40) == .end(.reset))
    }
}
