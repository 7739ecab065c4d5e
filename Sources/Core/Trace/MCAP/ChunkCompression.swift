// How a chunk's records are compressed: one LZ4 frame with independent blocks and checksums of its own (LZ4 Frame
// Format 1.6), so that damage is bounded to one block and any reader notices it.

import CLZ4

/// The compressions that this library writes.
public enum ChunkCompression: Hashable, Sendable {
    /// None.
    case none
    /// One LZ4 frame; level 0 is fast, 3 and above search harder (LZ4 HC).
    case lz4(level: Int32)

    /// The name in the chunk's record.
    var name: String {
        switch self {
        case .none: ""
        case .lz4: "lz4"
        }
    }
}

enum LZ4Frame {
    /// Compresses `bytes` into one frame: 256 KiB independent blocks, block and content checksums, content size.
    static func compress(_ bytes: [UInt8], level: Int32) throws(TraceError) -> [UInt8] {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max256KB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
        preferences.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled
        preferences.frameInfo.contentSize = UInt64(bytes.count)
        preferences.compressionLevel = level
        let bound = LZ4F_compressFrameBound(bytes.count, &preferences)
        var written = 0
        let frame = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            written = bytes.withUnsafeBytes { source in
                LZ4F_compressFrame(buffer.baseAddress, bound, source.baseAddress, source.count, &preferences)
            }
            count = LZ4F_isError(written) == 0 ? written : 0
        }
        guard LZ4F_isError(written) == 0 else {
            throw .compression(reason: String(cString: LZ4F_getErrorName(written)))
        }
        return frame
    }
}

extension LZ4Frame {
    /// Decompresses one frame of known size.
    ///
    /// The frame's own checksums are skipped unless asked for: the caller checks the chunk's CRC-32, which is five times
    /// as fast.
    static func decompress(
        _ bytes: RawSpan,
        count: Int,
        checksFrame: Bool = false
    ) throws(TraceError) -> [UInt8] {
        var context: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else {
            throw .compression(reason: "no memory for LZ4")
        }
        defer { LZ4F_freeDecompressionContext(context) }
        var options = LZ4F_decompressOptions_t()
        options.skipChecksums = checksFrame ? 0 : 1
        var failure: String?
        let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { source in
                var (read, written) = (0, 0)
                while read < source.count {
                    var sourceCount = source.count - read
                    var outputCount = count - written
                    let hint = LZ4F_decompress(
                        context,
                        buffer.baseAddress?.advanced(by: written),
                        &outputCount,
                        source.baseAddress?.advanced(by: read),
                        &sourceCount,
                        &options
                    )
                    if LZ4F_isError(hint) != 0 {
                        failure = String(cString: LZ4F_getErrorName(hint))
                        break
                    }
                    read += sourceCount
                    written += outputCount
                    if hint == 0 { break }
                    if sourceCount == 0, outputCount == 0 {
                        failure = "the frame holds more than its stated size"
                        break
                    }
                }
                initialized = written
            }
        }
        if let failure { throw .compression(reason: failure) }
        guard output.count == count else { throw .compression(reason: "the frame is shorter than its stated size") }
        return output
    }
}
