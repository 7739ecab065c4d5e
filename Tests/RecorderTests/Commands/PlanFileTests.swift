// Plan files: flags over plan over defaults, and every fault named by file, line and key.

import Core
import Foundation
import TestSupport
import Testing

@testable import Recorder

@Suite("Plan files")
struct PlanFileTests {
    func command(_ plan: String, _ arguments: [String] = []) throws -> RecordCommand {
        try PlanFile.command(["record", "--plan", "plan.yaml"] + arguments) { path in
            path == "plan.yaml" ? Array(plan.utf8) : nil
        }
    }

    func fault(_ plan: String, _ arguments: [String] = []) -> String {
        do {
            _ = try command(plan, arguments)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("a flag wins over the plan, and the plan over the default")
    func precedence() throws {
        let plan = """
            dataset: d.jsonl
            output: "a.mcap"
            invocations: 3
            max_tokens: 20
            temperature: 0.5
            label: {team: red, run: 7}
            quiet: true
            verbose: false
            """
        let command = try command(plan, ["--invocations", "5", "--label", "run=8"])
        #expect(command.files.dataset == "d.jsonl")
        #expect(command.files.output == "a.mcap")
        #expect(command.load.invocations == 5)
        #expect(command.load.order == .interleaved)
        #expect(command.request.maxTokens == 20)
        #expect(command.request.temperature == 0.5)
        #expect(command.request.labels == ["team": "red", "run": "8"])
        #expect(command.talk.quiet)
        #expect(!command.talk.verbose)
    }

    @Test("what belongs to one kind of loop gives way where the command line asks for the other")
    func rivals() throws {
        let files = "dataset: d\noutput: o\n"
        let open = try command(files + "concurrency: 8\nsleep: 2\n", ["--rate", "30/m"])
        #expect(open.load.concurrency == nil)
        #expect(LoadOptions.perSecond(open.load.rate ?? "") == 0.5)
        let closed = try command(files + "rate: 5\narrival: constant\nmax-in-flight: 9\n", ["--concurrency=3"])
        #expect(closed.load.rate == nil)
        #expect(closed.load.concurrency == 3)
        let hours = try command(
            files + "window: [\"mon 09:00-12:00\", \"13:00-18:00\"]\ntime-zone: Europe/Berlin\n",
            ["--window", "10:00-11:00"]
        )
        #expect(hours.load.window == ["10:00-11:00"])
        #expect(hours.load.timeZone == "Europe/Berlin")
    }

    @Test(
        "a fault is one line that names file, line and key",
        arguments: [
            ("dataset: d\n\nconcurency: 3\n", "plan.yaml:3: key 'concurency': is unknown"),
            ("dataset: [a, b]\n", "plan.yaml:1: key 'dataset': expected one value"),
            ("quiet: maybe\n", "plan.yaml:1: key 'quiet': expected true or false"),
            ("seed:\n", "plan.yaml:1: key 'seed': expected a value"),
            ("label: {a: {b: c}}\n", "plan.yaml:1: key 'label.a': expected text"),
            ("- dataset\n", "plan.yaml:1: expected keys and values"),
            ("a: [\n", "not YAML at column"),
            ("seed: 1\nseed: 2\n", "given more than once"),
            ("rate: 5\nconcurrency: 3\n", "plan.yaml: --concurrency: belongs to a closed loop"),
            ("rounds: none\n", "plan.yaml: "),
            ("window: 09:00-18:00\n", "--time-zone"),
        ]
    )
    func faults(plan: String, expected: String) {
        let text = fault(plan)
        #expect(text.contains(expected), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test("a plan that is not there is named")
    func missing() {
        let error = #expect(throws: CommandFailure.self) {
            try PlanFile.expand(["record", "--plan=nowhere.yaml"]) { _ in nil }
        }
        #expect(error?.description == "--plan nowhere.yaml: cannot be read")
        #expect(error?.status == 2)
    }

    @Test("every flag of record is a key of a plan, but for those that a plan can't mean")
    func complete() {
        let flags = PlanFile.flags
        let known = Set(PlanFile.keys.map(\.name))
        #expect(known.subtracting(flags).isEmpty, "keys without a flag")
        #expect(Set(flags).subtracting(known).subtracting(["plan", "dry-run", "help", "version"]).isEmpty)
    }
}

@Suite("Prices and the plan's bounds")
struct PriceTests {
    static let text = """
        currency: EUR
        models:
          m1: {input: 1, output: 5}
          us.anthropic.*: {input: 0.8, output: 4}
        """

    @Test("a model's own price wins over a pattern's")
    func lookup() throws {
        let prices = try Prices(Self.text, file: "p.yaml")
        #expect(prices.price(of: "m1") == Prices.Price(input: 1, output: 5))
        #expect(prices.price(of: "us.anthropic.claude-3-haiku") == Prices.Price(input: 0.8, output: 4))
        #expect(prices.price(of: "m2") == nil)
        #expect(prices.currency == "EUR")
    }

    @Test(
        "a fault names its line",
        arguments: [
            ("models:\n  m: 5\n", "p.yaml:2: key 'm'"), ("models:\n  m: {input: 1}\n", "both input and output"),
            ("models:\n  m: {input: -1, output: 1}\n", "key 'm.input'"),
            ("currency: USD\n", "key 'models': is missing"),
            ("price: 1\n", "key 'price': is unknown"),
        ]
    )
    func faults(text: String, expected: String) {
        let error = #expect(throws: YAMLFault.self) { try Prices(text, file: "p.yaml") }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test("the bound counts every request's limit, and every byte as a token")
    func bound() throws {
        let rows = try DatasetReader.rows(
            of: Array(#"{"body":{"max_tokens":100000},"model_id":"m1","region":"r"}"#.utf8),
            file: "d",
            defaults: RowDefaults()
        )
        var load = LoadPlan(rowCount: 1)
        load.invocations = 40
        var plan = ResolvedPlan(
            load: load,
            shape: .closed(concurrency: 1, sleep: .zero),
            limits: LoadLimits(),
            rows: rows,
            datasetPath: "d",
            datasetSHA256: "",
            prices: try Prices(Self.text, file: "p.yaml")
        )
        // 40 × 100,000 tokens at 5 a million are 20; 40 × 21 bytes at 1 a million are less than a hundredth.
        #expect(plan.description.contains("at most 4000000"))
        #expect(plan.description.contains("at most 20.00 EUR for output and 0.01 for input"))
        plan.load.rounds = nil
        #expect(plan.description.contains("no bound known"))
    }
}

@Suite("Resuming")
struct ResumeTests {
    static let dataset = """
        {"id":"a","text_prompt":"A","model_id":"m","region":"r"}
        {"id":"b","text_prompt":"B","model_id":"m","region":"r"}
        {"id":"b","text_prompt":"B","model_id":"m","region":"r"}
        """

    static func rows() throws -> [DatasetRow] {
        try DatasetReader.rows(of: Array(dataset.utf8), file: "d", defaults: RowDefaults())
    }

    /// Writes a trace that holds each of `attempts`: a row, a round, and how it ended.
    static func trace(
        _ scratch: ScratchFolder,
        _ name: String,
        _ attempts: [(row: Int, round: UInt32, outcome: TransportOutcome?)],
        sha256: String = "abc"
    ) throws {
        var writer = try TraceWriter(
            FileOutput(path: scratch.url(name).path),
            run: RunMetadata(runID: "run-\(name)", values: ["dataset_sha256": sha256])
        )
        let rows = try rows()
        var factory = RequestFactory(
            rows: rows,
            endpoint: nil,
            authority: FixedAuthority(credentials: .accessKey(LoadFixtures.key)),
            experiment: nil
        )
        for (index, attempt) in attempts.enumerated() {
            let planned = PlannedRequest(row: attempt.row, round: Int(attempt.round), isWarmup: false)
            let prepared = factory.prepare(planned, planIndex: index)
            var record = try #require(prepared).record
            record.id = AttemptID(request: UInt64(index + 1))
            record.dispatched = TraceInstant(nanosecondsSinceEpoch: UInt64(index + 1) * 1_000_000_000)
            try writer.append(.request(record))
            guard let outcome = attempt.outcome else { continue }
            let end = EndRecord(
                id: record.id,
                completed: record.dispatched.advanced(by: .milliseconds(500)),
                chunks: 0,
                bytes: 0,
                xxHash64: 0,
                outcome: outcome
            )
            try writer.append(.end(end))
        }
        try writer.close()
    }

    @Test("what ended is left out; what was cancelled or cut off is asked again")
    func counts() throws {
        let scratch = try ScratchFolder()
        try Self.trace(scratch, "1.mcap", [(0, 0, .ok), (1, 0, .httpError), (2, 0, .cancelled)])
        try Self.trace(scratch, "2.mcap", [(0, 0, .timeout), (1, 1, .ok), (0, 1, nil)])
        let rows = try Self.rows()
        let earlier = try EarlierRecording(path: scratch.folder.path, rows: rows, datasetSHA256: "abc")
        #expect(earlier.attemptCount == 4)
        #expect(earlier.runIDs == ["run-1.mcap", "run-2.mcap"])
        // 1 s to 3.5 s in the first file, 1 s to 3 s in the second, whose last attempt never ended.
        #expect(earlier.span == .milliseconds(4_500))
        func planned(_ row: Int, _ round: Int) -> PlannedRequest {
            PlannedRequest(row: row, round: round, isWarmup: false)
        }
        // Rows 1 and 2 ask the same: the first of them stands for both.
        #expect(
            earlier.done(rows: rows, invocations: 2) == [planned(0, 0): 2, planned(1, 0): 1, planned(1, 1): 1]
        )
        var plan = LoadPlan(rowCount: 3)
        plan.rounds = 2
        plan.invocations = 2
        plan.done = earlier.done(rows: rows, invocations: 2)
        #expect(plan.count == 12 - 4)
    }

    @Test("a stream that goes on in the next segment is one that ended")
    func segments() throws {
        let scratch = try ScratchFolder()
        let request = RequestRecord(
            id: AttemptID(request: 1),
            scheduled: TraceInstant(nanosecondsSinceEpoch: 1_000_000_000),
            dispatched: TraceInstant(nanosecondsSinceEpoch: 1_000_000_000),
            url: "",
            headers: [],
            body: String(decoding: try Self.rows()[0].body, as: UTF8.self),
            operation: "converse-stream",
            model: "m",
            region: "r",
            latency: "optimized",
            promptID: "a"
        )
        let end = EndRecord(
            id: request.id,
            completed: request.dispatched.advanced(by: .seconds(2)),
            chunks: 0,
            bytes: 0,
            xxHash64: 0,
            outcome: .ok
        )
        func write(_ name: String, _ run: RunMetadata, _ record: TraceRecord) throws {
            var writer = try TraceWriter(FileOutput(path: scratch.url(name).path), run: run)
            try writer.append(record)
            try writer.close()
        }
        let rows = try Self.rows()
        try write("1.mcap", RunMetadata(runID: "one"), .request(request))
        try write("2.mcap", RunMetadata(runID: "one", segment: 2), .end(end))
        let whole = try EarlierRecording(path: scratch.folder.path, rows: rows, datasetSHA256: "abc")
        #expect(whole.attemptCount == 1)
        // The same number in another run is another request.
        try FileManager.default.removeItem(at: scratch.url("2.mcap"))
        try write("2.mcap", RunMetadata(runID: "two", segment: 2), .end(end))
        let apart = try EarlierRecording(path: scratch.folder.path, rows: rows, datasetSHA256: "abc")
        #expect(apart.attemptCount == 0)
    }

    @Test("another dataset's traces are refused")
    func otherDataset() throws {
        let scratch = try ScratchFolder()
        try Self.trace(scratch, "1.mcap", [(0, 0, .ok)], sha256: "def")
        let error = #expect(throws: CommandFailure.self) {
            try EarlierRecording(path: scratch.folder.path, rows: try Self.rows(), datasetSHA256: "abc")
        }
        #expect(error?.description.contains("another dataset") == true)
        let empty = try ScratchFolder()
        let nothing = try EarlierRecording(
            path: empty.folder.path,
            rows: try Self.rows(),
            datasetSHA256: "abc"
        )
        #expect(nothing.attemptCount == 0)
        let none = #expect(throws: CommandFailure.self) {
            try EarlierRecording(path: scratch.url("none").path, rows: try Self.rows(), datasetSHA256: "abc")
        }
        #expect(none?.status == 2)
    }
}
