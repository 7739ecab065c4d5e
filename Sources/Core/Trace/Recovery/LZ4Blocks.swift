// An LZ4 frame taken apart block by block (LZ4 Frame Format 1.6), so that a damaged block costs itself and no other.

import CLZ4
import CXXHash

/// What could be had from a frame.
struct LZ4Blocks {
    /// The decompressed bytes; what a damaged block held is zeros.
    var bytes: [UInt8]
    /// The parts of `bytes` that are whole, rising.
    var whole: [Range<Int>]
    /// The damaged blocks: where they lie in the frame, and how long they are.
    var damaged: [Range<Int>]
    /// The number of bytes of the frame that were understood.
    var consumed: Int

    static let magic: [UInt8] = [0x04, 0x22, 0x4D, 0x18]
    /// The block size that traces are written with.
    private static let traceBlockByteCount = 256 << 10
    /// The largest chunk that is taken for one.
    private static let maximumContentByteCount: UInt64 = 1 << 30

    /// Takes a frame apart; `nil` where the frame's header is damaged, or blocks depend on each other or have no checksum.
    ///
    /// - Parameter frame: Bytes that begin with a frame; more may follow.
    init?(_ frame: RawSpan) {
        var reader = FieldReader(frame)
        guard reader.integer(UInt32.self) == 0x184D_2204, let flags = reader.integer(UInt8.self),
            let descriptor = reader.integer(UInt8.self)
        else { return nil }
        let hasIndependentBlocks = flags & 0x20 != 0
        let hasBlockChecksums = flags & 0x10 != 0
        let hasContentSize = flags & 0x08 != 0
        let hasContentChecksum = flags & 0x04 != 0
        let hasDictionary = flags & 0x01 != 0
        guard flags >> 6 == 1, hasIndependentBlocks, hasBlockChecksums, hasContentSize, !hasDictionary,
            let content = reader.integer(UInt64.self), content <= Self.maximumContentByteCount
        else { return nil }
        let headerEnd = reader.offset
        guard let checksum = reader.integer(UInt8.self),
            Self.xxh32(frame.extracting(4..<headerEnd)) >> 8 & 0xFF == UInt32(checksum)
        else { return nil }
        let blockByteCount = [4: 64 << 10, 5: 256 << 10, 6: 1 << 20, 7: 4 << 20][Int(descriptor >> 4 & 7)]
        guard let blockByteCount else { return nil }

        var output = [UInt8](repeating: 0, count: Int(content))
        var whole: [Range<Int>] = []
        var damaged: [Range<Int>] = []
        var position = 0
        while position < output.count {
            guard let header = reader.integer(UInt32.self), header != 0 else { break }
            let isRaw = header & 0x8000_0000 != 0
            let start = reader.offset - 4
            let target = position..<min(position + blockByteCount, output.count)
            guard let block = reader.range(UInt64(header & 0x7FFF_FFFF)), let stated = reader.integer(UInt32.self)
            else {
                // A block whose length is damaged hides where the next one begins.
                damaged.append(start..<frame.byteCount)
                break
            }
            let source = frame.extracting(block)
            if Self.xxh32(source) == stated, Self.decompress(source, isRaw: isRaw, into: &output, target) {
                whole.append(target)
            } else {
                damaged.append(start..<reader.offset)
            }
            position = target.upperBound
        }
        if reader.integer(UInt32.self) == 0, hasContentChecksum { _ = reader.integer(UInt32.self) }
        bytes = output
        self.whole = Self.joined(whole)
        self.damaged = damaged
        consumed = reader.offset
    }

    private static func xxh32(_ bytes: RawSpan) -> UInt32 {
        bytes.withUnsafeBytes { XXH32($0.baseAddress, $0.count, 0) }
    }

    private static func decompress(
        _ source: RawSpan,
        isRaw: Bool,
        into output: inout [UInt8],
        _ target: Range<Int>
    ) -> Bool {
        output.withUnsafeMutableBytes { destination in
            source.withUnsafeBytes { source in
                let place = UnsafeMutableRawBufferPointer(rebasing: destination[target])
                if isRaw {
                    guard source.count == place.count else { return false }
                    place.copyMemory(from: source)
                    return true
                }
                let written = LZ4_decompress_safe(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    place.baseAddress?.assumingMemoryBound(to: CChar.self),
                    Int32(clamping: source.count),
                    Int32(clamping: place.count)
                )
                return Int(written) == place.count
            }
        }
    }

    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var joined: [Range<Int>] = []
        for range in ranges {
            if let last = joined.last, last.upperBound == range.lowerBound {
                joined[joined.count - 1] = last.lowerBound..<range.upperBound
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}
