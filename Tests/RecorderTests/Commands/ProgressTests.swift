// What a person sees, as text.

import Core
import Testing

@testable import Recorder

@Suite("Progress")
struct ProgressTests {
    static func report() -> ProgressReport {
        var capture = CaptureProgress()
        capture.inFlight = 4
        capture.done = [.ok: 1_180, .httpError: 20]
        capture.receivedByteCount = 2_500_000
        capture.callbackLagP99 = Nanoseconds(80_000)
        var load = LoadTally()
        load.models["m"] = LoadTally.Model()
        load.models["m"]?.outcomes = [.ok: 1_180, .httpError: 20]
        load.models["m"]?.throttled = 12
        for _ in 0..<100 { load.models["m"]?.endToEnd.add(.milliseconds(1_500)) }
        var live = LiveNumbers()
        live.models["m"] = LiveNumbers.Model()
        live.models["m"]?.outputTokens = 12_345
        for _ in 0..<100 { live.models["m"]?.firstToken.add(.milliseconds(400)) }
        return ProgressReport(
            elapsedSeconds: 600,
            total: 2_400,
            durationSeconds: nil,
            capture: capture,
            load: load,
            live: live,
            requestsPerSecond: 2.04,
            tokensPerSecond: 20.57
        )
    }

    @Test("the line says how far it is and how long it takes")
    func line() {
        #expect(
            Self.report().line
                == "10 min 0 s · 1,200 of 2,400 done · 4 in flight · 2.0 requests/s · 20.6 tokens/s · 2.5 MB · about 10 min 0 s left"
        )
    }

    @Test("reasons are told by name, the most frequent first, in the words of the last; unknown names are bounded")
    func reasons() {
        var faults = LiveFaults()
        faults.note("ThrottlingException", "first")
        faults.note("CURLE_RECV_ERROR", "")
        faults.note("ThrottlingException", "Too many\nrequests")
        #expect(faults.lines == ["2 × ThrottlingException: Too many requests", "1 × CURLE_RECV_ERROR"])
        var report = Self.report()
        report.live.faults = faults
        #expect(report.panel(width: 200).contains("2 × ThrottlingException: Too many requests"))
        #expect(report.plainLine.contains(" · 2 × ThrottlingException: Too many requests"))
        for number in 0..<1_000 { faults.note("Made up \(number)", String(repeating: "x", count: 500)) }
        // 32 names, and one for all others.
        #expect(faults.byName.count == 33)
        #expect(faults.byName.values.reduce(0) { $0 + $1.count } == 1_003)
        #expect(faults.lines.allSatisfy { $0.count < 200 })
    }

    @Test("what an answer that is no stream says is counted under the service's own name")
    func refusals() {
        let statistics = LiveStatistics()
        var reader = LiveReader(statistics: statistics)
        let start = TraceInstant(nanosecondsSinceEpoch: 1_000)
        func take(_ number: UInt64, _ status: Int, _ body: String) {
            let id = AttemptID(request: number)
            reader.take(
                .request(
                    RequestRecord(
                        id: id,
                        scheduled: start,
                        dispatched: start,
                        url: "",
                        headers: [],
                        body: "",
                        operation: "converse-stream",
                        model: "m",
                        region: "r",
                        promptID: "p"
                    )
                )
            )
            let header = HeaderField("x-amzn-ErrorType", "ThrottlingException:http://internal.amazon.com/")
            reader.take(
                .response(ResponseRecord(id: id, status: status, headers: [header], sent: nil, firstByte: start))
            )
            let stamp = ChunkStamp(instant: start, length: UInt32(body.utf8.count), source: .kernel)
            Array(body.utf8).withUnsafeBytes { reader.take(stamp, of: id, bytes: $0) }
            reader.take(
                .end(EndRecord(id: id, completed: start, chunks: 1, bytes: 0, xxHash64: 0, outcome: .httpError))
            )
        }
        take(1, 429, #"{"message":"Slow down."}"#)
        take(2, 502, "<html>\nBad gateway</html>")
        #expect(statistics.numbers.faults.byName["ThrottlingException"]?.count == 2)
        #expect(statistics.numbers.faults.byName["ThrottlingException"]?.message == "<html> Bad gateway</html>")
    }

    @Test("the panel shows faults, holds and a row a model, within the terminal's width")
    func panel() {
        var report = Self.report()
        report.load.hold = .outsideWindow
        report.hoursBegin = "2026-11-25 09:00 Europe/Berlin"
        let lines = report.panel(width: 200)
        #expect(lines.contains("20 http_error · 12 throttled (1.0 %)"))
        #expect(lines.contains("outside the hours, next at 2026-11-25 09:00 Europe/Berlin"))
        // 1.5 s lies in the bucket from 1.442 to 1.507 s, whose middle is 1.47 s.
        #expect(
            lines.contains {
                $0.hasPrefix("m ") && $0.contains("1,200") && $0.contains(" 1.47 s") && $0.hasSuffix("12,345")
            }
        )
        #expect(lines.contains { $0.contains("stamp to callback p99 80 µs") })
        #expect(report.panel(width: 40).allSatisfy { $0.count <= 40 })
        #expect(report.plainLine.contains("outside the hours"))
        #expect(!report.plainLine.contains("\n"))
    }

    @Test("the log's members are one valid JSON object")
    func json() throws {
        var json = JSONWriter()
        json.object { Self.report().write(&$0) }
        let tree = try JSONTree(json.bytes)
        #expect(tree["outcomes"]?["ok"]?.integer == 1_180)
        #expect(tree["models"]?["m"]?["throttled"]?.integer == 12)
        #expect(tree["models"]?["m"]?["output_tokens"]?.integer == 12_345)
    }

    @Test(
        "spans, sizes and counts read as people write them",
        arguments: [
            (DurationLine.short(Nanoseconds(999)), "0 µs"), (DurationLine.short(Nanoseconds(812_000)), "812 µs"),
            (DurationLine.short(.milliseconds(3)), "3.0 ms"), (DurationLine.short(.milliseconds(312)), "312 ms"),
            (DurationLine.short(.milliseconds(1_204)), "1.20 s"), (DurationLine.short(nil), "–"),
            (DurationLine.text(seconds: 90_000), "25 h 0 min"), (DurationLine.text(seconds: 180_000), "2 d 2 h"),
            (NumberText.count(1_234_567), "1,234,567"), (NumberText.count(-1_234), "-1,234"),
            (NumberText.count(123), "123"),
            (ByteLine.text(1_550_000), "1.6 MB"), (LogFile.time(1_767_323_045_678_000_000), "2026-01-02T03:04:05.678Z"),
        ]
    )
    func texts(text: String, expected: String) {
        #expect(text == expected)
    }

    @Test("recent rates forget what is older than half a minute")
    func rates() {
        var rate = RecentRate()
        #expect(rate.take(0, atSecond: 0) == nil)
        #expect(rate.take(10, atSecond: 10) == 1)
        #expect(rate.take(30, atSecond: 20) == 1.5)
        #expect(rate.take(130, atSecond: 45) == (130.0 - 30) / 25)
    }

    @Test("a histogram's quantiles are within 4 % of the truth", arguments: [1, 37, 1_000, 250_000, 3_600_000])
    func histogram(milliseconds: Int64) throws {
        var histogram = TimeHistogram()
        for step in 1...1_000 { histogram.add(Nanoseconds(milliseconds * 1_000 * Int64(step))) }
        for share in [0.01, 0.5, 0.9, 0.99, 1] {
            let truth = Double(milliseconds) * 1_000 * (share * 1_000)
            let value = Double(try #require(histogram.quantile(share)).count)
            #expect(abs(value - truth) <= max(truth * 0.04, 1_000), "\(share): \(value) for \(truth)")
        }
        #expect(TimeHistogram().quantile(0.5) == nil)
    }
}
