// The headers of an event-stream message (Amazon event stream encoding, section Headers).

/// A header: a name of 1 to 255 UTF-8 bytes and a typed value.
public struct EventStreamHeader: Hashable, Sendable {
    /// The name; those that start with a colon have a meaning in the encoding itself.
    public var name: String
    /// The value.
    public var value: EventStreamHeaderValue

    /// Makes a header.
    public init(_ name: String, _ value: EventStreamHeaderValue) {
        self.name = name
        self.value = value
    }

    /// Makes a header whose value is a string, as every header that Bedrock sends.
    public init(_ name: String, _ value: String) {
        self.init(name, .string(value))
    }

    /// Whether name and value are within the lengths that the encoding can state.
    public var isEncodable: Bool {
        (1...255).contains(name.utf8.count) && value.isEncodable
    }
}

/// The value of a header; the encoding's type set is closed.
public enum EventStreamHeaderValue: Hashable, Sendable {
    case bool(Bool)
    case byte(Int8)
    case short(Int16)
    case integer(Int32)
    case long(Int64)
    /// At most 65,535 bytes.
    case bytes([UInt8])
    /// At most 65,535 bytes of UTF-8.
    case string(String)
    /// Milliseconds since 1970-01-01T00:00:00Z.
    case timestamp(milliseconds: Int64)
    /// 16 bytes in network order (RFC 9562).
    case uuid([UInt8])

    /// Whether the value is within the lengths that the encoding can state.
    public var isEncodable: Bool {
        switch self {
        case .bytes(let bytes): return bytes.count <= Int(UInt16.max)
        case .string(let text): return text.utf8.count <= Int(UInt16.max)
        case .uuid(let bytes): return bytes.count == 16
        case .bool, .byte, .short, .integer, .long, .timestamp: return true
        }
    }
}

/// The type byte that stands before a header's value.
package enum EventStreamHeaderType: UInt8 {
    case boolTrue = 0
    case boolFalse = 1
    case byte = 2
    case short = 3
    case integer = 4
    case long = 5
    case bytes = 6
    case string = 7
    case timestamp = 8
    case uuid = 9

    /// The number of bytes of a value; `nil` where two bytes before the value tell it.
    var valueByteCount: Int? {
        switch self {
        case .boolTrue, .boolFalse: return 0
        case .byte: return 1
        case .short: return 2
        case .integer: return 4
        case .long, .timestamp: return 8
        case .bytes, .string: return nil
        case .uuid: return 16
        }
    }
}
