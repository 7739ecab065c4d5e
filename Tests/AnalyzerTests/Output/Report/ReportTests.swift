// A report's words and its page, from the sample trace and from rows made by hand.

import Core
import Foundation
import TestSupport
import Testing

@testable import Analyzer

@Suite("Report")
struct ReportTests {
    static let sample = SharedData.packageRoot.appendingPathComponent("traces/three-models.mcap").path

    static var plan: ReportPlan {
        var plan = ReportPlan()
        plan.summary.resamples = 199
        plan.comparison.resamples = 199
        plan.command = "bedrock-analyzer report traces/three-models.mcap"
        return plan
    }

    static func document(_ plan: ReportPlan = plan) throws -> ReportDocument {
        try ReportBuilder.document([sample], plan: plan, filter: RowFilter())
    }

    // MARK: Words

    static let names: [(keys: [[String?]], labels: [String])] = [
        (
            [
                ["us.anthropic.claude-3-5-haiku-20241022-v1:0", "us-east-2", "optimized"],
                ["us.amazon.nova-pro-v1:0", "us-east-1", "standard"],
                ["us.amazon.nova-pro-v1:0", "us-east-1", "optimized"],
            ],
            ["claude-3-5-haiku · optimized", "nova-pro · standard", "nova-pro · optimized"]
        ),
        ([["us.meta.llama3-1-70b-instruct-v1:0", "us-east-2", nil]], ["llama3-1-70b-instruct"]),
        // The same model in two revisions keeps its full name.
        ([["amazon.nova-pro-v1:0"], ["amazon.nova-pro-v2:0"]], ["amazon.nova-pro-v1:0", "amazon.nova-pro-v2:0"]),
        ([["anthropic.claude-v2:1"], ["x"]], ["claude", "x"]),
        (
            [["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"], [nil]],
            ["abc123", "-"]
        ),
        ([["p1"], ["p2"]], ["p1", "p2"]),
    ]

    @Test("labels leave out what groups share", arguments: names)
    func labels(keys: [[String?]], labels: [String]) {
        #expect(GroupLabels.short(keys) == labels)
    }

