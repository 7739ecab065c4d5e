// Writes rows as Apache Parquet (format 2, parquet.thrift): every column optional, pages compressed by Zstandard.

import Core

/// Turns rows into a file's bytes, a row group at a time; memory holds the rows of one group.
struct ParquetWriter {
    /// Enough for a scan to run in long strides, few enough for memory.
    static let rowsPerGroup = 128 << 10

    private static let magic = Array("PAR1".utf8)

    private let empty: [ParquetColumn]
    private var columns: [ParquetColumn]
    private var waiting = 0
    private var rowCount = 0
    private var offset = 0
    private var groups: [Group] = []

    /// A row group that was written, without its bytes.
    private struct Group {
        var chunks: [ParquetChunk]
        var rowCount: Int
        var uncompressedByteCount: Int
    }

    init(columns: [(name: String, kind: RowField.Kind)]) {
        empty = columns.map { ParquetColumn(name: $0.name, kind: $0.kind) }
        self.columns = empty
    }

    /// Takes a row, one field a column.
    ///
    /// - Parameter fields: Of the kinds that the columns state.
    /// - Returns: The bytes that follow those given so far; none until a row group is full.
    mutating func append(_ fields: [RowField]) -> [UInt8] {
        for (index, field) in fields.enumerated() { columns[index].append(field) }
        waiting += 1
        return waiting == Self.rowsPerGroup ? rowGroup() : []
    }

    /// The rest of the file.
    mutating func finish() -> [UInt8] {
        var bytes = waiting > 0 ? rowGroup() : begin()
        let footer = footer()
        bytes += footer
        bytes.appendLittleEndian(UInt32(footer.count))
        return bytes + Self.magic
    }

    private mutating func begin() -> [UInt8] {
        guard offset == 0 else { return [] }
        offset = Self.magic.count
        return Self.magic
    }

    private mutating func rowGroup() -> [UInt8] {
        var bytes = begin()
        var chunks: [ParquetChunk] = []
        var uncompressedByteCount = 0
        for column in columns {
            var chunk = ParquetChunk(column, at: offset)
            bytes += chunk.takeBytes()
            offset += chunk.byteCount
            uncompressedByteCount += chunk.uncompressedByteCount
            chunks.append(chunk)
        }
        groups.append(
            Group(chunks: chunks, rowCount: waiting, uncompressedByteCount: uncompressedByteCount)
        )
        rowCount += waiting
        waiting = 0
        columns = empty
        return bytes
    }

    /// `FileMetaData`.
    private func footer() -> [UInt8] {
        var thrift = ThriftCompact()
        thrift.field(1, Int32(2))
        thrift.list(2, [nil] + empty.map(Optional.some)) { schema, column in
            guard let column else {
                schema.field(4, "schema")
                schema.field(5, Int32(empty.count))
                return
            }
            Self.describe(column, &schema)
        }
        thrift.field(3, Int64(rowCount))
        thrift.list(4, groups) { group, written in
            group.list(1, written.chunks) { $1.describe(&$0) }
            group.field(2, Int64(written.uncompressedByteCount))
            group.field(3, Int64(written.rowCount))
        }
        thrift.field(6, "bedrock-trace version \(BedrockTrace.version)")
        // Without an order readers may not trust the extremes.
        thrift.list(7, empty) { order, _ in order.field(1) { _ in } }
        return thrift.finish()
    }

    /// `SchemaElement` of a column.
    private static func describe(_ column: ParquetColumn, _ schema: inout ThriftCompact) {
        schema.field(1, column.physicalType.rawValue)
        schema.field(3, Int32(1))
        schema.field(4, column.name)
        switch column.kind {
        case .text, .labels, .json:
            schema.field(6, Int32(0))
            schema.field(10) { $0.field(1) { _ in } }
        case .instant:
            schema.field(6, Int32(10))
            schema.field(10) { logical in
                logical.field(8) { timestamp in
                    timestamp.field(1, true)
                    timestamp.field(2) { $0.field(2) { _ in } }
                }
            }
        case .integer, .real, .flag: break
        }
    }
}
