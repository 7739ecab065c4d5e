// What a summary says, whatever the format: the plan, the sources, the groups.

import Core

/// The input of every summary format.
struct SummaryDocument {
    var plan: SummaryPlan
    var sources: [TraceAnalysis.Source]
    var groups: [GroupSummary]
    /// The look of tables.
    var style = TextStyle.plain
    /// By metric one line of blocks a group, for tables.
    var distributions: [String: [String]] = [:]

    /// Whether any answer was synthetic or replayed.
    var isSynthetic: Bool { sources.contains { $0.origin?.isSynthetic == true } }
}

/// A format that summaries can be written in; adding one is a file and a line in ``all``.
struct SummaryFormat: Sendable {
    var name: String
    /// Whether a person reads it as it comes: only then it has a look.
    var isForPeople = false
    var render: @Sendable (SummaryDocument) -> String

    static let all: [SummaryFormat] = [
        SummaryFormat(name: "table", isForPeople: true) { SummaryTable.render($0) },
        SummaryFormat(name: "json") { SummaryJSON.render($0) },
        SummaryFormat(name: "csv") { SummaryCSV.render($0) },
        SummaryFormat(name: "markdown") { SummaryMarkdown.render($0) },
    ]
}