    @Test("a verdict's sentence names the claim, its interval and what it rests on")
    func sentences() throws {
        let slower = try ComparingTests.report(
            ComparingTests.rows([("a", ComparingTests.baseline), ("b", ComparingTests.candidate)])
        )
        let sentence = try VerdictSentence(#require(slower.headlines.first), plan: slower.plan)
        #expect(sentence.claim == "b is slower than a in time to first token")
        // exp of the interval of the mean of log ratios; see ComparingTests.paired.
        #expect(sentence.evidence.hasPrefix("+12.2 %, 95 % interval +6.5 % to +18.2 %, 6 pairs, p = "))
        let confounded = try ComparingTests.report(
            ComparingTests.rows(
                [("a", ComparingTests.baseline), ("b", ComparingTests.candidate)],
                interleaved: false
            )
        )
        let none = try VerdictSentence(#require(confounded.headlines.first), plan: confounded.plan)
        #expect(none.claim == "No verdict on time to first token between b and a")
        #expect(none.evidence.contains("one after the other"))
    }

    @Test("comparisons on one page are adjusted as one family")
    func family() throws {
        let rows = ComparingTests.rows([("a", ComparingTests.baseline), ("b", ComparingTests.candidate)])
        let report = try ComparingTests.report(rows)
        let single = try #require(report.statistics[0].adjustedPValue)
        let family = ComparisonFamily.adjusted([report, report])
        // The same four p-values twice: Holm's factors double at least, and stay in order.
        let joint = try #require(family[0].statistics[0].adjustedPValue)
        #expect(joint >= min(1, single * 1.5))
        #expect(family[0].statistics.map(\.adjustedPValue).count == report.statistics.count)
        #expect(ComparisonFamily.adjusted([report])[0].statistics[0].adjustedPValue == single)
    }

    @Test("request names", arguments: [("17", nil, 17), ("a.mcap:3", "a.mcap", 3), ("C:x:4", "C:x", 4)])
    func requestNames(text: String, file: String?, request: UInt64) throws {
        let name = try #require(ReportPlan.RequestName(text))
        #expect(name.file == file)
        #expect(name.request == request)
    }

    @Test("what names no request", arguments: ["", "x", ":3", "a.mcap:", "-1"])
    func noRequestName(text: String) {
        #expect(ReportPlan.RequestName(text) == nil)
    }

    @Test(
        "words are quoted for a shell",
        arguments: [
            ("traces/a.mcap", "traces/a.mcap"), ("it's", "'it'\\''s'"), ("", "''"), ("ttft_ms < 5", "'ttft_ms < 5'"),
        ]
    )
    func quoting(word: String, quoted: String) {
        #expect(ShellText.quoted(word) == quoted)
    }

    @Test("a plan's members are read from JSON, and what is none stays as it is")
    func planText() {
        let members = PlanText.members(#"{"rows":24,"sleep_s":0,"max":null,"order":"interleaved"}"#)
        #expect(members.map(\.name) == ["rows", "sleep s", "order"])
        #expect(members.map(\.value) == ["24", "0", "interleaved"])
        #expect(PlanText.members("{oops").map(\.value) == ["{oops"])
    }

    // MARK: Drift

    @Test("a section's level is the median of its values; sections without any are left out")
    func sectionMedians() {
        let found = SectionMedians([(3, 5), (0, 1), (0, 3), (3, 9), (3, 6), (1, .nan)]).medians
        #expect(found.map(\.section) == [0, 3])
        // The middle of 1 and 3; the second of 5, 6 and 9.
        #expect(found.map(\.value) == [2, 6])
        #expect(found.map(\.count) == [2, 3])
    }

    @Test("the page says of drift what the command says")
    func drift() throws {
        var document = try Self.document()
        let stability = try StabilityTests.look(StabilityTests.rows(rounds: 60) { $0 < 25 ? 1 : 1.3 })
        document.groups[0].stability = [stability]
        let verdict = DriftText.verdict(stability)
        #expect(verdict.hasPrefix("changed +"))
        #expect(ReportPage.render(document).contains("\(document.groups[0].style.name): \(verdict)."))
        for index in document.groups.indices { document.groups[index].stability = [] }
        #expect(!ReportPage.render(document).contains(verdict))
    }

    // MARK: Page

    @Test("the page holds every section, is marked synthetic, and names no host")
    func page() throws {
        let document = try Self.document()
        #expect(document.comparisons.map(\.plan.key) == [.model, .latency])
        let html = ReportPage.render(document)
        for heading in [
            "The answer", "Measurement quality", "Groups", "Differences", "Distributions", "Over time", "By length",
            "Single requests", "Errors", "Through other lenses", "How it was recorded", "How the numbers were made",
        ] {
            #expect(html.contains(">\(heading)</h2>"), "\(heading)")
        }
        #expect(html.contains("<strong>Synthetic.</strong>"))
        #expect(html.contains("default-src &#39;none&#39;"))
        #expect(html.contains(Self.plan.command))
        for reference in ["src=", "@import", "url(", "<link", "<iframe", " style=", "href=\"http"] {
            #expect(!html.contains(reference), "\(reference)")
        }
        #expect(PageScript.source.utf8.count < 15_000)
        // Identifiers are what labels and links point to.
        let identifiers = html.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
        #expect(Set(identifiers).count == identifiers.count)
        let targets = html.matches(of: /(?:href="#|aria-labelledby="|data-copies=")([^"]+)"/).map { String($0.1) }
        #expect(Set(targets).isSubset(of: Set(identifiers)))
    }

    @Test("the same traces and plan give the same bytes with any number of threads")
    func deterministic() throws {
        var plan = Self.plan
        let once = ReportPage.render(try Self.document(plan))
        plan.summary.threads = 3
        plan.comparison.threads = 3
        let isSame = ReportPage.render(try Self.document(plan)) == once
        #expect(isSame)
    }

    @Test("another lens's figures are those of a summary through it", arguments: Lens.all.map(\.name))
    func lenses(name: String) throws {
        let document = try Self.document()
        guard name != Lens.standard.name, let lens = Lens.named(name) else { return }
        var plan = Self.plan.summary
        plan.lens = lens
        let groups = Grouping.summarize(try TraceAnalysis.rows([Self.sample], lens: lens).rows, plan: plan)
        var compared = 0
        for (group, summary) in zip(document.groups, groups) {
            for (column, figure) in zip(document.lensColumns, group.lensFigures) where column.lens.name == name {
                let metric = try #require(summary.metric(figure.metric))
                #expect(figure.count == metric.count)
                #expect(figure.p50 == metric.quantile("p50")?.value)
                #expect(figure.p90 == metric.quantile("p90")?.value)
                let mean = try #require(metric.mean.value)
                #expect(abs((figure.mean ?? .nan) - mean) <= abs(mean) * 1e-12)
                compared += 1
            }
        }
        #expect(compared >= document.groups.count * lens.columns.count)
    }

    @Test("single requests: the typical, the extreme, and those asked for")
    func waterfalls() throws {
        var plan = Self.plan
        plan.picked = try [#require(ReportPlan.RequestName("three-models.mcap:9"))]
        let document = try Self.document(plan)
        #expect(document.waterfalls.first?.row.id.request == 9)
        #expect(document.waterfalls.map(\.reason).joined().contains("Slowest first token"))
        let slowest = document.groups.flatMap { $0.ok.compactMap(\.metrics.ttft) }.max()
        #expect(document.waterfalls.contains { $0.row.metrics.ttft == slowest })
        plan.picked = try [#require(ReportPlan.RequestName("999999"))]
        #expect(throws: UsageError.self) { try Self.document(plan) }
    }

    @Test("Markdown has the verdicts, every table and the command")
    func markdown() throws {
        let text = ReportMarkdown.render(try Self.document())
        #expect(text.hasPrefix("## Latency report\n\n> **Synthetic**"))
        #expect(text.contains("| model region latency | n | mean | p50 | p90 | p99 | sd | min | max |"))
        #expect(text.contains("```sh\n\(Self.plan.command)\n```"))
        #expect(text.contains("**By inference profile**"))
    }

    @Test("nothing but failures, or nothing at all, is still a page")
    func empty() throws {
        let none = try RowFilter<RequestRow>("model == \"no such model\"", .requests(.standard))
        let html = ReportPage.render(try ReportBuilder.document([Self.sample], plan: Self.plan, filter: none))
        #expect(html.contains("There is no request."))
        #expect(html.contains("No request succeeded."))
    }
}

@Suite("Text for terminals")
struct TextTests {
    static let table = TextTable(
        header: ["model", "n", "p50", "sd"],
        rows: [["us.amazon.nova-pro-v1:0", "15", "468.9 [380.5, 580.3]", "203"]],
        shortNames: ["nova-pro"],
        expendable: ["sd"]
    )

    @Test("a table too wide takes short names first, then does without columns, and says so")
    func fitting() {
        let full = Self.table.aligned()
        #expect(full.contains("us.amazon.nova-pro-v1:0"))
        let short = Self.table.aligned(TextStyle(width: 50))
        #expect(short.contains("nova-pro  15") && short.contains("203"))
        #expect(!short.contains("us.amazon"))
        let narrow = Self.table.aligned(TextStyle(width: 35))
        #expect(!narrow.contains("203"))
        #expect(narrow.contains("(wider terminals show sd)"))
        for (text, width) in [(short, 50), (narrow, 35)] {
            let longest = text.split(separator: "\n").map(\.count).max() ?? 0
            #expect(longest <= width)
        }
    }

    @Test("colour is an addition: without it the text is the same")
    func colour() {
        let coloured = Self.table.aligned(TextStyle(isColoured: true))
        #expect(coloured.contains("\u{1B}[2m[380.5, 580.3]\u{1B}[0m"))
        #expect(coloured.replacing(/\u{1B}\[\d+m/, with: "") == Self.table.aligned())
    }

    @Test("lines are broken between words and lose none")
    func wrapping() {
        let text = "one two three four five six"
        let wrapped = TextStyle(width: 12).wrapped(text)
        #expect(wrapped == "one two\n  three four\n  five six")
        #expect(TextStyle.plain.wrapped(text) == text)
    }
}
