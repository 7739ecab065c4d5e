// What the formats write, byte for byte or as parsed by Foundation's own JSON reader.

import Core
import Foundation
import Testing

@testable import Analyzer

@Suite("Formats")
struct OutputTests {
    static var document: SummaryDocument {
        var plan = SummaryPlan()
        plan.resamples = 199
        let rows =
            (1...3).map { GroupTests.request($0, start: Double($0) * 100, ttft: 20 + Double($0)).row }
            + [GroupTests.failed(9).row]
        return SummaryDocument(plan: plan, sources: [], groups: Grouping.summarize(rows, plan: plan))
    }

    // MARK: JSON

    @Test("summary JSON has the members that the contract names")
    func summaryJSON() throws {
        let text = SummaryJSON.render(Self.document)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(json["schema"] as? String == "bedrock-trace/summary/1")
        #expect(json["lens"] as? String == "default")
        #expect(json["confidence"] as? Double == 0.95)
        #expect(json["resamples"] as? Int == 199)
        #expect(json["seed"] as? Int == 1)
        let group = try #require((json["groups"] as? [[String: Any]])?.first)
        #expect((group["key"] as? [String: Any])?["model"] as? String == "m")
        #expect((group["key"] as? [String: Any])?["latency"] is NSNull)
        let requests = try #require(group["requests"] as? [String: Any])
        #expect(requests["total"] as? Int == 4)
        #expect(requests["ok"] as? Int == 3)
        #expect(requests["warmup"] as? Int == 0)
        #expect(requests["outcomes"] as? [String: Int] == ["http_error:ThrottlingException": 1])
        let metrics = try #require(group["metrics"] as? [String: [String: Any]])
        for name in ["ttft_ms", "otps", "tpot_ms", "itl_ms", "e2e_ms"] {
            let metric = try #require(metrics[name], "\(name)")
            #expect(metric["n"] is Int)
            for statistic in ["mean", "p50", "p90", "p95", "p99"] {
                let estimate = try #require(metric[statistic] as? [String: Any])
                #expect(Set(["value", "low", "high"]).isSubset(of: Set(estimate.keys)))
            }
            #expect(Set(["sd", "min", "max"]).isSubset(of: Set(metric.keys)))
        }
        #expect((metrics["ttft_ms"]?["p50"] as? [String: Any])?["value"] as? Double == 22)
        let throughput = try #require(group["throughput"] as? [String: Any])
        #expect(throughput["requests_per_s"] is Double)
        #expect(throughput["output_tokens_per_s"] is Double)
    }

    @Test("a group without a number writes null, and still parses")
    func emptyJSON() throws {
        let plan = SummaryPlan()
        let groups = Grouping.summarize([GroupTests.failed(1).row], plan: plan)
        let text = SummaryJSON.render(SummaryDocument(plan: plan, sources: [], groups: groups))
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
        #expect(!text.contains("nan"))
        #expect(text.contains(#""value":null"#))
    }

    // MARK: Tables

    @Test("a table aligns the first column left and the others right")
    func table() {
        let table = TextTable(header: ["key", "n"], rows: [["a", "1"], ["böse", "100"]])
        #expect(table.aligned() == "key     n\n────  ───\na       1\nböse  100\n")
    }

    @Test("Markdown keeps a bar within a cell from ending it")
    func markdown() {
        let table = TextTable(header: ["key", "n"], rows: [["a|b", "1"]])
        #expect(table.markdown() == "| key | n |\n| --- | ---: |\n| a\\|b | 1 |\n")
    }

    @Test("the table shows requests, failures and each metric with its interval's level")
    func summaryTable() {
        let text = SummaryTable.render(Self.document)
        #expect(text.contains("http_error:ThrottlingException ×1"))
        #expect(text.contains("Time to first token, ms"))
        #expect(text.contains("95 % confidence interval"))
        #expect(!text.contains("SYNTHETIC"))
    }

    @Test("a CSV of a summary has as many fields in each row as in its header, at full precision")
    func summaryCSV() {
        let lines = SummaryCSV.render(Self.document).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(lines.allSatisfy { $0.count == lines[0].count })
        #expect(lines.count == 1 + SummaryMetric.all.count)
        #expect(lines[1].contains("ttft_ms"))
        #expect(lines[1].contains("22.0"))
    }

    // MARK: Rows

