// A pull parser over the bytes of one JSON text (RFC 8259): it builds no tree and copies nothing that nobody asks for.

/// The kind of a JSON value, told from its first byte.
public enum JSONKind: Hashable, Sendable {
    case object, array, string, number, bool, null
}

/// A JSON string where it lies: the bytes between its quotes.
public struct JSONStringSlice: Hashable, Sendable {
    /// The bytes between the quotes, as offsets into the text.
    public var range: Range<Int>
    /// Whether any of them is a backslash, so that the bytes are not the string itself.
    public var hasEscapes: Bool

    /// Whether the string is `""`.
    @inlinable
    public var isEmpty: Bool { range.isEmpty }
}

/// A position within a JSON text, moving forward value by value.
///
/// An object is read as `try cursor.enterObject()`, then `while let key = try cursor.nextKey()` with exactly one value
/// read or skipped for each key; an array as `enterArray()`, then `while try cursor.nextElement()`.
public struct JSONCursor: ~Escapable {
    /// The deepest nesting that ``skipValue()`` follows.
    public static let maximumDepth = 512

    private let bytes: RawSpan
    /// The offset of the next byte to be read.
    public private(set) var offset: Int

    /// Starts at the first byte of `bytes`.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.bytes = bytes
        self.offset = 0
    }

    // MARK: Structure

    /// The kind of the value that comes next.
    ///
    /// - Throws: `JSONError` at the end of the text or before a byte that starts no value.
    public mutating func peek() throws(JSONError) -> JSONKind {
        skipWhitespace()
        switch byte() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number
        default: throw expected("a value")
        }
    }

    /// Steps over the opening brace of an object.
    public mutating func enterObject() throws(JSONError) {
        try consume(UInt8(ascii: "{"), "an object")
        atFirstMember = true
    }

    /// Steps over the next key and its colon; `nil` past the closing brace.
    public mutating func nextKey() throws(JSONError) -> JSONStringSlice? {
        guard try nextMember(closing: UInt8(ascii: "}")) else { return nil }
        let key = try stringSlice()
        try consume(UInt8(ascii: ":"), "':'")
        return key
    }

    /// Steps over the opening bracket of an array.
    public mutating func enterArray() throws(JSONError) {
        try consume(UInt8(ascii: "["), "an array")
        atFirstMember = true
    }

    /// Whether another element follows; steps over the comma before it, or over the closing bracket.
    public mutating func nextElement() throws(JSONError) -> Bool {
        try nextMember(closing: UInt8(ascii: "]"))
    }

    /// Checks that nothing but white space follows.
    public mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard offset == bytes.byteCount else { throw expected("the end of the text") }
    }

    // MARK: Values

    /// Steps over a string and tells where it lies; its escapes are checked, its UTF-8 is left to ``text(_:)``.
    public mutating func stringSlice() throws(JSONError) -> JSONStringSlice {
        try consume(UInt8(ascii: "\""), "a string")
        let start = offset
        var hasEscapes = false
        while true {
            skipPlainBytes()
            switch byte() {
            case UInt8(ascii: "\""):
                offset += 1
                atFirstMember = false
                return JSONStringSlice(range: start..<(offset - 1), hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                guard let length = JSONEscapes.length(in: bytes, at: offset) else {
                    throw expected("an escape of JSON")
                }
                offset += length
            case nil: throw expected("the closing quote of a string")
            default: throw expected("no control character within a string")
            }
        }
    }

    /// Steps over a string and decodes it.
    public mutating func string() throws(JSONError) -> String {
        let slice = try stringSlice()
        return try text(slice)
    }

    /// Steps over a string or `null`.
    public mutating func optionalString() throws(JSONError) -> String? {
        try skipNull() ? nil : string()
    }

    /// Steps over a number and gives the nearest `Double`.
    public mutating func double() throws(JSONError) -> Double {
        let range = try number()
        guard let value = real(range) else {
            throw JSONError(offset: range.lowerBound, expected: "a number within the range of Double")
        }
        return value
    }

    /// Steps over a whole number; `3.0` and `3e0` are whole numbers too, since services write them.
    public mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(JSONError) -> Value {
        let range = try number()
        guard let value = wholeNumber(range, as: type) else {
            throw JSONError(offset: range.lowerBound, expected: "a whole number within the range of \(type)")
        }
        return value
    }

    /// Steps over a whole number or `null`.
    public mutating func optionalInteger<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self
    ) throws(JSONError) -> Value? {
        try skipNull() ? nil : integer(type)
    }

    /// Steps over `true` or `false`.
    public mutating func bool() throws(JSONError) -> Bool {
        skipWhitespace()
        if consumeWord("true") { return true }
        if consumeWord("false") { return false }
        throw expected("true or false")
    }

    /// Steps over `null` if it comes next, and says whether it did.
    public mutating func skipNull() throws(JSONError) -> Bool {
        skipWhitespace()
        guard byte() == UInt8(ascii: "n") else { return false }
        guard consumeWord("null") else { throw expected("null") }
        return true
    }

    /// Steps over one value of any kind, and tells where it lies.
    @discardableResult
    public mutating func skipValue() throws(JSONError) -> Range<Int> {
        skipWhitespace()
        let start = offset
        try skipValue(depth: 0)
        return start..<offset
    }

    // MARK: Slices

    /// Whether the bytes of `slice` are exactly `text`; a string with escapes is decoded first.
    public func matches(_ slice: JSONStringSlice, _ text: StaticString) -> Bool {
        if slice.hasEscapes {
            return (try? self.text(slice)) == text.description
        }
        return bytes.matches(slice.range, text)
    }

    /// The string that `slice` stands for.
    ///
    /// - Throws: `JSONError` at a bad escape or bytes that are not UTF-8.
    public func text(_ slice: JSONStringSlice) throws(JSONError) -> String {
        guard slice.hasEscapes else {
            let decoded = bytes.extracting(slice.range).withUnsafeBytes { String(validating: $0, as: UTF8.self) }
            guard let decoded else { throw JSONError(offset: slice.range.lowerBound, expected: "UTF-8") }
            return decoded
        }
        return try JSONEscapes.decode(bytes.extracting(slice.range), at: slice.range.lowerBound)
    }

    /// The number of UTF-8 bytes of the string that `slice` stands for, counted without building it.
    public func utf8Count(_ slice: JSONStringSlice) throws(JSONError) -> Int {
        guard slice.hasEscapes else { return slice.range.count }
        return try JSONEscapes.utf8Count(bytes.extracting(slice.range), at: slice.range.lowerBound)
    }

    // MARK: Bytes

    private var atFirstMember = false

    @inline(__always)
    private func load(_ index: Int) -> UInt8 {
        bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self)
    }

    @inline(__always)
    private func byte() -> UInt8? {
        offset < bytes.byteCount ? load(offset) : nil
    }

    private func expected(_ what: String) -> JSONError {
        JSONError(offset: offset, expected: what)
    }

    /// Steps over bytes that mean themselves within a string, eight at a time.
    ///
    /// A byte is zero in `x` where `(x - 0x01…) & ~x & 0x80…` has its top bit set; the lowest such bit is exact.
    private mutating func skipPlainBytes() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while bytes.byteCount - offset >= 8 {
            let word = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let stops =
                ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
                | ((word &- ones &* 0x20) & ~word)
            guard stops & tops == 0 else {
                offset += (stops & tops).trailingZeroBitCount / 8
                return
            }
            offset += 8
        }
        while let next = byte(), next >= 0x20, next != UInt8(ascii: "\""), next != UInt8(ascii: "\\") { offset += 1 }
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while let next = byte(), next <= 0x20, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 {
            offset += 1
        }
    }

    @inline(__always)
    private mutating func consume(_ wanted: UInt8, _ what: String) throws(JSONError) {
        skipWhitespace()
        guard byte() == wanted else { throw expected(what) }
        offset += 1
    }

    private mutating func consumeWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.byteCount - offset >= count else { return false }
        guard bytes.matches(offset..<(offset + count), word) else { return false }
        offset += count
        atFirstMember = false
        return true
    }

    @inline(__always)
    private mutating func nextMember(closing: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        if byte() == closing {
            offset += 1
            atFirstMember = false
            return false
        }
        if atFirstMember {
            atFirstMember = false
            return true
        }
        try consume(UInt8(ascii: ","), closing == UInt8(ascii: "}") ? "',' or '}'" : "',' or ']'")
        skipWhitespace()
        guard byte() != closing else { throw expected("a value after ','") }
        return true
    }

    /// Steps over a number and checks its grammar (RFC 8259, section 6).
    mutating func number() throws(JSONError) -> Range<Int> {
        skipWhitespace()
        let start = offset
        if byte() == UInt8(ascii: "-") { offset += 1 }
        if byte() == UInt8(ascii: "0") {
            offset += 1
        } else {
            try digits()
        }
        if byte() == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
            offset += 1
            if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        atFirstMember = false
        return start..<offset
    }

    /// The finite value nearest to the number in `range`.
    func real(_ range: Range<Int>) -> Double? {
        let text = bytes.extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The number in `range` where it is whole and a `Value` can hold it.
    func wholeNumber<Value: FixedWidthInteger>(_ range: Range<Int>, as type: Value.Type) -> Value? {
        let isNegative = load(range.lowerBound) == UInt8(ascii: "-")
        var index = range.lowerBound + (isNegative ? 1 : 0)
        var value: Value? = 0
        while index < range.upperBound {
            let digit = load(index) &- UInt8(ascii: "0")
            // A fraction or an exponent follows; they are rare.
            guard digit <= 9 else { return real(range).flatMap { Value(exactly: $0) } }
            value = value.flatMap { value in
                let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
                let (sum, carried) =
                    isNegative
                    ? product.subtractingReportingOverflow(Value(digit)) : product.addingReportingOverflow(Value(digit))
                return overflowed || carried ? nil : sum
            }
            index += 1
        }
        return value
    }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while let next = byte(), next &- UInt8(ascii: "0") <= 9 { offset += 1 }
        guard offset > start else { throw expected("a number") }
    }

    private mutating func skipValue(depth: Int) throws(JSONError) {
        guard depth < Self.maximumDepth else { throw expected("at most \(Self.maximumDepth) levels of nesting") }
        switch try peek() {
        case .object:
            try enterObject()
            while try nextKey() != nil { try skipValue(depth: depth + 1) }
        case .array:
            try enterArray()
            while try nextElement() { try skipValue(depth: depth + 1) }
        case .string: _ = try stringSlice()
        case .number: _ = try number()
        case .bool: _ = try bool()
        case .null: _ = try skipNull()
        }
    }
}
