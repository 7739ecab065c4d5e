// Reports in the real world: a page in a real browser, Parquet in other people's readers, tables on a terminal.

import Foundation
import TestSupport
import Testing

@Suite("Reports and exports", .timeLimit(.minutes(10)))
struct ReportTests {
    static let sample = SharedData.packageRoot.appendingPathComponent("traces/busy-hour.mcap")

    /// What `page_check.js` saw.
    struct Seen: Decodable {
        struct Keyboard: Decodable {
            var tip: String
            var spoken: String
            var hidden: Bool
            var afterEscape: Bool
        }
        struct Picking: Decodable {
            var name: String
            var before: [Int]
            var hidden: [Int]
            var after: [Int]
            var tip: String
        }
        struct Copied: Decodable {
            var selected: String
        }
        struct Axe: Decodable {
            struct Violation: Decodable {
                var id: String
                var impact: String?
                var help: String
                var nodes: [String]
            }
            var version: String
            var violations: [Violation]
        }
        var errors: [String]
        var width: Int
        var overflow: Int
        var resources: [String]
        var synthetic: [String]
        var charts: Int
        var namelessCharts: Int
        var doubledTips: Int
        var tables: [String: [String: [String: [Double]]]]
        var tips: [String: String?]
        var tipAfterLeaving: Bool
        var keyboard: Keyboard
        var group: Picking
        var scale: [[String]]
        var lens: [[String]]
        var copied: Copied
        var csv: [String]
        var axe: Axe?
    }

    static func report(_ bench: Workbench, _ arguments: [String] = []) async throws -> URL {
        let page = bench.scratch.url("report.html")
        let result = try await Workbench.analyzer.run(
            ["report", sample.path, "-o", page.path, "--resamples", "499"] + arguments
        )
        try #require(result.status == 0, "\(result.errors)")
        return page
    }

