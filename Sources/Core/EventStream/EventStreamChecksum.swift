// The checksum of the event-stream encoding: CRC-32 as in IEEE 802.3 and zlib, computed by libdeflate.

import CDeflate

enum EventStreamChecksum {
    /// The CRC-32 of the bytes behind which `crc` stands, followed by `range` of `bytes`; `crc` is 0 at the beginning.
    static func extend(_ crc: UInt32, over range: Range<Int>, of bytes: RawSpan) -> UInt32 {
        bytes.extracting(range).withUnsafeBytes { libdeflate_crc32(crc, $0.baseAddress, $0.count) }
    }
}
