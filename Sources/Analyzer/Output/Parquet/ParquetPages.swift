// A column chunk: a dictionary page where values repeat, and one data page (Apache Parquet, README.md and Encodings.md).

import CZstd

/// The bytes of one column of one row group, and what the footer says of them.
struct ParquetChunk {
    private let name: String
    private let physicalType: ParquetColumn.PhysicalType
    private let valueCount: Int
    private let nullCount: Int
    private let extremes: (low: [UInt8], high: [UInt8])?
    /// Where the chunk starts in the file.
    private let offset: Int
    private var dictionaryByteCount = 0
    private(set) var uncompressedByteCount = 0
    private(set) var byteCount = 0
    private var bytes: [UInt8] = []
    private var encodings: [Encoding]

    enum Encoding: Int32 {
        case plain = 0
        case rle = 3
        case rleDictionary = 8
    }

    private enum PageType: Int32 {
        case data = 0
        case dictionary = 2
    }

    /// Zstandard, in Parquet's list of codecs.
    static let codec: Int32 = 6

    /// Encodes and compresses a column whose chunk begins at `offset`.
    init(_ column: ParquetColumn, at offset: Int) {
        name = column.name
        physicalType = column.physicalType
        valueCount = column.levels.count
        nullCount = column.nullCount
        extremes = Self.extremes(column)
        self.offset = offset
        encodings = [.plain, .rle]
        let levels = RunLengthHybrid.encode(column.levels, bitWidth: 1)
        var data: [UInt8] = []
        data.appendLittleEndian(UInt32(levels.count))
        data += levels
        if let (dictionary, count, indexes) = Self.dictionary(column) {
            encodings = [.plain, .rle, .rleDictionary]
            addPage(.dictionary, dictionary) { header in
                header.field(7) { page in
                    page.field(1, Int32(count))
                    page.field(2, Encoding.plain.rawValue)
                }
            }
            dictionaryByteCount = bytes.count
            let bitWidth = max(1, Int.bitWidth - (count - 1).leadingZeroBitCount)
            data.append(UInt8(bitWidth))
            data += RunLengthHybrid.encode(indexes, bitWidth: bitWidth)
        } else {
            data += Self.plain(column)
        }
        let encoding = dictionaryByteCount > 0 ? Encoding.rleDictionary : .plain
        addPage(.data, data) { header in
            header.field(5) { page in
                page.field(1, Int32(column.levels.count))
                page.field(2, encoding.rawValue)
                page.field(3, Encoding.rle.rawValue)
                page.field(4, Encoding.rle.rawValue)
            }
        }
    }

    /// The chunk's bytes, which are then somebody else's.
    mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private mutating func addPage(_ type: PageType, _ content: [UInt8], _ describe: (inout ThriftCompact) -> Void) {
        let compressed = Self.compressed(content)
        var header = ThriftCompact()
        header.field(1, type.rawValue)
        header.field(2, Int32(content.count))
        header.field(3, Int32(compressed.count))
        describe(&header)
        let head = header.finish()
        bytes += head
        bytes += compressed
        byteCount = bytes.count
        uncompressedByteCount += head.count + content.count
    }

    private static func compressed(_ content: [UInt8]) -> [UInt8] {
        let bound = ZSTD_compressBound(content.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, initialized in
            let written = content.withUnsafeBytes {
                ZSTD_compress(buffer.baseAddress, bound, $0.baseAddress, $0.count, 3)
            }
            // Into a buffer of the bound's size compression fails only where memory is at its end.
            precondition(ZSTD_isError(written) == 0, "zstd: \(String(cString: ZSTD_getErrorName(written)))")
            initialized = written
        }
    }

    // MARK: Values

    /// The dictionary page, how many values it has, and each value's place in it; `nil` where values hardly repeat.
    private static func dictionary(_ column: ParquetColumn) -> (page: [UInt8], count: Int, indexes: [UInt32])? {
        switch column.physicalType {
        case .byteArray:
            let texts = column.texts
            guard !texts.values.isEmpty, texts.values.count <= texts.indexes.count / 2 else { return nil }
            var page: [UInt8] = []
            for text in texts.values { append(text, to: &page) }
            return (page, texts.values.count, texts.indexes)
        case .int64:
            let limit = column.integers.count / 4
            var values = ValueDictionary<Int64>()
            for value in column.integers {
                values.append(value)
                if values.values.count > limit { return nil }
            }
            guard !values.values.isEmpty else { return nil }
            var page: [UInt8] = []
            for value in values.values { page.appendLittleEndian(value) }
            return (page, values.values.count, values.indexes)
        case .boolean, .double: return nil
        }
    }

    private static func plain(_ column: ParquetColumn) -> [UInt8] {
        var page: [UInt8] = []
        switch column.physicalType {
        case .byteArray:
            for index in column.texts.indexes { append(column.texts.values[Int(index)], to: &page) }
        case .int64:
            page.reserveCapacity(8 * column.integers.count)
            for value in column.integers { page.appendLittleEndian(value) }
        case .double:
            page.reserveCapacity(8 * column.reals.count)
            for value in column.reals { page.appendLittleEndian(value.bitPattern) }
        case .boolean:
            page = [UInt8](repeating: 0, count: (column.flags.count + 7) / 8)
            for (index, flag) in column.flags.enumerated() where flag { page[index / 8] |= 1 << UInt8(index % 8) }
        }
        return page
    }

    private static func append(_ text: String, to page: inout [UInt8]) {
        page.appendLittleEndian(UInt32(text.utf8.count))
        page += text.utf8
    }

    // MARK: Footer

    /// Writes `ColumnChunk`.
    func describe(_ thrift: inout ThriftCompact) {
        thrift.field(2, Int64(offset))
        thrift.field(3) { meta in
            meta.field(1, physicalType.rawValue)
            meta.list(2, encodings.map(\.rawValue))
            meta.list(3, [name])
            meta.field(4, Self.codec)
            meta.field(5, Int64(valueCount))
            meta.field(6, Int64(uncompressedByteCount))
            meta.field(7, Int64(byteCount))
            meta.field(9, Int64(offset + dictionaryByteCount))
            if dictionaryByteCount > 0 { meta.field(11, Int64(offset)) }
            meta.field(12) { statistics in
                statistics.field(3, Int64(nullCount))
                if let (low, high) = extremes {
                    statistics.field(5, high)
                    statistics.field(6, low)
                }
            }
        }
    }

    /// The least and the greatest value of a numeric column, plain.
    private static func extremes(_ column: ParquetColumn) -> (low: [UInt8], high: [UInt8])? {
        func bytes(_ bits: UInt64) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.appendLittleEndian(bits)
            return bytes
        }
        switch column.physicalType {
        case .int64:
            guard let low = column.integers.min(), let high = column.integers.max() else { return nil }
            return (bytes(UInt64(bitPattern: low)), bytes(UInt64(bitPattern: high)))
        case .double:
            guard var low = column.reals.min(), var high = column.reals.max() else { return nil }
            // Readers take -0 and +0 for different values (parquet.thrift, ColumnOrder).
            if low == 0 { low = -0.0 }
            if high == 0 { high = 0.0 }
            return (bytes(low.bitPattern), bytes(high.bitPattern))
        case .boolean, .byteArray: return nil
        }
    }
}