    @Test("rows of both formats say the same of a request")
    func rows() throws {
        let row = TimelineTests.plain.row
        let schema = RowSchema<RequestRow>.requests
        let names = schema.columns.map(\.name)
        #expect(Set(names).count == names.count)
        let fields = schema.columns.map { $0.read(row) }
        let csv = try #require(RowFormat.all.first { $0.name == "csv" })
        let cells = csv.row(names, fields).dropLast().split(separator: ",", omittingEmptySubsequences: false)
        #expect(csv.header(names) == names.joined(separator: ",") + "\n")
        #expect(cells.count == names.count)
        let jsonl = try #require(RowFormat.all.first { $0.name == "jsonl" })
        let line = jsonl.row(names, fields)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(Set(json.keys) == Set(names))
        let byName = Dictionary(uniqueKeysWithValues: zip(names, cells))
        #expect(byName["ttft_ms"] == "20.0")
        #expect(json["ttft_ms"] as? Double == 20)
        #expect(byName["start_time"] == "2026-09-21T14:13:20.000000000Z")
        #expect(byName["dispatched_ns"] == "1790000000000000000")
        #expect(json["dispatched_ns"] as? Int == 1_790_000_000_000_000_000)
        #expect(byName["outcome"] == "ok")
        #expect(byName["latency"] == "")
        #expect(json["latency"] is NSNull)
        #expect(byName["warmup"] == "false")
        #expect(byName["output_tokens"] == "9")
    }

    @Test(
        "a payload is a value in JSON Lines, on one line, and a text everywhere else",
        arguments: [
            (#"{"delta":{"text":"a\nb"},"n":1.50}"#, #"{"payload":{"delta":{"text":"a\nb"},"n":1.50}}"#),
            ("{\n  \"a\": [1,\r\n2]\n}", #"{"payload":{   "a": [1,  2] }}"#),
            (#""[DONE]""#, #"{"payload":"[DONE]"}"#), ("{cut", #"{"payload":"{cut"}"#), ("", #"{"payload":""}"#),
            ("{} {}", #"{"payload":"{} {}"}"#), (nil, #"{"payload":null}"#),
        ] as [(String?, String)]
    )
    func payloads(text: String?, line: String) throws {
        let jsonl = try #require(RowFormat.all.first { $0.name == "jsonl" })
        #expect(jsonl.row(["payload"], [.json(text)]) == line + "\n")
        let csv = try #require(RowFormat.all.first { $0.name == "csv" })
        #expect(csv.row(["payload"], [.json(text)]) == CSVText.field(text ?? "") + "\n")
    }

    @Test("rows of events count instants from dispatch")
    func eventRows() throws {
        let timeline = TimelineTests.plain.timeline
        let schema = RowSchema<EventRow>.events
        let stamp = try #require(schema.columns.first { $0.name == "stamp_ns" })
        let kinds = try #require(schema.columns.first { $0.name == "kind" })
        let rows = timeline.events.map { EventRow(file: "f", timeline: timeline, event: $0) }
        #expect(rows.map(stamp.read) == [10, 20, 30, 50, 51, 52, 60].map { .integer($0 * 1_000_000) })
        #expect(
            rows.map(kinds.read)
                == ["message_start", "text", "text", "text", "block_stop", "message_stop", "metadata"].map { .text($0) }
        )
    }

    @Test(
        "fields with commas, quotes or line ends are quoted, and nothing else is",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"a\"", "\"say \"\"a\"\"\""), ("a\nb", "\"a\nb\""),
            ("a\r\nb", "\"a\r\nb\""), ("", ""),
        ]
    )
    func csvField(text: String, field: String) {
        #expect(CSVText.field(text) == field)
    }

    // MARK: Time

    @Test(
        "instants are written in UTC with nanoseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"),
            // date -u -d @951782399 is the last second before the leap day of 2000.
            (951_782_399_999_999_999, "2000-02-28T23:59:59.999999999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
            (951_868_800_000_000_001, "2000-03-01T00:00:00.000000001Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000000Z"),
            (UInt64.max, "2554-07-21T23:34:33.709551615Z"),
        ] as [(UInt64, String)]
    )
    func utc(nanoseconds: UInt64, text: String) {
        #expect(UTCText.text(TraceInstant(nanosecondsSinceEpoch: nanoseconds)) == text)
    }

    @Test(
        "numbers for people have about four digits and no trailing zeros",
        arguments: [
            (0, "0"), (0.12345, "0.1235"), (1.5, "1.5"), (12.345, "12.35"), (123.45, "123.5"), (1234.5, "1235"),
            (-0.5, "-0.5"), (1e300, "1e+300"),
        ] as [(Double, String)]
    )
    func numbers(value: Double, text: String) {
        #expect(NumberText.readable(value) == text)
    }
}
