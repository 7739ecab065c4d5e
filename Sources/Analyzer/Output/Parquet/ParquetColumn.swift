// One column of a row group while its rows come: values by type, and which rows have none.

import Core

/// The values of one column; a row without a value has only its mark.
struct ParquetColumn {
    /// Parquet's physical types.
    enum PhysicalType: Int32 {
        case boolean = 0
        case int64 = 2
        case double = 5
        case byteArray = 6
    }

    let name: String
    let kind: RowField.Kind
    /// 1 where the row has a value (the definition level), 0 where it has none.
    private(set) var levels: [UInt32] = []
    private(set) var flags: [Bool] = []
    private(set) var integers: [Int64] = []
    private(set) var reals: [Double] = []
    private(set) var texts = ValueDictionary<String>()

    init(name: String, kind: RowField.Kind) {
        self.name = name
        self.kind = kind
    }

    var physicalType: PhysicalType {
        switch kind {
        case .flag: .boolean
        case .integer, .instant: .int64
        case .real: .double
        case .text, .labels, .json: .byteArray
        }
    }

    var nullCount: Int { levels.count { $0 == 0 } }

    /// Takes the value of the next row; a number that is none counts as missing.
    mutating func append(_ field: RowField) {
        switch field {
        case .text(let text), .json(let text): keep(text) { $0.texts.append($1) }
        case .integer(let value): keep(value) { $0.integers.append($1) }
        case .real(let value): keep(value.flatMap { $0.isNaN ? nil : $0 }) { $0.reals.append($1) }
        case .flag(let value): keep(value) { $0.flags.append($1) }
        case .labels(let labels): keep(Self.json(labels)) { $0.texts.append($1) }
        // Microseconds: Spark refuses nanoseconds, and dispatched_ns has them.
        case .instant(let instant):
            keep(instant) { $0.integers.append(Int64($1.nanosecondsSinceEpoch / 1_000)) }
        }
    }

    private mutating func keep<Value>(_ value: Value?, _ append: (inout ParquetColumn, Value) -> Void) {
        levels.append(value == nil ? 0 : 1)
        if let value { append(&self, value) }
    }

    /// The labels as a JSON object, names in order.
    private static func json(_ labels: [String: String]) -> String {
        var json = JSONWriter()
        json.object { json in
            for (name, value) in labels.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
        }
        return json.text
    }
}

/// Values by the order of their first appearance, and each row's place among them.
struct ValueDictionary<Value: Hashable> {
    private(set) var values: [Value] = []
    private(set) var indexes: [UInt32] = []
    private var places: [Value: UInt32] = [:]

    mutating func append(_ value: Value) {
        if let place = places[value] {
            indexes.append(place)
        } else {
            places[value] = UInt32(values.count)
            indexes.append(UInt32(values.count))
            values.append(value)
        }
    }
}