    /// A copy of the page that lets the checks in.
    static func instrumented(_ page: URL, in scratch: ScratchFolder) async throws -> URL {
        let axe = try await Browser.axe() ?? ""
        let check = try String(contentsOf: Workbench.peers.appendingPathComponent("page_check.js"), encoding: .utf8)
        let html = try String(contentsOf: page, encoding: .utf8)
            .replacing(#/<meta http-equiv="Content-Security-Policy"[^>]*>/#, with: "")
            .replacing(
                "</title>",
                with: "</title><script>\(check)</script><script>\(axe)</script>",
                maxReplacements: 1
            )
        return try scratch.write(html, to: "copy.html")
    }

    static func seen(_ document: String) throws -> Seen {
        let match = try #require(document.firstMatch(of: #/<pre id="seen">([^<]+)</pre>/#), "the check did not end")
        let bytes = try #require(Data(base64Encoded: String(match.1)))
        return try JSONDecoder().decode(Seen.self, from: bytes)
    }

    // MARK: Browser

    @Test(
        "the page is silent, asks no host, and its policy lets its own script in and no other",
        .enabled(if: Browser.program != nil, "Chromium is not installed")
    )
    func silent() async throws {
        let bench = try Workbench()
        let page = try await Self.report(bench)
        let visit = try await Browser.open(page, in: bench.scratch)
        #expect(visit.console.isEmpty, "\(visit.console.prefix(3))")
        let foreign = visit.hosts.filter { !Browser.isMakers($0) }
        #expect(foreign.isEmpty)
        // The page's own script ran: it shows what needs it, and makes the read-out.
        #expect(visit.document.contains(#"<div id="tip""#))

        // The same with something to find: a script and a picture that the policy must keep out, within a page that
        // asks for a picture itself, which must be noticed, so that silence above means something.
        let intruder = #"<script>console.log("intruded")</script><img src="http://kept.example/x.png" alt="">"#
        let html = try String(contentsOf: page, encoding: .utf8)
        let guarded = try bench.scratch.write(
            html.replacing("</main>", with: intruder + "</main>", maxReplacements: 1),
            to: "guarded.html"
        )
        let open = try bench.scratch.write(
            """
            <!DOCTYPE html><img src="http://noticed.example/x.png" alt="">
            <iframe src="\(guarded.lastPathComponent)"></iframe>
            """,
            to: "open.html"
        )
        let kept = try await Browser.open(open, in: bench.scratch)
        #expect(kept.hosts.contains("noticed.example"))
        #expect(!kept.hosts.contains("kept.example"))
        #expect(!kept.console.contains { $0.contains("intruded\"") })
        #expect(kept.console.contains { $0.contains("Content Security Policy") })
    }

    @Test(
        "read-outs, keyboard, groups, scale, lens and copying work; every number is that of summary and its lenses",
        .enabled(if: Browser.program != nil, "Chromium is not installed")
    )
    func works() async throws {
        let bench = try Workbench()
        let page = try await Self.report(bench)
        let visit = try await Browser.open(await Self.instrumented(page, in: bench.scratch), in: bench.scratch)
        let seen = try Self.seen(visit.document)
        #expect(seen.errors.isEmpty)
        #expect(visit.console.isEmpty)
        #expect(seen.resources.isEmpty)
        #expect(seen.synthetic.count == 1)
        #expect(seen.charts >= 25)
        #expect(seen.namelessCharts == 0)
        #expect(seen.doubledTips == 0)

        // Read-outs.
        #expect(seen.tips.count >= 15)
        for (figure, tip) in seen.tips { #expect(tip?.isEmpty == false, "\(figure)") }
        #expect(seen.tipAfterLeaving)
        #expect(!seen.keyboard.hidden && seen.keyboard.afterEscape)
        #expect(seen.keyboard.tip == seen.keyboard.spoken)
        #expect(seen.keyboard.tip.hasPrefix("≤ "))

        // Groups.
        #expect(seen.group.before[0] > 5)
        #expect(seen.group.hidden == [0, seen.group.before[1]])
        #expect(seen.group.after == seen.group.before)
        #expect(!seen.group.tip.contains(seen.group.name))

        #expect(seen.scale == [["linear"], ["logarithmic"], ["logarithmic"]])
        #expect(seen.lens == [["cloudwatch"], ["llmeter"]])
        #expect(seen.copied.selected.hasPrefix("group,time to first token"))
        #expect(seen.csv.allSatisfy { $0.contains(",") })

        hasNoFault(seen)
        try await sameNumbers(seen.tables)
    }

    /// Holds tables against `summary --format json`, through every lens.
    private func sameNumbers(_ tables: [String: [String: [String: [Double]]]]) async throws {
        let groups = try await Self.summary([])
        let requests = try #require(tables["table-requests"])
        #expect(requests.count == groups.count)
        var compared = 0
        for group in groups {
            let counted = try #require(requests[group.name])
            #expect(counted["total"] == [Double(group.requests.total)])
            #expect(counted["ok"] == [Double(group.requests.ok)])
            #expect(counted["warmup"] == [Double(group.requests.warmup)])
            for metric in ["ttft_ms", "otps", "itl_ms", "e2e_ms"] {
                let row = try #require(tables["table-" + metric]?[group.name])
                let json = try #require(group.metrics[metric])
                for (statistic, estimate) in json.estimates {
                    let expected = [estimate.value, estimate.low, estimate.high].compactMap { $0 }
                    #expect(row[statistic] == expected, "\(group.name) \(metric) \(statistic)")
                    compared += expected.count
                }
                #expect(row["n"] == [Double(json.n)])
                #expect(row["sd"]?.first == json.sd)
                #expect(row["min"]?.first == json.min)
                #expect(row["max"]?.first == json.max)
            }
        }
        #expect(compared > 150)
        for lens in ["cloudwatch", "aws-samples", "llmeter", "aiperf"] {
            for group in try await Self.summary(["--lens", lens]) {
                let row = try #require(tables["table-lens-" + lens]?[group.name])
                for (metric, json) in group.metrics {
                    for (statistic, estimate) in json.estimates where ["p50", "p90"].contains(statistic) {
                        #expect(row["\(metric).\(statistic)"]?.first == estimate.value, "\(lens) \(metric)")
                    }
                }
            }
        }
    }

    /// The sample's groups; `JSONDecoder` reads numbers as written, `JSONSerialization` some of them one place off.
    private static func summary(_ arguments: [String]) async throws -> [Summary.Group] {
        let result = try await Workbench.analyzer.run(
            ["summary", sample.path, "--format", "json", "--resamples", "499"] + arguments
        )
        try #require(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode(Summary.self, from: result.output).groups
    }

    @Test(
        "400 pixels are enough: nothing is wider than the window, and axe-core finds nothing there either",
        .enabled(if: Browser.program != nil, "Chromium is not installed")
    )
    func narrow() async throws {
        let bench = try Workbench()
        let page = try await Self.report(bench)
        let copy = try await Self.instrumented(page, in: bench.scratch)
        // A frame may be narrower than a browser's window.
        let frame = try bench.scratch.write(
            """
            <!DOCTYPE html><title>frame</title>
            <iframe src="\(copy.lastPathComponent)" width="400" height="900" style="border:0"></iframe>
            <script>addEventListener('message',function(event){var pre=document.createElement('pre');pre.id='seen';
            pre.textContent=event.data;document.body.appendChild(pre)})</script>
            """,
            to: "frame.html"
        )
        let seen = try Self.seen(
            try await Browser.open(frame, in: bench.scratch, ["--window-size=1400,1000"]).document
        )
        #expect(seen.width == 400)
        #expect(seen.overflow <= 0, "the page is wider than its window")
        hasNoFault(seen)
    }

    /// What axe-core found, where it is installed.
    private func hasNoFault(_ seen: Seen) {
        for violation in seen.axe?.violations ?? [] {
            Issue.record("\(violation.id) (\(violation.impact ?? "?")): \(violation.help)\n\(violation.nodes)")
        }
    }

    @Test(
        "the pinned axe-core is there",
        .enabled(if: Program.pythonHas("axe_core_python"), "axe-core is not installed")
    )
    func axe() async throws {
        #expect(try await Browser.axe()?.contains("axe v") == true)
    }

    // MARK: Other formats

    @Test(
        "a report prints to PDF where there is a browser",
        .enabled(if: Browser.program != nil, "Chromium is not installed")
    )
    func printed() async throws {
        let bench = try Workbench()
        let target = bench.scratch.url("report.pdf")
        let result = try await Workbench.analyzer.run(["report", Self.sample.path, "-o", target.path])
        try #require(result.status == 0, "\(result.errors)")
        let bytes = try Data(contentsOf: target)
        #expect(bytes.prefix(5) == Data("%PDF-".utf8))
        #expect(bytes.count > 20_000)
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.scratch.folder.path)
        #expect(left == ["report.pdf"])
    }

    @Test("without a browser a PDF is refused in one line, and nothing is left")
    func unprinted() async throws {
        let bench = try Workbench()
        let target = bench.scratch.url("report.pdf")
        let result = try await Workbench.analyzer.run(
            ["report", Self.sample.path, "-o", target.path],
            environment: ["PATH": "/nowhere"]
        )
        #expect(result.status == 2)
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(result.errors.contains("needs Chromium"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.scratch.folder.path).isEmpty)
    }

    @Test("the command on the page makes the same page again")
    func again() async throws {
        let bench = try Workbench()
        let page = try await Self.report(
            bench,
            ["--title", "It's a test", "--where", "ttft_ms < 5000", "--request", "9"]
        )
        let first = try String(contentsOf: page, encoding: .utf8)
        let match = try #require(first.firstMatch(of: #/<pre id="command"[^>]*>([^<]+)</pre>/#))
        var command = String(match.1)
        for (entity, text) in [("&#39;", "'"), ("&lt;", "<"), ("&quot;", "\""), ("&amp;", "&")] {
            command.replace(entity, with: text)
        }
        try FileManager.default.removeItem(at: page)
        let folder = Workbench.analyzer.executable.deletingLastPathComponent().path
        let shell = Program(executable: URL(fileURLWithPath: "/bin/sh"))
        let result = try await shell.run(["-c", command], environment: ["PATH": "\(folder):/usr/bin:/bin"])
        try #require(result.status == 0, "\(result.errors)")
        let isSame = try String(contentsOf: page, encoding: .utf8) == first
        #expect(isSame)
    }

    @Test("a report never takes a trace's place", arguments: ["same.mcap", "other.mcap"])
    func keepsTraces(name: String) async throws {
        let bench = try Workbench()
        let trace = bench.scratch.url("same.mcap")
        try FileManager.default.copyItem(at: Self.sample, to: trace)
        let result = try await Workbench.analyzer.run(["report", trace.path, "-o", bench.scratch.url(name).path])
        #expect(result.status == 2)
        #expect(FileManager.default.contentsEqual(atPath: trace.path, andPath: Self.sample.path))
    }

    @Test("standard input is reported, and says what it cannot show")
    func fromStandardInput() async throws {
        let result = try await Workbench.analyzer.run(
            ["report", "-", "--resamples", "499"],
            input: try Data(contentsOf: Self.sample)
        )
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.text.contains("standard input can be read only once"))
        #expect(result.text.contains("</html>"))
    }

