// How long a million requests of 200 events take to summarize with all intervals, and how much memory.

import Analyzer
import ArgumentParser
import Core
import Glibc

struct ScaleBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Summarizes synthetic rows, varied from those of a trace by a seeded generator."
    )

    @Argument(help: "A trace whose requests are the templates.")
    var trace: String

    @Option(help: "How many requests.")
    var requests = 1_000_000

    @Option(help: "How many events of content each has.")
    var events = 200

    @Option(help: "How many prompts repeat; 0: every request has its own.")
    var prompts = 200

    @Option(help: "How many threads.")
    var threads = 2

    @Option(help: "The seed of the rows.")
    var seed: UInt64 = 1

    func run() throws {
        let templates = try TraceAnalysis.rows([trace]).rows.filter { $0.outcome == .ok && !$0.isWarmup }
        guard !templates.isEmpty else { throw ValidationError("\(trace): no successful request") }
        let clock = ContinuousClock()
        var rows: [RequestRow] = []
        let making = clock.measure {
            rows = SyntheticRows(templates: templates, events: events, prompts: prompts, seed: seed).rows(requests)
        }
        var plan = SummaryPlan()
        plan.threads = threads
        var groups: [GroupSummary] = []
        // On a machine that others use, the processor's seconds say more than the clock's.
        let before = processorSeconds()
        let summarizing = clock.measure { groups = Grouping.summarize(rows, plan: plan) }
        let processor = processorSeconds() - before
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let gaps = groups.compactMap { $0.metric("itl_ms")?.count }.reduce(0, +)
        let intervals = groups.flatMap(\.metrics).flatMap { [$0.mean] + $0.quantiles.map(\.estimate) }
        print(
            """
            {"requests":\(requests),"gaps":\(gaps),"groups":\(groups.count),"threads":\(threads),\
            "estimates":\(intervals.count),"intervals":\(intervals.count { $0.interval != nil }),\
            "make_s":\(seconds(making)),"summarize_s":\(seconds(summarizing)),"summarize_cpu_s":\(processor),\
            "peak_mib":\(usage.ru_maxrss / 1024)}
            """
        )
    }

    private func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private func seconds(_ duration: Duration) -> Double {
        Double(duration / .milliseconds(1)) / 1e3
    }
}

/// Rows that never were: those of a trace, varied.
struct SyntheticRows {
    let templates: [RequestRow]
    let events: Int
    let prompts: Int
    /// Factors of a lognormal distribution of median 1, for gaps.
    private let factors: [Double]
    private let key: RandomKey

    init(templates: [RequestRow], events: Int, prompts: Int, seed: UInt64) {
        self.templates = templates
        self.events = events
        self.prompts = prompts
        key = RandomKey(seed: seed, label: "benchmark/scale")
        var normal = NormalStream(key.appending("factors"), replicate: 0)
        factors = (0..<(1 << 14)).map { _ in normal.lognormal(sigma: 0.4) }
    }

    func rows(_ count: Int) -> [RequestRow] {
        var stream = key.stream(replicate: 0)
        func factor() -> Double { factors[stream.index(below: UInt64(factors.count))] }
        let names = (0..<max(prompts, 1)).map { "prompt-\($0)" }
        var rows: [RequestRow] = []
        rows.reserveCapacity(count)
        var gaps = [UInt32](repeating: 0, count: max(events - 1, 0))
        for number in 0..<count {
            var row = templates[number % templates.count]
            row.id = AttemptID(request: UInt64(number + 1))
            row.promptID = prompts > 0 ? names[number / templates.count % prompts] : "prompt-\(number)"
            let start = templates[0].dispatched.advanced(by: .milliseconds(Int64(number) * 86))
            let pace = 20e6 * factor()
            for index in gaps.indices { gaps[index] = UInt32(pace * factor()) }
            let generation = gaps.reduce(0.0) { $0 + Double($1) } / 1e6
            let first = 400 * factor()
            row.dispatched = start
            row.scheduled = start
            row.completed = start.advanced(by: Nanoseconds(Int64((first + generation) * 1e6)))
            row.usage.outputTokens = events
            row.metrics.ttft = first
            row.metrics.ttftScheduled = first
            row.metrics.ttftText = first
            row.metrics.connect = 0
            row.metrics.ttlt = first + generation
            row.metrics.endToEnd = first + generation + 1
            row.metrics.outputTokensPerSecond = Double(events) / generation * 1e3
            row.metrics.timePerOutputToken = generation / Double(max(events - 1, 1))
            row.metrics.interTokenGaps = GapList(narrow: gaps)
            row.metrics.coalesced = 0.1 * factor()
            row.metrics.tokensPerDelta = factor()
            row.metrics.server = first + generation - 2
            row.metrics.overhead = 3 * factor()
            rows.append(row)
        }
        return rows
    }
}
