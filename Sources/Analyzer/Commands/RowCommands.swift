// `bedrock-analyzer requests` and `bedrock-analyzer events`.

import ArgumentParser
import Core

/// The format of rows.
struct RowOptions: ParsableArguments {
    @Option(help: "csv or jsonl.")
    var format = "csv"

    func rowFormat() throws -> RowFormat {
        guard let format = RowFormat.all.first(where: { $0.name == self.format }) else {
            throw UsageError(
                description:
                    "--format: '\(self.format)' is none of \(RowFormat.all.map(\.name).joined(separator: ", "))"
            )
        }
        return format
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
        let format = try rows.rowFormat()
        var output = BufferedOutput()
        if try shape.isNotebook(arithmetic) {
            try writeNotebook(format, &output)
        } else {
            try writeRequests(format, &output)
        }
        output.flush()
    }

    private func writeRequests(_ format: RowFormat, _ output: inout BufferedOutput) throws {
        let lens = try arithmetic.lens()
        let filter = try selection.filter(lens)
        let schema = RowSchema<RequestRow>.requests(lens)
        let names = schema.columns.map(\.name)
        output.write(format.header(names))
        try TraceAnalysis.forEachFile(input.files(), lens: lens) { rows, _ in
            for row in rows where filter.keeps(row) {
                output.write(format.row(names, schema.columns.map { $0.read(row) }))
            }
        }
    }

    private func writeNotebook(_ format: RowFormat, _ output: inout BufferedOutput) throws {
        let filter = try selection.filter(.awsSamples)
        let schema = RowSchema<NotebookInvocation>.awsSamples
        let names = schema.columns.map(\.name)
        output.write(format.header(names))
        var requests: [(row: RequestRow, parameters: RequestParameters, errorMessage: String?)] = []
        func writeFile() {
            requests.sort { $0.row.id < $1.row.id }
            for invocation in NotebookInvocation.all(requests) {
                output.write(format.row(names, schema.columns.map { $0.read(invocation) }))
            }
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

    func run() throws {
        let format = try rows.rowFormat()
        let filter = try selection.filter(.standard)
        let schema = RowSchema<EventRow>.events
        let names = schema.columns.map(\.name)
        var output = BufferedOutput()
        output.write(format.header(names))
        try TraceAnalysis.read(input.files()) { timeline, path in
            let file = TraceAnalysis.fileName(path)
            guard filter.keeps(RequestRow(timeline, file: file)) else { return }
            for event in timeline.events {
                let row = EventRow(file: file, timeline: timeline, event: event)
                output.write(format.row(names, schema.columns.map { $0.read(row) }))
            }
        }
        output.flush()
    }
}