    // MARK: Parquet

    @Test(
        "pyarrow and DuckDB read the exports with the right types; medians by SQL are ours",
        .enabled(if: Program.pythonHas("pyarrow", "duckdb"), "pyarrow and duckdb are not installed for this Python")
    )
    func parquet() async throws {
        struct Answer: Decodable {
            struct Group: Decodable {
                var model: String
                var region: String
                var latency: String
                var n: Int
                var ttft_p50: Double
                var otps_p90: Double
                var e2e_min: Double
            }
            struct Totals: Decodable {
                var requests: Int
                var throttled: Int
                var zeros: Int
                var missing: Int
                var largest_cut_ns: Int
                var events: Int
                var first_tokens: Int
                var texts: Int
                var texts_in_payloads: Int
            }
            var requests: [String: String]
            var events: [String: String]
            var duckdb: [String: String]
            var groups: [Group]
            var totals: Totals
        }
        let bench = try Workbench()
        var lines: [String: Int] = [:]
        for table in ["requests", "events"] {
            let more = table == "events" ? ["--payload"] : []
            let result = try await Workbench.analyzer.run([table, Self.sample.path, "--format", "parquet"] + more)
            try #require(result.status == 0, "\(result.errors)")
            try result.output.write(to: bench.scratch.url(table + ".parquet"))
            let text = try await Workbench.analyzer.run([table, Self.sample.path, "--format", "jsonl"])
            lines[table] = text.text.split(separator: "\n").count
        }
        let script = Workbench.peers.appendingPathComponent("read_parquet.py").path
        let files = ["requests", "events"].map { bench.scratch.url($0 + ".parquet").path }
        let peer = try await Program.python.run([script] + files)
        try #require(peer.status == 0, "\(peer.errors)")
        let answer = try JSONDecoder().decode(Answer.self, from: peer.output)

        #expect(answer.requests["start_time"] == "timestamp[us, tz=UTC]")
        #expect(answer.duckdb["start_time"] == "TIMESTAMP WITH TIME ZONE")
        for name in ["dispatched_ns", "scheduled_ns", "request_id", "output_tokens", "http_status"] {
            #expect(answer.requests[name] == "int64")
            #expect(answer.duckdb[name] == "BIGINT")
        }
        for name in ["ttft_ms", "otps", "coalesced"] { #expect(answer.requests[name] == "double") }
        for name in ["model", "labels", "outcome"] { #expect(answer.requests[name] == "string") }
        #expect(answer.requests["warmup"] == "bool")
        #expect(answer.events["stamp_ns"] == "int64")
        #expect(answer.events["burst"] == "bool")

        let groups = try await Self.summary([])
        #expect(answer.groups.count == groups.count)
        for group in answer.groups {
            let ours = try #require(groups.first { $0.name == "\(group.model) \(group.region) \(group.latency)" })
            #expect(group.n == ours.requests.ok)
            let median = try #require(ours.metrics["ttft_ms"]?.p50.value)
            #expect(abs(group.ttft_p50 - median) < 1e-9 * median)
            let ninetieth = try #require(ours.metrics["otps"]?.p90.value)
            #expect(abs(group.otps_p90 - ninetieth) < 1e-9 * ninetieth)
            #expect(group.e2e_min == ours.metrics["e2e_ms"]?.min)
        }
        #expect(answer.totals.requests == lines["requests"])
        #expect(answer.totals.events == lines["events"])
        #expect(answer.totals.throttled == 5)
        #expect(answer.totals.zeros == 0)
        #expect(answer.totals.missing > 0)
        #expect((0..<1_000).contains(answer.totals.largest_cut_ns))
        #expect(answer.totals.first_tokens > 90)
        #expect(answer.totals.texts > 1_000)
        #expect(answer.totals.texts_in_payloads == answer.totals.texts)
    }

    // MARK: Terminal

    @Test(
        "on a terminal tables have colours and fit its width; NO_COLOR takes the colours, a pipe takes both",
        .enabled(if: Program.pythonHas("pty"), "Python is not there"),
        arguments: ["summary", "compare"]
    )
    func terminal(command: String) async throws {
        let script = Workbench.peers.appendingPathComponent("run_in_terminal.py").path
        func shown(_ columns: Int, _ environment: [String: String]) async throws -> String {
            let program = Workbench.analyzer.executable.path
            let result = try await Program.python.run(
                [script, "\(columns)", program, command, Self.sample.path, "--resamples", "499"],
                environment: ["TERM": "xterm-256color", "NO_COLOR": ""].merging(environment) { $1 }
            )
            try #require(result.status == 0, "\(result.errors)")
            return result.text.replacing("\r\n", with: "\n")
        }
        let escape = #/\u{1B}\[\d+m/#
        for columns in [80, 120] {
            let coloured = try await shown(columns, [:])
            #expect(coloured.contains(escape))
            let longest = coloured.replacing(escape, with: "").split(separator: "\n").map(\.count).max() ?? 0
            #expect(longest <= columns)
        }
        #expect(try await !shown(120, ["NO_COLOR": "1"]).contains(escape))
        #expect(try await !shown(120, ["TERM": "dumb"]).contains(escape))
        let piped = try await Workbench.analyzer.run([command, Self.sample.path, "--resamples", "499"]).text
        #expect(!piped.contains(escape))
        #expect(piped.contains("us.meta.llama3-1-70b-instruct-v1:0"))
        if command == "summary" { #expect(piped.contains("█")) }
        if command == "compare" { #expect(piped.contains("is slower than us.amazon.nova-pro-v1:0 in output tokens")) }
    }

    @Test("Parquet is not poured onto a terminal", .enabled(if: Program.pythonHas("pty"), "Python is not there"))
    func parquetOnTerminal() async throws {
        let script = Workbench.peers.appendingPathComponent("run_in_terminal.py").path
        let result = try await Program.python.run([
            script, "100", Workbench.analyzer.executable.path, "requests", Self.sample.path, "--format", "parquet",
        ])
        #expect(result.status == 2)
        #expect(result.text.contains("standard output is a terminal"))
    }
}

extension Summary.Group {
    /// The group's name as tables write it.
    fileprivate var name: String {
        ["model", "region", "latency"].map { (key[$0] ?? nil) ?? "-" }.joined(separator: " ")
    }
}

extension Summary.Metric {
    /// The estimates by the names of their statistics.
    fileprivate var estimates: [(String, Summary.Estimate)] {
        [("mean", mean), ("p50", p50), ("p90", p90), ("p99", p99)]
    }
}
