// Time zones from the host's own database (RFC 9636, "The Time Zone Information Format"): FoundationEssentials knows no
// named zone without ICU.

/// A zone's offsets from UTC over time.
package struct TimeZoneTable: Hashable, Sendable {
    /// For example `Europe/Berlin`.
    package let name: String
    /// Seconds since the epoch at which an offset begins, rising.
    private var starts: [Int] = []
    /// The offsets that begin there, seconds east of UTC.
    private var offsets: [Int] = []
    private var firstOffset = 0
    /// What holds after the last start.
    private var rule: PosixTimeRule?

    /// UTC itself, which needs no file.
    package static let utc = TimeZoneTable(name: "UTC")

    private init(name: String) {
        self.name = name
    }

    /// Seconds east of UTC at an instant.
    package func offset(secondsSinceEpoch seconds: Int) -> Int {
        guard let last = starts.last else { return rule?.offset(secondsSinceEpoch: seconds) ?? firstOffset }
        if seconds >= last, let rule { return rule.offset(secondsSinceEpoch: seconds) }
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffset : offsets[low - 1]
    }

    /// Reads a TZif file.
    ///
    /// - Returns: `nil` for bytes that are none.
    package init?(name: String, bytes: [UInt8]) {
        self.init(name: name)
        guard let first = Block(bytes[...], timeByteCount: 4) else { return nil }
        guard first.version >= UInt8(ascii: "2") else {
            guard first.read(into: &self) else { return nil }
            return
        }
        guard let second = Block(bytes[first.end...], timeByteCount: 8), second.read(into: &self) else { return nil }
        let footer = bytes[second.end...].dropFirst().prefix { $0 != 0x0A }
        rule = PosixTimeRule(String(decoding: footer, as: UTF8.self))
    }

    /// One header with the data behind it.
    private struct Block {
        let version: UInt8
        let end: Int
        private let bytes: ArraySlice<UInt8>
        private let timeByteCount: Int
        private let timeCount: Int
        private let typeCount: Int

        init?(_ bytes: ArraySlice<UInt8>, timeByteCount: Int) {
            guard bytes.count >= 44, bytes.starts(with: Array("TZif".utf8)) else { return nil }
            let start = bytes.startIndex
            version = bytes[start + 4]
            let counts = (0..<6).map { Self.integer(bytes, at: start + 20 + $0 * 4, byteCount: 4) }
            (timeCount, typeCount) = (counts[3], counts[4])
            let length =
                timeCount * (timeByteCount + 1) + typeCount * 6 + counts[5] + counts[2] * (timeByteCount + 4)
                + counts[1] + counts[0]
            guard counts.allSatisfy({ $0 >= 0 }), typeCount > 0, bytes.count >= 44 + length else { return nil }
            self.bytes = bytes
            self.timeByteCount = timeByteCount
            end = start + 44 + length
        }

        func read(into table: inout TimeZoneTable) -> Bool {
            let times = bytes.startIndex + 44
            let indexes = times + timeCount * timeByteCount
            let types = indexes + timeCount
            func offset(_ type: Int) -> Int { Self.integer(bytes, at: types + type * 6, byteCount: 4) }
            for index in 0..<timeCount {
                let type = Int(bytes[indexes + index])
                guard type < typeCount else { return false }
                table.starts.append(
                    Self.integer(bytes, at: times + index * timeByteCount, byteCount: timeByteCount)
                )
                table.offsets.append(offset(type))
            }
            table.firstOffset = offset(0)
            return true
        }

        /// A signed big-endian number.
        private static func integer(_ bytes: ArraySlice<UInt8>, at offset: Int, byteCount: Int) -> Int {
            let first = Int(Int8(bitPattern: bytes[offset]))
            return bytes[(offset + 1)..<(offset + byteCount)].reduce(first) { $0 << 8 | Int($1) }
        }
    }
}
