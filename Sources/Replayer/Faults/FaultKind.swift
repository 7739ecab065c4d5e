// The ways in which an answer can go wrong, and the names that they go by.

/// A way in which an answer goes wrong.
package enum FaultKind: Hashable, Sendable {
    /// The service refuses with the exception of that name.
    case error(String)
    /// The stream ends in an exception message of that name (lower camel case).
    case streamException(String)
    /// The connection is reset in mid-stream.
    case reset
    /// The connection is closed in mid-stream, without the last HTTP chunk.
    case close
    /// The body ends in the middle of a frame, and the HTTP response ends cleanly.
    case truncate
    /// The stream stops in the middle, and the connection stays open.
    case stall
    /// A frame's checksum is wrong.
    case corrupt
    /// The response's head trickles out over a second.
    case slowHeaders
    /// Many events leave in one write.
    case burst
    /// Every byte of the body leaves in a write of its own.
    case oneByte

    /// Whether the fault is one of event streams alone.
    var needsStream: Bool {
        switch self {
        case .streamException, .corrupt, .burst: true
        default: false
        }
    }

    /// The exceptions that a stream may end in, for both operations.
    static let streamExceptions = [
        "internalServerException", "modelStreamErrorException", "modelTimeoutException", "serviceUnavailableException",
        "throttlingException", "validationException",
    ]
    private static let plain: [String: FaultKind] = [
        "throttle": .error("ThrottlingException"), "exception": .streamException("modelStreamErrorException"),
        "reset": .reset, "close": .close, "truncate": .truncate, "stall": .stall, "corrupt": .corrupt,
        "slow-headers": .slowHeaders, "burst": .burst, "one-byte": .oneByte,
    ]

    /// The names of the service's errors.
    static var errorNames: [String] { AWSError.modelled.map(\.type) }

    /// The names of what happens to an answer's bytes.
    static var wireNames: [String] { plain.keys.filter { $0 != "throttle" && $0 != "exception" }.sorted() }

    /// Every name that a fault goes by.
    package static var names: [String] {
        plain.keys.sorted() + errorNames + streamExceptions
    }

    init?(name: String) {
        if let kind = Self.plain[name] {
            self = kind
        } else if AWSError.modelled.contains(where: { $0.type == name }) {
            self = .error(name)
        } else if Self.streamExceptions.contains(name) {
            self = .streamException(name)
        } else {
            return nil
        }
    }
}
