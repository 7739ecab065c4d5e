// Which rows an expression such as `ttft_ms > 500 && model == "m"` keeps (`--where`, docs/cli.md).

import Core

/// A condition on rows, made from text once and asked of every row.
///
/// A missing value equals `null` and nothing else, and is neither below nor above anything.
struct RowFilter<Row>: Sendable {
    /// A value that an expression compares.
    enum Value: Hashable, Sendable {
        case missing
        case text(String)
        case integer(Int64)
        case real(Double)
        case flag(Bool)
    }

    enum Comparator: String, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// One side of a comparison.
    enum Operand: Sendable {
        case literal(Value)
        case column(@Sendable (Row) -> Value)
    }

    indirect enum Condition: Sendable {
        case always
        case comparison(Operand, Comparator, Operand)
        case flag(Operand)
        case not(Condition)
        case and(Condition, Condition)
        case or(Condition, Condition)
    }

    private let condition: Condition

    /// Keeps every row.
    init() {
        condition = .always
    }

    /// Reads an expression over the columns of a schema.
    init(_ expression: String, _ schema: RowSchema<Row>) throws(FilterError) {
        condition = try FilterParser.condition(expression, schema)
    }

    /// Whether the row satisfies the condition.
    func keeps(_ row: Row) -> Bool {
        Self.holds(condition, row)
    }

    private static func holds(_ condition: Condition, _ row: Row) -> Bool {
        switch condition {
        case .always: true
        case .flag(let operand): value(operand, row) == .flag(true)
        case .not(let inner): !holds(inner, row)
        case .and(let first, let second): holds(first, row) && holds(second, row)
        case .or(let first, let second): holds(first, row) || holds(second, row)
        case .comparison(let left, let comparator, let right):
            compare(value(left, row), comparator, value(right, row))
        }
    }

    private static func value(_ operand: Operand, _ row: Row) -> Value {
        switch operand {
        case .literal(let value): value
        case .column(let read): read(row)
        }
    }

    private static func compare(_ left: Value, _ comparator: Comparator, _ right: Value) -> Bool {
        let order: Order? =
            switch (left, right) {
            case (.text(let a), .text(let b)): Order(bytes: a, b)
            case (.integer(let a), .integer(let b)): Order(a, b)
            case (.integer(let a), .real(let b)): Order(Double(a), b)
            case (.real(let a), .integer(let b)): Order(a, Double(b))
            case (.real(let a), .real(let b)): Order(a, b)
            default: left == right ? .equal : nil
            }
        switch comparator {
        case .equal: return order == .equal
        case .notEqual: return order != .equal
        case .less: return order == .less
        case .greater: return order == .greater
        case .lessOrEqual, .greaterOrEqual:
            if left == .missing { return false }
            return order == .equal || order == (comparator == .lessOrEqual ? .less : .greater)
        }
    }

    private enum Order {
        case less
        case equal
        case greater

        init<Number: Comparable>(_ a: Number, _ b: Number) {
            self = a < b ? .less : a == b ? .equal : .greater
        }

        /// By UTF-8 bytes, the same everywhere.
        init(bytes a: String, _ b: String) {
            let isEqual = a.utf8.elementsEqual(b.utf8)
            self = isEqual ? .equal : a.utf8.lexicographicallyPrecedes(b.utf8) ? .less : .greater
        }
    }
}
