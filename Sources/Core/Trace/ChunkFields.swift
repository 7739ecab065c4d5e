// The fields of an MCAP chunk, and its records decompressed (MCAP specification, version 0, "Chunk").

/// A chunk record taken apart, its records still compressed.
struct ChunkFields {
    var start: UInt64
    var end: UInt64
    var uncompressedByteCount: Int
    var checksum: UInt32
    var compression: String
    /// The compressed records, within the bytes that the chunk was read from.
    var records: Range<Int>

    /// The largest chunk that is decompressed; a larger size is damage.
    static let maximumByteCount = 1 << 30

    /// Reads a chunk's fields; `nil` for bytes that are none.
    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard let start = reader.integer(UInt64.self), let end = reader.integer(UInt64.self),
            let size = reader.integer(UInt64.self).flatMap({ Int(exactly: $0) }), size <= Self.maximumByteCount,
            let checksum = reader.integer(UInt32.self), let compression = reader.text(),
            let length = reader.integer(UInt64.self), let records = reader.range(length)
        else { return nil }
        self.start = start
        self.end = end
        uncompressedByteCount = size
        self.checksum = checksum
        self.compression = compression
        self.records = records
    }

    /// Decompresses the records and checks their CRC.
    ///
    /// - Parameters:
    ///   - bytes: What the chunk was read from.
    ///   - checksFrame: Whether the compressed frame's own checksums are checked too.
    /// - Returns: The records, or what is wrong.
    func decompressed(_ bytes: RawSpan, checksFrame: Bool = false) -> Result<[UInt8], ChunkFault> {
        let compressed = bytes.extracting(records)
        let records: [UInt8]
        do throws(TraceError) {
            switch compression {
            case "":
                records = compressed.withUnsafeBytes { Array($0) }
            case "lz4":
                records = try LZ4Frame.decompress(
                    compressed,
                    count: uncompressedByteCount,
                    checksFrame: checksFrame
                )
            case "zstd":
                records = try ZstandardFrame.decompress(compressed, count: uncompressedByteCount)
            default:
                return .failure(ChunkFault(reason: "compression '\(compression)' is not known"))
            }
        } catch {
            return .failure(ChunkFault(reason: "\(error)"))
        }
        guard records.count == uncompressedByteCount else {
            return .failure(ChunkFault(reason: "the chunk holds \(records.count) bytes, not \(uncompressedByteCount)"))
        }
        guard checksum == 0 || Checksum.crc32(records) == checksum else {
            return .failure(ChunkFault(reason: "the chunk's CRC is wrong"))
        }
        return .success(records)
    }
}

/// What is wrong with a chunk.
struct ChunkFault: Error {
    var reason: String
}
