// `bedrock-analyzer requests` and `bedrock-analyzer events`.

import ArgumentParser
import Core

/// The format of rows.
struct RowOptions: ParsableArguments {
    @Option(help: "csv, jsonl or parquet.")
    var format = "csv"

    private static let parquet = "parquet"

    /// Where rows of a schema go: standard output, in the format asked for.
    func output<Row>(_ schema: RowSchema<Row>) throws -> RowOutput<Row> {
        if format == Self.parquet {
            guard !Console.isDataForTerminal else {
                throw UsageError(description: "--format parquet: standard output is a terminal; add > FILE.parquet")
            }
            return RowOutput(parquet: schema)
        }
        guard let text = RowFormat.all.first(where: { $0.name == format }) else {
            let names = RowFormat.all.map(\.name) + [Self.parquet]
            throw UsageError(description: "--format: '\(format)' is none of \(names.joined(separator: ", "))")
        }
        return RowOutput(schema, text: text)
    }
}

/// Rows on their way to standard output.
struct RowOutput<Row> {
    private let schema: RowSchema<Row>
    private let names: [String]
    private var form: Form
    private var output = BufferedOutput()

    private enum Form {
        case text(RowFormat)
        case parquet(ParquetWriter)
    }

    init(_ schema: RowSchema<Row>, text: RowFormat) {
        self.schema = schema
        names = schema.columns.map(\.name)
        form = .text(text)
        output.write(text.header(names))
    }

    /// Rows as Parquet.
    init(parquet schema: RowSchema<Row>) {
        self.schema = schema
        names = schema.columns.map(\.name)
        form = .parquet(ParquetWriter(columns: schema.columns.map { ($0.name, $0.kind) }))
    }

    mutating func write(_ row: Row) {
        let fields = schema.columns.map { $0.read(row) }
        switch form {
        case .text(let format): output.write(format.row(names, fields))
        case .parquet(var writer):
            // Out of the enum while it changes, so that no column is copied.
            form = .text(RowFormat.all[0])
            output.write(writer.append(fields))
            form = .parquet(writer)
        }
    }

    mutating func finish() {
        if case .parquet(var writer) = form { output.write(writer.finish()) }
        output.flush()
    }
}

/// Whose columns a command writes.
struct SchemaOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "aws-samples: the columns and the arithmetic of AWS's LLM Latency Benchmarking Framework.",
            valueName: "name"
        )
    )
    var schema: String?

    /// Whether the notebook's columns are wanted; its schema goes with its own lens only.
    func isNotebook(_ arithmetic: LensOptions) throws -> Bool {
        guard let schema else { return false }
        guard schema == Lens.awsSamples.name else {
            throw UsageError(description: "--schema: '\(schema)' is not \(Lens.awsSamples.name)")
        }
        guard [Lens.standard.name, schema].contains(arithmetic.name) else {
            throw UsageError(
                description: "--schema \(schema) has its own arithmetic: leave out --lens \(arithmetic.name)"
            )
        }
        return true
    }
}

struct RequestsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "One row a request: who asked what, how it ended, every metric."
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var selection: FilterOptions
    @OptionGroup var arithmetic: LensOptions
    @OptionGroup var rows: RowOptions

    @OptionGroup var shape: SchemaOptions

    func run() throws {
        if try shape.isNotebook(arithmetic) {
            try writeNotebook()
        } else {
            try writeRequests()
        }
    }

    private func writeRequests() throws {
        let lens = try arithmetic.lens()
        let filter = try selection.filter(lens)
        var output = try rows.output(RowSchema<RequestRow>.requests(lens))
        try TraceAnalysis.forEachFile(input.files(), lens: lens) { rows, _ in
            for row in rows where filter.keeps(row) { output.write(row) }
        }
        output.finish()
    }

    private func writeNotebook() throws {
        let filter = try selection.filter(.awsSamples)
        var output = try rows.output(RowSchema<NotebookInvocation>.awsSamples)
        var requests: [(row: RequestRow, parameters: RequestParameters, errorMessage: String?)] = []
        func writeFile() {
            requests.sort { $0.row.id < $1.row.id }
            for invocation in NotebookInvocation.all(requests) { output.write(invocation) }
            requests = []
        }
        var file: String?
        try TraceAnalysis.read(input.files()) { timeline, path in
            if file != path { writeFile() }
            file = path
            let row = RequestRow(timeline, file: TraceAnalysis.fileName(path), lens: .awsSamples)
            guard filter.keeps(row) else { return }
            requests.append((row, RequestParameters(body: timeline.request.body), timeline.errorMessage))
        }
        writeFile()
        output.finish()
    }
}

struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "One row an event-stream message: what it was, where it lay, when it came."
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var selection: FilterOptions
    @OptionGroup var rows: RowOptions

    @Flag(help: "Adds what each message carries: its JSON, of InvokeModel's chunks the model's own.")
    var payload = false

    func run() throws {
        let filter = try selection.filter(.standard)
        var output = try rows.output(payload ? RowSchema<EventRow>.eventsWithPayloads : .events)
        try TraceAnalysis.read(input.files(), keepsPayloads: payload) { timeline, path in
            let file = TraceAnalysis.fileName(path)
            guard filter.keeps(RequestRow(timeline, file: file)) else { return }
            for event in timeline.events {
                output.write(EventRow(file: file, timeline: timeline, event: event))
            }
        }
        output.finish()
    }
}
