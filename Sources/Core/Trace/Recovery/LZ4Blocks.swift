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
        let blockCount = (output.count + blockByteCount - 1) / blockByteCount
        var offset = reader.offset
        var index = 0
        while index < blockCount, offset < frame.byteCount {
            let target = (index * blockByteCount)..<min((index + 1) * blockByteCount, output.count)
            if let block = Self.block(frame, at: offset, blockByteCount),
                Self.decompress(frame.extracting(block.bytes), isRaw: block.isRaw, into: &output, target)
            {
                whole.append(target)
                offset = block.end
                index += 1
                continue
            }
            guard let next = Self.nextBlock(frame, behind: offset, blockByteCount) else {
                damaged.append(offset..<frame.byteCount)
                offset = frame.byteCount
                break
            }
            damaged.append(offset..<next)
            offset = next
            // How many blocks the damage took is known where the ones behind it reach the frame's end.
            index = max(index + 1, blockCount - (Self.blocksToEnd(frame, from: next, blockByteCount) ?? blockCount))
        }
        if index == blockCount { offset += Self.endByteCount(frame, at: offset, hasContentChecksum) }
        bytes = output
        self.whole = Self.joined(whole)
        self.damaged = damaged
        consumed = min(offset, frame.byteCount)
    }

    // MARK: Blocks

    private typealias Block = (bytes: Range<Int>, isRaw: Bool, end: Int)

    /// The block that begins at `offset`, where its checksum fits.
    private static func block(_ frame: RawSpan, at offset: Int, _ blockByteCount: Int) -> Block? {
        guard let block = extent(frame, at: offset, blockByteCount) else { return nil }
        var reader = FieldReader(frame.extracting(block.bytes.upperBound..<frame.byteCount))
        guard reader.integer(UInt32.self) == xxh32(frame.extracting(block.bytes)) else { return nil }
        return block
    }

    /// Where a block that begins at `offset` would lie, by its size field alone.
    private static func extent(_ frame: RawSpan, at offset: Int, _ blockByteCount: Int) -> Block? {
        var reader = FieldReader(frame.extracting(offset..<frame.byteCount))
        guard let header = reader.integer(UInt32.self), header & 0x7FFF_FFFF <= blockByteCount, header != 0,
            let bytes = reader.range(UInt64(header & 0x7FFF_FFFF)), reader.integer(UInt32.self) != nil
        else { return nil }
        let start = offset + bytes.lowerBound
        return (start..<(start + bytes.count), header & 0x8000_0000 != 0, offset + reader.offset)
    }

    /// Where the next block begins: behind the damaged one where its size is whole, else at the next checksum that fits.
    private static func nextBlock(_ frame: RawSpan, behind offset: Int, _ blockByteCount: Int) -> Int? {
        if let extent = extent(frame, at: offset, blockByteCount),
            isEndMark(frame, at: extent.end) || block(frame, at: extent.end, blockByteCount) != nil
        {
            return extent.end
        }
        // No block is longer than its uncompressed size, so damage of one block ends within that reach; look no further
        // than a few, because beyond the frame stand other chunks, whose blocks are not this one's.
        let end = min(frame.byteCount, offset + 4 * blockByteCount)
        var candidate = offset + 4
        while candidate < end {
            if block(frame, at: candidate, blockByteCount) != nil { return candidate }
            candidate += 1
        }
        return nil
    }

    /// How many blocks stand from `offset` on, up to the frame's end mark.
    private static func blocksToEnd(_ frame: RawSpan, from offset: Int, _ blockByteCount: Int) -> Int? {
        var offset = offset
        var count = 0
        while !isEndMark(frame, at: offset) {
            guard let block = extent(frame, at: offset, blockByteCount) else { return nil }
            offset = block.end
            count += 1
        }
        return count
    }

    private static func isEndMark(_ frame: RawSpan, at offset: Int) -> Bool {
        guard offset <= frame.byteCount else { return false }
        var reader = FieldReader(frame.extracting(offset..<frame.byteCount))
        return reader.integer(UInt32.self) == 0
    }

    private static func endByteCount(_ frame: RawSpan, at offset: Int, _ hasContentChecksum: Bool) -> Int {
        isEndMark(frame, at: offset) ? (hasContentChecksum ? 8 : 4) : 0
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
