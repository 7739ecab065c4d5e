// The message of channel `/chunks`: a protobuf of columns, one entry a read (proto3 wire format).
//
// message ChunkBatch { uint64 request_id = 1; uint32 attempt = 2; uint32 first_index = 3;
//   repeated sint64 dt_ns = 4; repeated uint32 length = 5; repeated uint32 stamp_source = 6;
//   repeated sint64 callback_lag_ns = 7; repeated sint64 wake_lag_ns = 8; bytes data = 9; }
//
// `dt_ns` counts from the entry before, the first from the message's publish time. A column all of whose values are
// equal may hold that value once.

/// Encodes and decodes batches.
enum ChunkBatchMessage {
    private enum Field {
        static let request = 1
        static let attempt = 2
        static let firstIndex = 3
        static let dt = 4
        static let length = 5
        static let source = 6
        static let callbackLag = 7
        static let wakeLag = 8
        static let data = 9
    }

    static func encode(_ batch: ChunkBatch) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.varint(Field.request, batch.attempt.request)
        writer.varint(Field.attempt, UInt64(batch.attempt.attempt))
        writer.varint(Field.firstIndex, UInt64(batch.firstIndex))
        var dts: [UInt64] = []
        dts.reserveCapacity(batch.stamps.count)
        var previous = batch.stamps.first?.instant
        for stamp in batch.stamps {
            dts.append(ProtobufWriter.zigzag((stamp.instant - (previous ?? stamp.instant)).count))
            previous = stamp.instant
        }
        writer.packed(Field.dt, dts)
        writer.column(Field.length, batch.stamps.map { UInt64($0.length) })
        writer.column(Field.source, batch.stamps.map { UInt64($0.source.rawValue) })
        writer.column(Field.callbackLag, batch.stamps.map { ProtobufWriter.zigzag($0.callbackLag.count) })
        writer.column(Field.wakeLag, batch.stamps.map { ProtobufWriter.zigzag($0.wakeLag.count) })
        writer.bytes(Field.data, batch.data)
        return writer.output
    }

    /// Decodes a batch; `nil` for bytes that are not one, or whose lengths don't add up to its data.
    static func decode(_ bytes: RawSpan, publishTime: UInt64) -> ChunkBatch? {
        var reader = ProtobufReader(bytes)
        var request: UInt64 = 0
        var (attempt, firstIndex): (UInt64, UInt64) = (0, 0)
        var columns: [[UInt64]] = Array(repeating: [], count: 5)
        var data: Range<Int> = 0..<0
        while !reader.isAtEnd {
            guard let field = reader.next() else { return nil }
            switch (field.number, field.value) {
            case (Field.request, .varint(let value)): request = value
            case (Field.attempt, .varint(let value)): attempt = value
            case (Field.firstIndex, .varint(let value)): firstIndex = value
            case (Field.dt...Field.wakeLag, .varint(let value)): columns[field.number - Field.dt].append(value)
            case (Field.dt...Field.wakeLag, .bytes(let range)):
                var inner = ProtobufReader(bytes.extracting(range))
                while !inner.isAtEnd {
                    guard let value = inner.varint() else { return nil }
                    columns[field.number - Field.dt].append(value)
                }
            case (Field.data, .bytes(let range)): data = range
            default: continue
            }
        }
        let count = columns.map(\.count).max() ?? 0
        guard let attempt = UInt32(exactly: attempt), let firstIndex = UInt32(exactly: firstIndex) else { return nil }
        for index in columns.indices {
            switch columns[index].count {
            case count: continue
            case 0: columns[index] = Array(repeating: 0, count: count)
            case 1: columns[index] = Array(repeating: columns[index][0], count: count)
            default: return nil
            }
        }
        var stamps: [ChunkStamp] = []
        stamps.reserveCapacity(count)
        var instant = TraceInstant(nanosecondsSinceEpoch: publishTime)
        var total: UInt64 = 0
        for index in 0..<count {
            instant = instant.advanced(by: Nanoseconds(ProtobufReader.unzigzag(columns[0][index])))
            guard let length = UInt32(exactly: columns[1][index]) else { return nil }
            total += UInt64(length)
            stamps.append(
                ChunkStamp(
                    instant: instant,
                    length: length,
                    source: UInt32(exactly: columns[2][index]).flatMap(StampSource.init) ?? .unknown,
                    callbackLag: Nanoseconds(ProtobufReader.unzigzag(columns[3][index])),
                    wakeLag: Nanoseconds(ProtobufReader.unzigzag(columns[4][index]))
                )
            )
        }
        guard total == UInt64(data.count) else { return nil }
        return ChunkBatch(
            attempt: AttemptID(request: request, attempt: attempt),
            firstIndex: firstIndex,
            stamps: stamps,
            data: bytes.extracting(data).withUnsafeBytes { Array($0) }
        )
    }
}
