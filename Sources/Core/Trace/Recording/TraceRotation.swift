// When a recording goes on in a new file, and what its files are called.

/// When a segment is full.
public struct TraceRotation: Hashable, Sendable {
    /// A segment is closed this long after its start.
    public var interval: Nanoseconds?
    /// A segment is closed once it holds this many bytes.
    public var byteCount: UInt64?

    /// The format's default: an hour or 1 GiB, whichever is first.
    public static let standard = TraceRotation(interval: .seconds(3600), byteCount: 1 << 30)

    /// Makes a rule; without either limit a recording is one segment.
    public init(interval: Nanoseconds? = nil, byteCount: UInt64? = nil) {
        self.interval = interval
        self.byteCount = byteCount
    }

    /// Reads a rule as people write it: `1h`, `30m`, `512MiB`, or both with a comma between them; `nil` for anything else.
    public init?(_ text: String) {
        self.init()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            guard let number = UInt64(digits), number > 0 else { return nil }
            let unit = String(part.dropFirst(digits.count))
            if let seconds = Self.seconds[unit], interval == nil, number <= 1_000_000 {
                interval = .seconds(Int64(number) * seconds)
            } else if let size = Self.byteCounts[unit], byteCount == nil, number <= 1 << 20 {
                byteCount = number * size
            } else {
                return nil
            }
        }
    }

    private static let seconds: [String: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    private static let byteCounts: [String: UInt64] = [
        "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000,
    ]
}

/// Where a recording goes.
public enum TraceDestination: Hashable, Sendable {
    /// Into one file.
    case file(path: String, replacesExisting: Bool)
    /// Into segments in a folder, which is created where it is missing.
    case folder(path: String, rotation: TraceRotation)
}

extension TraceDestination {
    /// A segment's name: the run, the segment's start in UTC, its number; names sort in the order of writing.
    static func segmentName(runID: String, start: TraceInstant, number: Int) -> String {
        let digits = String(number)
        let padding = String(repeating: "0", count: max(0, 5 - digits.count))
        return "\(runID)-\(CivilTime(start).compactText)-\(padding)\(digits).mcap"
    }
}
