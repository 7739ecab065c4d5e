// Chunks that other tools rewrote with Zstandard (RFC 8878); we read them and never write them.

import CZstd

enum ZstandardFrame {
    /// Decompresses one frame of known size.
    static func decompress(_ bytes: RawSpan, count: Int) throws(TraceError) -> [UInt8] {
        var written = 0
        let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { source in
                written = ZSTD_decompress(buffer.baseAddress, count, source.baseAddress, source.count)
            }
            initialized = ZSTD_isError(written) == 0 ? written : 0
        }
        guard ZSTD_isError(written) == 0 else {
            throw .compression(reason: String(cString: ZSTD_getErrorName(written)))
        }
        return output
    }
}
