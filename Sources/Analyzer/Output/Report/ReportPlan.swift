// What a report is asked to show.

import Core

/// The choices of a report; the same plan and traces give the same bytes.
struct ReportPlan: Sendable {
    var title = "Latency report"
    var summary = SummaryPlan()
    /// How arms are compared; its key is replaced by each of `keys`.
    var comparison = ComparisonPlan()
    /// What to compare by; `nil` for whatever tells the recording's arms apart.
    var keys: [GroupKey]?
    /// Requests to show beside those that the report picks itself.
    var picked: [RequestName] = []
    /// The command that makes the report anew.
    var command = ""

    /// How requests are named on the command line: `17`, or `monday.mcap:17` where traces share numbers.
    struct RequestName: Hashable, Sendable {
        var text: String
        var file: String?
        var request: UInt64

        /// Reads a name; `nil` for one that names no request.
        init?(_ text: String) {
            self.text = text
            let colon = text.lastIndex(of: ":")
            file = colon.map { String(text[..<$0]) }
            guard let number = UInt64(colon.map { text[text.index(after: $0)...] } ?? text[...]), file != "" else {
                return nil
            }
            request = number
        }

        func matches(_ row: RequestRow) -> Bool {
            row.id.request == request && (file == nil || file == row.file)
        }
    }

    /// The parts of a key that arms may differ in, the likeliest question first.
    private static let candidates: [GroupKey] = [
        .model, .latency, .tier, .region, .experiment, .operation, .file,
    ]
    /// More arms than this are a survey rather than a comparison.
    private static let maximumArms = 8

    /// The keys to compare by: those asked for; else model and profile where each has several values, else the first
    /// part of a key that has.
    func keys(for rows: [RequestRow]) -> [GroupKey] {
        if let keys { return keys }
        let measured = RowSelection(rows).filtered { !$0.isWarmup }
        let varying = Self.candidates.filter { key in
            var values: Set<String?> = []
            measured.forEach { row in
                if values.count <= Self.maximumArms { values.insert(key.value(of: row)) }
            }
            return (2...Self.maximumArms).contains(values.count)
        }
        let main = varying.filter { [.model, .latency].contains($0) }
        return main.isEmpty ? Array(varying.prefix(1)) : main
    }
}
