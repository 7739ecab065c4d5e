// Finds records where the framing can't be trusted, by the byte patterns that only they have.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Looks for records in the bytes of a file.
enum RecordSearch {
    /// Whether MCAP's magic bytes stand at `offset`.
    static func hasMagic(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard offset + MCAP.magic.count <= bytes.byteCount else { return false }
        return bytes.extracting(offset..<(offset + MCAP.magic.count)).withUnsafeBytes { $0.elementsEqual(MCAP.magic) }
    }

    /// The record that stands at `offset`, where its head and its end fit.
    static func record(_ bytes: RawSpan, at offset: Int) -> (opcode: UInt8, fields: Range<Int>)? {
        guard offset < bytes.byteCount else { return nil }
        var reader = FieldReader(bytes.extracting(offset..<bytes.byteCount))
        guard let opcode = reader.integer(UInt8.self), MCAPOpcode(rawValue: opcode) != nil,
            let length = reader.integer(UInt64.self), let range = reader.range(length)
        else { return nil }
        let end = offset + range.upperBound
        // What follows must be a record again, or the end.
        guard end == bytes.byteCount || hasMagic(bytes, at: end) || hasRecordHead(bytes, at: end) else { return nil }
        // A damaged length may reach over chunks; no record but a chunk has one within it.
        let fields = (offset + range.lowerBound)..<end
        if opcode != MCAPOpcode.chunk.rawValue,
            let chunk = nextChunk(bytes, from: offset, to: min(end + 64, bytes.byteCount)),
            chunk < end
        {
            return nil
        }
        return (opcode, fields)
    }

    private static func hasRecordHead(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard offset < bytes.byteCount else { return false }
        let opcode = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
        return MCAPOpcode(rawValue: opcode) != nil || opcode >= 0x80
    }

    /// The next chunk from `start` on: the bytes around its compression's name are a pattern that data doesn't have.
    static func nextRecord(_ bytes: RawSpan, from start: Int) -> Int? {
        nextChunk(bytes, from: start, to: bytes.byteCount) ?? footer(bytes, from: start)
    }

    private static func nextChunk(_ bytes: RawSpan, from start: Int, to end: Int) -> Int? {
        let name: [UInt8] = [3, 0, 0, 0, 0x6C, 0x7A, 0x34]
        // From a chunk's first byte to its compression's name: opcode, length, two times, a size, a CRC.
        let lead = MCAP.recordHeaderByteCount + 28
        var from = start + lead
        while let found = find(name, in: bytes, from: from, to: end) {
            let frame = found + name.count + 8
            let chunk = found - lead
            if chunk >= start, frame + 4 <= bytes.byteCount,
                bytes.extracting(frame..<(frame + 4)).withUnsafeBytes({ $0.elementsEqual(LZ4Blocks.magic) })
            {
                return chunk
            }
            from = found + 1
        }
        return nil
    }

    /// The footer, so that damage in the last records doesn't take the knowledge that the trace was closed.
    private static func footer(_ bytes: RawSpan, from start: Int) -> Int? {
        let place = bytes.byteCount - MCAP.magic.count - MCAP.footerByteCount
        guard place >= start, hasMagic(bytes, at: bytes.byteCount - MCAP.magic.count) else { return nil }
        let opcode = bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt8.self)
        return opcode == MCAPOpcode.footer.rawValue ? place : nil
    }

    /// Where `pattern` first stands.
    static func find(_ pattern: [UInt8], in bytes: RawSpan, from start: Int, to end: Int) -> Int? {
        guard start >= 0, end - start >= pattern.count else { return nil }
        return bytes.extracting(start..<end).withUnsafeBytes { haystack -> Int? in
            var index = 0
            let last = haystack.count - pattern.count
            while index <= last, let base = haystack.baseAddress {
                guard let found = memchr(base + index, Int32(pattern[0]), last - index + 1) else { return nil }
                index = UnsafeRawPointer(found) - base
                if memcmp(found, pattern, pattern.count) == 0 { return start + index }
                index += 1
            }
            return nil
        }
    }
}
