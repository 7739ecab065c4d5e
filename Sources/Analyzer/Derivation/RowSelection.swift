// Some of the rows of a trace without a copy of them: a million rows exist once.

/// Rows by their indices, in the order of the indices.
struct RowSelection: RandomAccessCollection, Sendable {
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

    var startIndex: Int { 0 }
    var endIndex: Int { members.count }
    subscript(position: Int) -> RequestRow { rows[members[position]] }

    /// The rows for which a condition holds.
    func filtered(_ isKept: (RequestRow) -> Bool) -> RowSelection {
        RowSelection(rows, members.filter { isKept(rows[$0]) })
    }
}
