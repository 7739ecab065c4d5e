// Writes JSON text (RFC 8259) straight into bytes, members in the order in which they are given, so that equal input
// gives equal bytes.

/// Appends one JSON value after another to a buffer.
///
/// ```swift
/// var json = JSONWriter()
/// json.object { json in
///     json.member("n", 3)
///     json.member("key") { json in json.array { json in json.value("a") } }
/// }
/// ```
public struct JSONWriter: Sendable {
    /// The text so far, UTF-8.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Starts with an empty text.
    public init() {}

    /// The text so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes an object whose members `body` writes.
    public mutating func object<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        try body(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Writes an array whose elements `body` writes.
    public mutating func array<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        try body(&self)
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// Writes a member whose value `body` writes.
    public mutating func member<Failure: Error>(
        _ key: String,
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        JSONEscapes.append(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
        try body(&self)
        needsComma = true
    }

    /// Writes a string, or `null`.
    public mutating func value(_ text: String?) {
        separate()
        if let text {
            JSONEscapes.append(text, to: &bytes)
        } else {
            bytes.append(contentsOf: "null".utf8)
        }
        needsComma = true
    }

    /// Writes a number in its shortest form that reads back the same; `null` where it is missing or not finite.
    public mutating func value(_ number: Double?) {
        guard let number, number.isFinite else {
            raw("null")
            return
        }
        if number == number.rounded(.towardZero), abs(number) <= 9_007_199_254_740_992 {
            raw(String(Int64(number)))
        } else {
            raw(number.description)
        }
    }

    /// Writes a whole number, or `null`.
    public mutating func value<Value: BinaryInteger>(_ number: Value?) {
        raw(number.map { String($0) } ?? "null")
    }

    /// Writes `true`, `false` or `null`.
    public mutating func value(_ flag: Bool?) {
        raw(flag.map { $0 ? "true" : "false" } ?? "null")
    }

    /// Writes `text` as it is; it must be one valid JSON value.
    public mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    /// Writes a member with a string, or `null`.
    public mutating func member(_ key: String, _ text: String?) {
        member(key) { $0.value(text) }
    }

    /// Writes a member with a number, or `null`.
    public mutating func member(_ key: String, _ number: Double?) {
        member(key) { $0.value(number) }
    }

    /// Writes a member with a whole number, or `null`.
    public mutating func member<Value: BinaryInteger>(_ key: String, _ number: Value?) {
        member(key) { $0.value(number) }
    }

    /// Writes a member with `true`, `false` or `null`.
    public mutating func member(_ key: String, _ flag: Bool?) {
        member(key) { $0.value(flag) }
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }
}
