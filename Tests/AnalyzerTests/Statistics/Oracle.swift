// The reference numbers of scipy, R, arch and mpmath that the statistics are held against, read from beside the checkout.

import Foundation
import TestSupport
import Testing

/// A value of the oracle's JSON, whose non-finite numbers are strings.
///
/// JSONSerialization is of no use here: it rounds numbers of 17 digits to their neighbours.
enum OracleValue: Decodable, Sendable, CustomTestStringConvertible {
    case missing
    case boolean(Bool)
    case double(Double)
    case string(String)
    case array([OracleValue])
    case object([String: OracleValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode([OracleValue].self) {
            self = .array(value)
        } else if let value = try? container.decode([String: OracleValue].self) {
            self = .object(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else {
            self = .missing
        }
    }

    subscript(key: String) -> OracleValue {
        guard case .object(let values) = self else { return .missing }
        return values[key] ?? .missing
    }

    subscript(index: Int) -> OracleValue {
        let values = items
        return values.indices.contains(index) ? values[index] : .missing
    }

    var keys: [String] {
        guard case .object(let values) = self else { return [] }
        return values.keys.sorted()
    }

    var items: [OracleValue] {
        guard case .array(let values) = self else { return [] }
        return values
    }

    var isNull: Bool {
        guard case .missing = self else { return false }
        return true
    }

    var text: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    var bool: Bool? {
        guard case .boolean(let value) = self else { return nil }
        return value
    }

    var number: Double? {
        switch self {
        case .double(let value): value
        case .string(let value): ["NaN": Double.nan, "Infinity": .infinity, "-Infinity": -.infinity][value]
        default: nil
        }
    }

    var int: Int? { number.flatMap { Int(exactly: $0) } }
    var unsigned: UInt64? { text.flatMap { UInt64($0) } }

    /// All numbers of an array, NaN and infinities included.
    var numbers: [Double] { items.compactMap(\.number) }

    var testDescription: String { String(String(describing: self).prefix(60)) }
}

enum Oracle {
    static let path = "data/stats_oracle.json"
    static let isPresent = SharedData.has(path)
    static let absent: Comment = "the reference numbers are not beside this checkout"

    static let root: OracleValue = {
        guard let data = try? Data(contentsOf: SharedData.url(path)) else { return .missing }
        return (try? JSONDecoder().decode(OracleValue.self, from: data)) ?? .missing
    }()

    /// Whether a jackknife acceleration in the reference is ±1/(6√n): rounding noise of equal replicates, where the true value is 0/0.
    static func isRoundingNoise(acceleration: Double?, count: Int) -> Bool {
        guard let acceleration, count > 0 else { return false }
        return abs(abs(acceleration) * 6 * Double(count).squareRoot() - 1) < 1e-9
    }

    static let datasets: [String] = root["datasets"].keys

    static func names(_ section: String) -> [String] { root[section].keys }
}

/// Whether two numbers agree to a relative and an absolute tolerance; infinities must be equal.
func agrees(_ a: Double?, _ b: Double?, relative: Double = 1e-12, absolute: Double = 0) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    if a == b { return true }
    guard a.isFinite, b.isFinite else { return false }
    return abs(a - b) <= max(absolute, relative * max(abs(a), abs(b)))
}
