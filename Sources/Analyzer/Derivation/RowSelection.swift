// Some of the rows of a trace without a copy of them: a million rows exist once.

/// Rows by their indices, in the order of the indices.
struct RowSelection: Sendable {
    private let rows: [RequestRow]
    private let members: [Int]

    init(_ rows: [RequestRow], _ members: [Int]) {
        self.rows = rows
        self.members = members
    }

    /// All rows.
    init(_ rows: [RequestRow]) {
        self.init(rows, Array(rows.indices))
    }

    var count: Int { members.count }
    var isEmpty: Bool { members.isEmpty }

    /// Calls `body` with each row.
    ///
    /// A row is large: it is lent where it lies, since copying it costs more than reading it.
    func forEach(_ body: (RequestRow) -> Void) {
        rows.withUnsafeBufferPointer { rows in
            guard let first = rows.baseAddress else { return }
            for member in members { body(first[member]) }
        }
    }

    /// What `transform` makes of each row.
    func map<Value>(_ transform: (RequestRow) -> Value) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(members.count)
        forEach { values.append(transform($0)) }
        return values
    }

    /// How many rows a condition holds for.
    func count(where isCounted: (RequestRow) -> Bool) -> Int {
        var count = 0
        forEach { if isCounted($0) { count += 1 } }
        return count
    }

    /// The rows for which a condition holds.
    func filtered(_ isKept: (RequestRow) -> Bool) -> RowSelection {
        var kept: [Bool] = []
        kept.reserveCapacity(count)
        forEach { kept.append(isKept($0)) }
        return RowSelection(rows, zip(members, kept).filter(\.1).map(\.0))
    }
}

extension RowSelection: RandomAccessCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { members.count }
    subscript(position: Int) -> RequestRow { rows[members[position]] }
}
