// `bedrock-analyzer report`.

import ArgumentParser
import Core

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "One page that says it all: verdicts, intervals, distributions, time, single requests.",
        discussion: """
            The page is one file that asks no network for anything. What arms are compared by is found in the traces \
            unless --by says so; the numbers are those of summary and compare with the same options.
            """
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var selection: FilterOptions
    @OptionGroup var arithmetic: LensOptions
    @OptionGroup var statistics: StatisticsOptions

    @Option(
        name: .customShort("o"),
        help: ArgumentHelp("The report to write; standard output unless given.", valueName: "file")
    )
    var output: String?

    @Option(help: "html, markdown or pdf; what the output's name ends in unless given, else html.")
    var format: String?

    @Option(help: "The report's title.")
    var title = ReportPlan().title

    @Option(
        help: ArgumentHelp(
            "What tells arms apart, once for each comparison: \(GroupKey.names.joined(separator: ", ")).",
            valueName: "key"
        )
    )
    var by: [String] = []

    @Option(
        help: ArgumentHelp(
            "The arm to compare with, with one --by; the first by name unless given.",
            valueName: "value"
        )
    )
    var baseline: String?

    @Option(help: "prompt: the same prompt asked for the same time, where possible; none: never.")
    var pair = "prompt"

    @Option(help: ArgumentHelp("What to compare, comma-separated.", valueName: "names"))
    var metrics = "ttft_ms,otps"

    @Option(help: ArgumentHelp("Ratios this close to 1, in percent, are practically equal.", valueName: "percent"))
    var margin = 3.0

    @Option(
        name: .customLong("request"),
        help: ArgumentHelp(
            "A request to show by itself, as 17 or monday.mcap:17; may be repeated.",
            valueName: "number"
        )
    )
    var requests: [String] = []

    func validate() throws {
        guard margin >= 0, margin < 1000 else { throw ValidationError("--margin: expected a percentage, as 3") }
        guard baseline == nil || by.count == 1 else {
            throw ValidationError("--baseline: goes with exactly one --by")
        }
    }

    func run() throws {
        let format = try outputFormat()
        let plan = try plan()
        let filter = try selection.filter(plan.summary.lens)
        let files = try input.files()
        let document = try ReportBuilder.document(files, plan: plan, filter: filter)
        switch format {
        case .markdown: try write(ReportMarkdown.render(document), reading: files)
        case .html: try write(ReportPage.render(document), reading: files)
        case .pdf:
            guard let output else { throw UsageError(description: "--format pdf: add -o FILE.pdf") }
            let target = try draft(output, reading: files)
            try PagePrinter.print(ReportPage.render(document), to: target.path)
            try target.commit()
        }
        if let output {
            Console.talk("\(output): \(document.measured.count) requests in \(document.groups.count) groups")
        }
    }

    // MARK: Output

    private enum Format: String, CaseIterable {
        case html
        case markdown
        case pdf
    }

    private func outputFormat() throws -> Format {
        if let format {
            guard let known = Format(rawValue: format) else {
                let names = Format.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError(description: "--format: '\(format)' is none of \(names)")
            }
            return known
        }
        let name = output?.lowercased() ?? ""
        return name.hasSuffix(".pdf") ? .pdf : name.hasSuffix(".md") ? .markdown : .html
    }

    /// A report is made anew at will and replaces the one before; a trace is not.
    private func draft(_ output: String, reading files: [String]) throws -> TraceDraft {
        guard !output.hasSuffix(".mcap") else {
            throw UsageError(
                description: "-o: '\(output)' is the name of a trace; a report's ends in .html, .md or .pdf"
            )
        }
        return try TraceDraft(for: output, reading: files, replacesExisting: true)
    }

    private func write(_ text: String, reading files: [String]) throws {
        guard let output, output != "-" else {
            Console.write(text)
            return
        }
        let target = try draft(output, reading: files)
        var file = try FileOutput(path: target.path, replacesExisting: true)
        try file.write(Array(text.utf8))
        try file.synchronize()
        try target.commit()
    }

    // MARK: Plan

    private func plan() throws -> ReportPlan {
        var plan = ReportPlan()
        plan.title = title
        plan.summary = try statistics.plan()
        plan.summary.lens = try arithmetic.lens()
        plan.keys = by.isEmpty ? nil : try by.map(key)
        plan.comparison = try comparison(plan.summary)
        plan.picked = try requests.map { text in
            guard let name = ReportPlan.RequestName(text) else {
                throw UsageError(description: "--request: '\(text)' is no request's number, as 17 or monday.mcap:17")
            }
            return name
        }
        plan.command = command()
        return plan
    }

    private func key(_ name: String) throws -> GroupKey {
        guard let key = GroupKey(name) else {
            throw UsageError(description: "--by: '\(name)' is none of \(GroupKey.names.joined(separator: ", "))")
        }
        return key
    }

    private func comparison(_ summary: SummaryPlan) throws -> ComparisonPlan {
        var plan = ComparisonPlan()
        guard let pairing = ComparisonPlan.Pairing(rawValue: pair) else {
            throw UsageError(description: "--pair: '\(pair)' is neither prompt nor none")
        }
        plan.pairing = pairing
        plan.baseline = baseline
        plan.lens = summary.lens
        plan.margin = margin / 100
        plan.confidence = summary.confidence
        plan.resamples = summary.resamples
        plan.seed = summary.seed
        plan.threads = summary.threads
        let names = metrics.split(separator: ",").map { $0.filter { $0 != " " } }
        guard !names.isEmpty else { throw UsageError(description: "--metrics: expected at least one") }
        // A lens may not define a metric that nobody asked for by name.
        let known = ComparisonPlan.comparable(summary.lens).map(\.name)
        let isDefault = metrics == "ttft_ms,otps"
        plan.metrics = isDefault ? names.filter(known.contains) : names
        return plan
    }

    /// The command that makes this report anew, whatever the order in which its options were given.
    private func command() -> String {
        let standard = ReportCommand.Defaults()
        var words = ["bedrock-analyzer", "report"] + input.traces
        func add(_ name: String, _ value: String?, unless ordinary: String? = nil) {
            guard let value, value != ordinary else { return }
            words += [name, value]
        }
        add("--title", title, unless: ReportPlan().title)
        add("--where", selection.expression)
        add("--lens", arithmetic.name, unless: Lens.standard.name)
        add("--group-by", statistics.groups.groupBy, unless: standard.groupBy)
        for key in by { add("--by", key) }
        add("--baseline", baseline)
        add("--pair", pair, unless: standard.pair)
        add("--metrics", metrics, unless: standard.metrics)
        add("--margin", "\(margin)", unless: "\(standard.margin)")
        for request in requests { add("--request", request) }
        add("--confidence", "\(statistics.sampling.confidence)", unless: "\(SummaryPlan().confidence)")
        add("--resamples", "\(statistics.sampling.resamples)", unless: "\(SummaryPlan().resamples)")
        // The seed is stated always: it is what makes the numbers come again.
        add("--seed", "\(statistics.sampling.seed)")
        add("--format", format)
        add("-o", output)
        return words.map(ShellText.quoted).joined(separator: " ")
    }

    /// What the options are unless given.
    private struct Defaults {
        let groupBy = GroupKey.standard.map(\.description).joined(separator: ",")
        let pair = ComparisonPlan().pairing.rawValue
        let metrics = ComparisonPlan().metrics.joined(separator: ",")
        let margin = ComparisonPlan().margin * 100
    }
}

/// Words as a POSIX shell reads them back.
enum ShellText {
    static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_./,:=+@%".utf8.contains(byte)
        }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
