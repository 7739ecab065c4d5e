// What requests are grouped by.

import Core

/// One part of a group's key.
package enum GroupKey: Hashable, Sendable, CustomStringConvertible {
    case model
    case region
    case latency
    case servedLatency
    case tier
    case operation
    case prompt
    case taskType
    case experiment
    case file
    case hour
    case concurrency
    case connection
    case label(String)

    /// The key by default, as in AWS's notebook.
    package static let standard: [GroupKey] = [.model, .region, .latency]

    private static let named: [(name: String, key: GroupKey)] = [
        ("model", .model), ("region", .region), ("latency", .latency), ("served_latency", .servedLatency),
        ("tier", .tier), ("operation", .operation), ("prompt", .prompt), ("task_type", .taskType),
        ("experiment", .experiment), ("file", .file), ("hour", .hour), ("concurrency", .concurrency),
        ("connection", .connection),
    ]

    /// Every name that is understood.
    package static let names = named.map(\.name) + ["label.NAME"]

    /// The key part of that name.
    package init?(_ name: String) {
        if let key = Self.named.first(where: { $0.name == name })?.key {
            self = key
        } else if name.hasPrefix("label."), name.utf8.count > "label.".utf8.count {
            self = .label(String(name.dropFirst("label.".count)))
        } else {
            return nil
        }
    }

    package var description: String {
        if case .label(let name) = self { return "label.\(name)" }
        return Self.named.first { $0.key == self }?.name ?? ""
    }

    /// A request's value for this part; `nil` where it has none.
    package func value(of row: RequestRow) -> String? {
        switch self {
        case .model: row.model
        case .region: row.region
        case .latency: row.latency
        case .servedLatency: row.servedLatency
        case .tier: row.tier
        case .operation: row.operation
        case .prompt: row.promptID
        case .taskType: row.taskType
        case .experiment: row.experiment
        case .file: row.file
        case .hour: Self.hourOfDay(row.dispatched)
        case .concurrency: row.concurrency.map { "\($0)" }
        case .connection: row.connection
        case .label(let name): row.labels[name]
        }
    }

    /// The hour of day, UTC, two digits.
    private static func hourOfDay(_ instant: TraceInstant) -> String {
        let hour = instant.nanosecondsSinceEpoch / 3_600_000_000_000 % 24
        return hour < 10 ? "0\(hour)" : "\(hour)"
    }
}
