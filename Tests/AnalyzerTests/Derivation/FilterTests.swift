// What `--where` keeps, and how it says what is wrong.

import Core
import Testing

@testable import Analyzer

@Suite("Filter expressions")
struct FilterTests {
    /// First token at 20 ms, 9 output tokens, model m, no latency profile, labels team=red.
    static var row: RequestRow {
        var request = TimelineTests.plain
        request.labels = ["team": "red", "cost-center": "7"]
        return request.row
    }

    @Test(
        "an expression holds or does not",
        arguments: [
            ("ttft_ms == 20", true), ("ttft_ms != 20", false), ("ttft_ms < 20", false), ("ttft_ms <= 20", true),
            ("ttft_ms > 19.999", true), ("ttft_ms >= 2e1", true), ("20 == ttft_ms", true), ("-1 < ttft_ms", true),
            ("output_tokens == 9", true), ("output_tokens > 8.5", true), ("ttft_ms < e2e_ms", true),
            ("model == \"m\"", true), ("model == 'm'", true), ("model != \"m\"", false), ("model < \"n\"", true),
            ("latency == null", true), ("latency != null", false), ("latency == \"optimized\"", false),
            ("latency != \"optimized\"", true), ("latency < \"z\"", false), ("latency >= tier", false),
            ("null == null", true), ("server_ttft_ms < 5", false), ("server_ttft_ms >= 5", false),
            ("warmup", false), ("!warmup", true), ("warmup == false", true), ("true", true), ("!!true", true),
            ("label.team == \"red\"", true), ("label.none == null", true), ("label.cost-center == '7'", true),
            ("start_time >= \"2026-09-21T14\"", true), ("start_time > \"2026-09-22\"", false),
            ("dispatched_ns == 1790000000000000000", true), ("dispatched_ns == 1790000000000000001", false),
            // && binds closer than ||.
            ("true || false && false", true), ("(true || false) && false", false),
            ("!(model == 'm' && ttft_ms > 100)", true), ("outcome=='ok'&&ttft_ms<500", true),
            ("model == \"a \\\" b\"", false),
        ]
    )
    func holds(expression: String, isKept: Bool) throws {
        #expect(try RowFilter(expression, .requests).keeps(Self.row) == isKept)
    }

    @Test(
        "an error names the character and what to write",
        arguments: [
            ("", 1, "expected a column, a text, a number or null, found the end"),
            ("ttft_ms >", 10, "expected a column, a text, a number or null, found the end"),
            ("ttft_ms = 5", 9, "'=' is not an operator here: write =="),
            ("model == m", 10, "'m' is no column; texts stand in quotes"),
            ("ttft < 5", 1, "'ttft' is no column; did you mean ttft_ms, ttft_scheduled_ms, ttft_text_ms"),
            ("xyz < 5", 1, "'xyz' is no column; texts stand in quotes"),
            ("model == 5", 10, "'model' is text, but 5 is a number"),
            ("ttft_ms > 'a'", 11, "'ttft_ms' is a number, but \"a\" is text"),
            ("(ttft_ms > 5", 13, "expected ), found the end"), ("ttft_ms > 5)", 12, "expected &&, || or the end"),
            ("ttft_ms > 5 & warmup", 13, "write &&"), ("ttft_ms", 8, "expected a comparison"),
            ("null", 1, "alone says nothing"), ("warmup < true", 10, "compare true or false with == or !="),
            ("ttft_ms < null", 11, "compare a number with == or !="), ("model == 'm", 10, "no closing '"),
            ("ttft_ms > 5ms", 11, "'5ms' is not a number"), ("1 < ttft_ms < 9", 13, "expected &&, || or the end"),
            ("labels == 'a'", 1, "'labels' is no column"), ("ttft_ms > 5 §", 13, "'§' is not part"),
        ]
    )
    func errors(expression: String, position: Int, reason: String) {
        let error = #expect(throws: FilterError.self) { try RowFilter(expression, .requests) }
        #expect(error?.position == position)
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test("an expression that is nested without end is refused, not followed")
    func nested() {
        let expression = String(repeating: "(", count: 100_000)
        #expect(throws: FilterError.self) { try RowFilter(expression, .requests) }
        #expect(throws: FilterError.self) {
            try RowFilter(String(repeating: "!", count: 100_000) + "true", .requests)
        }
    }
}
