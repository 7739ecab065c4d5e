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

struct RequestsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "One row a request: who asked what, how it ended, every metric."
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var selection: FilterOptions
    @OptionGroup var rows: RowOptions

    func run() throws {
        let format = try rows.rowFormat()
        let filter = try selection.filter()
        let schema = RowSchema<RequestRow>.requests
        let names = schema.columns.map(\.name)
        var output = BufferedOutput()
        output.write(format.header(names))
        for path in try input.files() {
            for row in try TraceAnalysis.rows([path]).rows where filter.keeps(row) {
                output.write(format.row(names, schema.columns.map { $0.read(row) }))
            }
        }
        output.flush()
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
        let filter = try selection.filter()
        let schema = RowSchema<EventRow>.events
        let names = schema.columns.map(\.name)
        var output = BufferedOutput()
        output.write(format.header(names))
        for path in try input.files() {
            let file = TraceAnalysis.fileName(path)
            _ = try TraceAnalysis.read(path) { timeline in
                guard filter.keeps(RequestRow(timeline, file: file)) else { return }
                for event in timeline.events {
                    let row = EventRow(file: file, timeline: timeline, event: event)
                    output.write(format.row(names, schema.columns.map { $0.read(row) }))
                }
            }
        }
        output.flush()
    }
}
