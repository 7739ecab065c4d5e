// The grammar of filter expressions, by recursive descent:
//
//     or         = and *( "||" and )
//     and        = unary *( "&&" unary )
//     unary      = "!" unary / "(" or ")" / comparison
//     comparison = operand [ ( "==" / "!=" / "<" / "<=" / ">" / ">=" ) operand ]
//     operand    = column / text / number / "true" / "false" / "null"

/// Reads one expression over the columns of a schema.
struct FilterParser<Row> {
    private typealias Filter = RowFilter<Row>

    /// What an operand holds, for checks before there is a row.
    private enum Kind: String {
        case text = "text"
        case number = "a number"
        case flag = "true or false"
        case null = "null"
    }

    private let tokens: [FilterToken]
    private let schema: RowSchema<Row>
    private var index = 0
    private var depth = 0
    private static var depthLimit: Int { 200 }

    static func condition(
        _ expression: String,
        _ schema: RowSchema<Row>
    ) throws(FilterError) -> RowFilter<Row>.Condition {
        var parser = FilterParser(tokens: try FilterLexer.tokens(of: expression), schema: schema)
        let condition = try parser.or()
        guard parser.token.kind == .end else { throw parser.expected("&&, || or the end") }
        return condition
    }

    private init(tokens: [FilterToken], schema: RowSchema<Row>) {
        self.tokens = tokens
        self.schema = schema
    }

    /// The next word; the last one is always the end.
    private var token: FilterToken { tokens[index] }

    private func expected(_ what: String) -> FilterError {
        FilterError(position: token.position, reason: "expected \(what), found \(token.written)")
    }

    private mutating func takes(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    // MARK: Conditions

    private mutating func or() throws(FilterError) -> RowFilter<Row>.Condition {
        var condition = try and()
        while takes("||") { condition = .or(condition, try and()) }
        return condition
    }

    private mutating func and() throws(FilterError) -> RowFilter<Row>.Condition {
        var condition = try unary()
        while takes("&&") { condition = .and(condition, try unary()) }
        return condition
    }

    private mutating func unary() throws(FilterError) -> RowFilter<Row>.Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw FilterError(position: token.position, reason: "more than \(Self.depthLimit) levels of ! and (")
        }
        if takes("!") { return .not(try unary()) }
        guard takes("(") else { return try comparison() }
        let condition = try or()
        guard takes(")") else { throw expected(")") }
        return condition
    }

    private mutating func comparison() throws(FilterError) -> RowFilter<Row>.Condition {
        let start = token
        let left = try operand()
        guard case .symbol(let symbol) = token.kind, let comparator = RowFilter<Row>.Comparator(rawValue: symbol)
        else {
            guard left.kind == .flag else {
                throw left.kind == .text || left.kind == .number
                    ? expected("a comparison such as == or <")
                    : FilterError(position: start.position, reason: "\(start.written) alone says nothing")
            }
            return .flag(left.operand)
        }
        index += 1
        let second = token
        let right = try operand()
        let isOrdering = comparator != .equal && comparator != .notEqual
        if isOrdering, left.kind == .flag || left.kind == .null || right.kind == .null {
            throw FilterError(
                position: second.position,
                reason: "\(symbol) orders numbers and texts; compare \(left.kind.rawValue) with == or !="
            )
        }
        guard left.kind == right.kind || left.kind == .null || right.kind == .null else {
            throw FilterError(
                position: second.position,
                reason: "\(start.written) is \(left.kind.rawValue), but \(second.written) is \(right.kind.rawValue)"
            )
        }
        return .comparison(left.operand, comparator, right.operand)
    }

    // MARK: Operands

    private mutating func operand() throws(FilterError) -> (operand: RowFilter<Row>.Operand, kind: Kind) {
        let found: (RowFilter<Row>.Operand, Kind)
        switch token.kind {
        case .text(let text): found = (.literal(.text(text)), .text)
        case .integer(let value): found = (.literal(.integer(value)), .number)
        case .real(let value): found = (.literal(.real(value)), .number)
        case .name("true"): found = (.literal(.flag(true)), .flag)
        case .name("false"): found = (.literal(.flag(false)), .flag)
        case .name("null"): found = (.literal(.missing), .null)
        case .name(let name): found = try column(name)
        case .symbol, .end: throw expected("a column, a text, a number or null")
        }
        index += 1
        return found
    }

    private func column(_ name: String) throws(FilterError) -> (RowFilter<Row>.Operand, Kind) {
        if let column = schema.columns.first(where: { $0.name == name && $0.kind != .labels }) {
            let read = column.read
            let kind: Kind =
                switch column.kind {
                case .text, .instant, .labels, .json: .text
                case .integer, .real: .number
                case .flag: .flag
                }
            return (.column { Self.value(read($0)) }, kind)
        }
        let prefix = "label."
        if name.hasPrefix(prefix), let column = schema.columns.first(where: { $0.kind == .labels }) {
            let read = column.read
            let label = String(name.dropFirst(prefix.count))
            return (
                .column { row in
                    guard case .labels(let labels) = read(row) else { return .missing }
                    return labels[label].map { .text($0) } ?? .missing
                },
                .text
            )
        }
        throw FilterError(position: token.position, reason: "'\(name)' is no column; \(suggestion(for: name))")
    }

    private static func value(_ field: RowField) -> RowFilter<Row>.Value {
        switch field {
        case .text(let text), .json(let text): text.map { .text($0) } ?? .missing
        case .integer(let value): value.map { .integer($0) } ?? .missing
        case .real(let value): value.map { .real($0) } ?? .missing
        case .flag(let value): value.map { .flag($0) } ?? .missing
        case .instant(let instant): instant.map { .text(UTCText.text($0)) } ?? .missing
        case .labels: .missing
        }
    }

    /// The columns whose names share the most with what was written, or what to do instead.
    private func suggestion(for name: String) -> String {
        let near = schema.columns.map(\.name).filter { $0.hasPrefix(name.prefix(3)) || $0.contains(name) }
        return near.isEmpty || name.count < 3
            ? "texts stand in quotes, columns are those of 'requests'"
            : "did you mean \(near.joined(separator: ", "))?"
    }
}
