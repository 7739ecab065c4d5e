// Which prompt each request belongs to, and the how-manieth time it was asked: what intervals and pairs must respect.

import Core

/// Prompts and repeats of rows, parallel to them.
struct RecordingDesign: Sendable {
    /// The number of the row's prompt.
    let prompts: [Int]
    /// How often the prompt had been asked before in these rows, in order of dispatch.
    let repeats: [Int]

    /// Numbers prompts through `numbers`, so that two arms of a comparison share their numbering; `unit` says what
    /// counts as the same prompt.
    init(
        _ rows: some RandomAccessCollection<RequestRow>,
        numbers: inout [String: Int],
        unit: (RequestRow) -> String = { $0.promptID }
    ) {
        var prompts: [Int] = []
        var dispatched: [TraceInstant] = []
        prompts.reserveCapacity(rows.count)
        dispatched.reserveCapacity(rows.count)
        for row in rows {
            dispatched.append(row.dispatched)
            let name = unit(row)
            let number = numbers[name] ?? numbers.count
            numbers[name] = number
            prompts.append(number)
        }
        var seen: [Int: Int] = [:]
        var repeats = [Int](repeating: 0, count: rows.count)
        // Ties by position, so that the order does not depend on the sort.
        let order = dispatched.indices.sorted { (dispatched[$0], $0) < (dispatched[$1], $1) }
        for index in order {
            repeats[index] = seen[prompts[index], default: 0]
            seen[prompts[index], default: 0] += 1
        }
        self.prompts = prompts
        self.repeats = repeats
    }

    /// The design of one group of rows.
    init(_ rows: RowSelection, numbers: inout [String: Int], unit: (RequestRow) -> String = { $0.promptID }) {
        var prompts: [Int] = []
        prompts.reserveCapacity(rows.count)
        rows.forEach { row in
            let name = unit(row)
            let number = numbers[name] ?? numbers.count
            if number == numbers.count { numbers[name] = number }
            prompts.append(number)
        }
        let dispatched = rows.map(\.dispatched)
        var seen: [Int: Int] = [:]
        var repeats = [Int](repeating: 0, count: rows.count)
        // Ties by position, so that the order does not depend on the sort.
        let order = dispatched.indices.sorted { (dispatched[$0], $0) < (dispatched[$1], $1) }
        for index in order {
            repeats[index] = seen[prompts[index], default: 0]
            seen[prompts[index], default: 0] += 1
        }
        self.prompts = prompts
        self.repeats = repeats
    }

    /// The design of one group of rows.
    init(_ rows: RowSelection) {
        var numbers: [String: Int] = [:]
        self.init(rows, numbers: &numbers)
    }

    /// Values of a metric with the design of the rows they come from.
    func arm(_ values: [(index: Int, value: Double)]) -> Arm {
        Arm(
            values: values.map(\.value),
            prompts: values.map { prompts[$0.index] },
            rounds: values.map { repeats[$0.index] }
        )
    }
}
