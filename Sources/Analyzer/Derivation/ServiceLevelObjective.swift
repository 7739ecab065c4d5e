// What a good request is: limits that each of its metrics keeps (`--slo ttft_ms<500,tpot_ms<30`).

import Core

/// Limits on the metrics of a request.
package struct ServiceLevelObjective: Sendable {
    private struct Limit: Sendable {
        var column: MetricColumn
        var comparison: Comparison
        var bound: Double

        func isKept(by metrics: RequestMetrics) -> Bool {
            guard let value = column.read(metrics) else { return false }
            return switch comparison {
            case .less: value < bound
            case .lessOrEqual: value <= bound
            case .greater: value > bound
            case .greaterOrEqual: value >= bound
            }
        }
    }

    private enum Comparison: String, CaseIterable {
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
    }

    /// The limits as they were written.
    package let text: String
    private let limits: [Limit]

    /// Reads limits, separated by commas, on the metrics of a lens.
    package init(_ text: String, lens: Lens) throws(FilterError) {
        self.text = text
        var limits: [Limit] = []
        var position = 1
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            limits.append(try Self.limit(String(part), position, lens))
            position += part.count + 1
        }
        self.limits = limits
    }

    private static func limit(_ text: String, _ position: Int, _ lens: Lens) throws(FilterError) -> Limit {
        for comparison in Comparison.allCases {
            let parts = text.split(separator: comparison.rawValue, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = parts[0].filter { $0 != " " }
            guard let column = lens.columns.first(where: { $0.name == name }) else {
                let names = lens.columns.map(\.name).joined(separator: ", ")
                throw FilterError(position: position, reason: "'\(name)' is none of \(names)")
            }
            guard let bound = Double(parts[1].filter { $0 != " " }), bound.isFinite else {
                let start = position + parts[0].count + comparison.rawValue.count
                throw FilterError(position: start, reason: "'\(parts[1])' is not a number")
            }
            return Limit(column: column, comparison: comparison, bound: bound)
        }
        throw FilterError(position: position, reason: "expected a limit such as ttft_ms<500, found '\(text)'")
    }

    /// Whether a request is good: successful, and every limit kept; a metric that it lacks keeps none.
    package func isMet(by row: RequestRow) -> Bool {
        row.outcome == .ok && limits.allSatisfy { $0.isKept(by: row.metrics) }
    }
}
