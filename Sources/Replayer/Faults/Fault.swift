// Which faults there are, how often each is wanted, and how both are written: `throttle=5%`.

/// A share from 0 to 1, written `5%` or `0.05`.
enum Rate {
    /// Reads a share; `nil` where `text` is none.
    static func parse(_ text: String) -> Double? {
        let isPercentage = text.hasSuffix("%")
        guard let number = Double(isPercentage ? text.dropLast() : text[...]), number.isFinite else { return nil }
        let share = isPercentage ? number / 100 : number
        return (0...1).contains(share) ? share : nil
    }
}

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

    /// Every name that a fault goes by.
    package static var names: [String] {
        plain.keys.sorted() + AWSError.modelled.map(\.type) + streamExceptions
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

/// What is wrong with the text of a fault.
package struct FaultSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
}

/// A fault and the share of requests it meets.
package struct FaultRate: Hashable, Sendable {
    /// The name the fault was given by, which the log repeats.
    package var name: String
    package var kind: FaultKind
    /// From 0 to 1.
    package var rate: Double

    /// Reads a fault's name and rate.
    package init(kind name: String, rate: String) throws(FaultSyntaxError) {
        guard let kind = FaultKind(name: name) else {
            throw FaultSyntaxError(
                description: "'\(name)' is no fault; expected one of: \(FaultKind.names.joined(separator: ", "))"
            )
        }
        guard let share = Rate.parse(rate) else {
            throw FaultSyntaxError(description: "'\(rate)' is no rate; expected for example 5% or 0.05")
        }
        self.name = name
        self.kind = kind
        self.rate = share
    }

    /// Reads `name=rate`.
    package init(_ text: String) throws(FaultSyntaxError) {
        guard let equals = text.firstIndex(of: "=") else {
            throw FaultSyntaxError(description: "'\(text)' has no rate; expected NAME=RATE, for example throttle=5%")
        }
        try self.init(kind: String(text[..<equals]), rate: String(text[text.index(after: equals)...]))
    }
}
