// One copy of each text that many rows share: a million requests to four models name each model once.

import Core

/// Replaces equal texts of rows by one.
struct RowInterner {
    private var texts: Set<String> = []
    private var labels: Set<[String: String]> = []

    /// Texts that differ in every row are not worth keeping here.
    private static let limit = 1 << 16

    mutating func intern(_ row: inout RequestRow) {
        intern(&row.file)
        intern(&row.model)
        intern(&row.region)
        intern(&row.operation)
        intern(&row.promptID)
        intern(&row.latency)
        intern(&row.tier)
        intern(&row.servedLatency)
        intern(&row.servedTier)
        intern(&row.taskType)
        intern(&row.experiment)
        intern(&row.errorCode)
        intern(&row.stopReason)
        if !row.labels.isEmpty {
            if let index = labels.firstIndex(of: row.labels) {
                row.labels = labels[index]
            } else if labels.count < Self.limit {
                labels.insert(row.labels)
            }
        }
    }

    private mutating func intern(_ text: inout String?) {
        guard var value = text else { return }
        intern(&value)
        text = value
    }

    private mutating func intern(_ text: inout String) {
        // Up to 15 bytes lie within the row itself.
        guard text.utf8.count > 15 else { return }
        if let index = texts.firstIndex(of: text) {
            text = texts[index]
        } else if texts.count < Self.limit {
            texts.insert(text)
        }
    }
}
