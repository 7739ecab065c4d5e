// CRC-32 (IEEE 802.3), as both the event stream and MCAP use it.

import CDeflate

enum Checksum {
    /// The checksum of `bytes`, continuing an earlier one.
    static func crc32(_ bytes: ArraySlice<UInt8>, continuing checksum: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { libdeflate_crc32(checksum, $0.baseAddress, $0.count) }
    }

    /// The checksum of `bytes`.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        crc32(bytes[...])
    }

    /// The checksum of `bytes`, continuing an earlier one.
    static func crc32(_ bytes: RawSpan, continuing checksum: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { libdeflate_crc32(checksum, $0.baseAddress, $0.count) }
    }
}
