// Parquet's encodings against the examples of its specification, and the frame of the file; what other readers make of
// whole files is in EndToEndTests.

import Core
import Testing

@testable import Analyzer

@Suite("Parquet")
struct ParquetTests {
    @Test("the numbers 0 to 7 of three bits are packed as Encodings.md packs them")
    func packed() {
        // One group of eight: header 1 << 1 | 1, then 10001000 11000110 11111010.
        #expect(RunLengthHybrid.encode([0, 1, 2, 3, 4, 5, 6, 7], bitWidth: 3) == [0x03, 0x88, 0xC6, 0xFA])
    }

    @Test("a run is its length and its value; a rest is filled up with zeros")
    func runs() {
        #expect(RunLengthHybrid.encode([UInt32](repeating: 1, count: 9), bitWidth: 1) == [9 << 1, 1])
        // 100 needs seven bits for 200; nine bits of a value take two bytes.
        #expect(RunLengthHybrid.encode([UInt32](repeating: 257, count: 100), bitWidth: 9) == [0xC8, 0x01, 0x01, 0x01])
        #expect(RunLengthHybrid.encode([1, 0, 1], bitWidth: 1) == [0x03, 0b101])
        #expect(RunLengthHybrid.encode([], bitWidth: 1) == [])
        // Two literals, six of the run fill their eight, the other ten are a run.
        #expect(
            RunLengthHybrid.encode([1, 0] + [UInt32](repeating: 1, count: 16), bitWidth: 1)
                == [0x03, 0b1111_1101, 10 << 1, 1]
        )
    }

    static let numbers: [(value: Int64, bytes: [UInt8])] = [
        (0, [0]), (-1, [1]), (1, [2]), (-64, [127]), (64, [0x80, 0x01]), (300, [0xD8, 0x04]),
    ]

    @Test("whole numbers are zigzag and seven bits a byte, field numbers are distances", arguments: numbers)
    func thrift(value: Int64, bytes: [UInt8]) {
        var thrift = ThriftCompact()
        thrift.field(2, value)
        thrift.field(5, true)
        #expect(thrift.finish() == [0x26] + bytes + [0x31, 0])
    }

    @Test("a file without rows is whole, and one with a full row group gives bytes as it goes")
    func frame() {
        let columns: [(name: String, kind: RowField.Kind)] = [("a_ns", .integer), ("b", .text)]
        var empty = ParquetWriter(columns: columns)
        let file = empty.finish()
        #expect(file.prefix(4) == file.suffix(4))
        #expect(Array(file.prefix(4)) == Array("PAR1".utf8))

        var writer = ParquetWriter(columns: columns)
        var written: [Int] = []
        for row in 0..<(ParquetWriter.rowsPerGroup + 1) {
            let bytes = writer.append([.integer(Int64(row)), .text(row % 2 == 0 ? nil : "x")])
            if !bytes.isEmpty { written.append(row) }
        }
        #expect(written == [ParquetWriter.rowsPerGroup - 1])
        #expect(writer.finish().suffix(4) == file.suffix(4))
    }

    @Test("a missing value is none of zero, and NaN is missing")
    func missing() {
        var column = ParquetColumn(name: "x_ms", kind: .real)
        for value in [nil, 0, Double.nan, 2.5] { column.append(.real(value)) }
        #expect(column.levels == [0, 1, 0, 1])
        #expect(column.reals == [0, 2.5])
        #expect(column.nullCount == 2)
    }
}
