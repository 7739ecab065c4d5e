// Reads the JSON messages of a trace's channels; unknown keys are passed over, as newer writers may add some.

/// Why a message is no record.
struct RecordFault: Error, CustomStringConvertible {
    var description: String
}

/// Decodes records.
enum RecordDecoding {
    /// The record that a message of `topic` holds; `nil` for topics that this version doesn't know.
    static func message(topic: String, _ data: RawSpan, publishTime: UInt64) throws(RecordFault) -> TraceRecord? {
        if topic == TraceChannel.chunks.topic {
            guard let batch = ChunkBatchMessage.decode(data, publishTime: publishTime) else {
                throw RecordFault(description: "\(topic): no batch of chunks")
            }
            return .chunks(batch)
        }
        do throws(JSONError) {
            return try record(topic: topic, data)
        } catch {
            throw RecordFault(description: "\(topic): \(error)")
        }
    }

    /// The record that a JSON message of `topic` holds; `nil` for topics that this version doesn't know.
    static func record(topic: String, _ bytes: RawSpan) throws(JSONError) -> TraceRecord? {
        var fields = RecordFields()
        switch topic {
        case TraceChannel.clock.topic:
            try fields.read(bytes)
            return .clock(
                ClockRecord(
                    instant: fields.instant("timeline_ns"),
                    snapshot: ClockSnapshot(
                        realtimeNanoseconds: fields.unsigned("realtime_ns"),
                        monotonicNanoseconds: fields.unsigned("monotonic_ns"),
                        monotonicRawNanoseconds: fields.unsigned("monotonic_raw_ns"),
                        boottimeNanoseconds: fields.unsigned("boottime_ns"),
                        uncertaintyNanoseconds: fields.unsigned("uncertainty_ns"),
                        bootID: fields.texts["boot_id"] ?? "",
                        synchronization: fields.flags["synchronized"].map {
                            .init(
                                isSynchronized: $0,
                                maximumErrorMicroseconds: Int64(clamping: fields.unsigned("maximum_error_us"))
                            )
                        }
                    )
                )
            )
        case TraceChannel.request.topic:
            try fields.read(bytes)
            return .request(
                RequestRecord(
                    id: fields.id,
                    scheduled: fields.instant("scheduled_ns"),
                    dispatched: fields.instant("dispatched_ns"),
                    method: fields.text("method"),
                    url: fields.text("url"),
                    headers: fields.headers,
                    body: fields.text("body"),
                    operation: fields.text("operation"),
                    model: fields.text("model"),
                    region: fields.text("region"),
                    latency: fields.texts["latency"],
                    tier: fields.texts["tier"],
                    promptID: fields.text("prompt_id"),
                    taskType: fields.texts["task_type"],
                    experiment: fields.texts["experiment"],
                    labels: fields.labels,
                    round: UInt32(clamping: fields.unsigned("round")),
                    isWarmup: fields.flags["warmup"] ?? false
                )
            )
        case TraceChannel.connection.topic:
            try fields.read(bytes)
            return .connection(
                ConnectionRecord(
                    id: fields.id,
                    connection: fields.unsigned("connection_id"),
                    isReused: fields.flags["reused"] ?? false,
                    nameResolved: fields.optionalInstant("name_resolved_ns"),
                    tcpConnected: fields.optionalInstant("tcp_connected_ns"),
                    tlsConnected: fields.optionalInstant("tls_connected_ns"),
                    remoteAddress: fields.text("remote_address"),
                    tlsVersion: fields.texts["tls_version"],
                    httpVersion: fields.text("http_version")
                )
            )
        case TraceChannel.response.topic:
            try fields.read(bytes)
            return .response(
                ResponseRecord(
                    id: fields.id,
                    status: Int(clamping: fields.unsigned("status")),
                    headers: fields.headers,
                    sent: fields.optionalInstant("sent_ns"),
                    firstByte: fields.instant("first_byte_ns")
                )
            )
        case TraceChannel.error.topic:
            try fields.read(bytes)
            return .error(
                ErrorRecord(
                    id: fields.id,
                    instant: fields.instant("timeline_ns"),
                    code: fields.text("code"),
                    curlCode: Int(clamping: fields.unsigned("curl_code")),
                    errno: Int(clamping: fields.unsigned("errno")),
                    message: fields.text("message"),
                    byteOffset: fields.unsigned("byte_offset")
                )
            )
        case TraceChannel.end.topic:
            try fields.read(bytes)
            return .end(
                EndRecord(
                    id: fields.id,
                    completed: fields.instant("completed_ns"),
                    chunks: UInt32(clamping: fields.unsigned("chunks")),
                    bytes: fields.unsigned("bytes"),
                    xxHash64: UInt64(fields.text("xxhash64"), radix: 16) ?? 0,
                    outcome: TransportOutcome(rawValue: fields.text("outcome")) ?? .transportError
                )
            )
        case TraceChannel.drops.topic:
            try fields.read(bytes)
            return .drop(
                DropRecord(
                    instant: fields.instant("timeline_ns"),
                    reason: fields.text("reason"),
                    requests: fields.unsigned("requests"),
                    bytes: fields.unsigned("bytes"),
                    message: fields.text("message")
                )
            )
        case TraceChannel.quality.topic:
            try fields.read(bytes)
            return .quality(fields.quality)
        default:
            return nil
        }
    }
}

/// The members of one flat JSON object, by name.
private struct RecordFields {
    var texts: [String: String] = [:]
    var numbers: [String: UInt64] = [:]
    var flags: [String: Bool] = [:]
    var headers: [HeaderField] = []
    var labels: [String: String] = [:]
    var histograms: [String: LatencyHistogram] = [:]

    var id: AttemptID {
        AttemptID(request: unsigned("request_id"), attempt: UInt32(clamping: unsigned("attempt")))
    }

    func unsigned(_ key: String) -> UInt64 { numbers[key] ?? 0 }
    func text(_ key: String) -> String { texts[key] ?? "" }
    func instant(_ key: String) -> TraceInstant { TraceInstant(nanosecondsSinceEpoch: unsigned(key)) }
    func optionalInstant(_ key: String) -> TraceInstant? { numbers[key].map(TraceInstant.init) }

    mutating func read(_ bytes: RawSpan) throws(JSONError) {
        var cursor = JSONCursor(bytes)
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            let key = try cursor.text(slice)
            switch try cursor.peek() {
            case .string: texts[key] = try cursor.string()
            case .number:
                let start = cursor
                do {
                    numbers[key] = try cursor.integer(UInt64.self)
                } catch {
                    // A negative or fractional number that a newer writer may use elsewhere.
                    cursor = start
                    try cursor.skipValue()
                }
            case .bool: flags[key] = try cursor.bool()
            case .null: _ = try cursor.skipNull()
            case .array where key == "headers": try readHeaders(&cursor)
            case .object where key == "labels": try readLabels(&cursor)
            case .object where Self.histogramKeys.contains(key): histograms[key] = try readHistogram(&cursor)
            case .array, .object: try cursor.skipValue()
            }
        }
    }

    private mutating func readHeaders(_ cursor: inout JSONCursor) throws(JSONError) {
        try cursor.enterArray()
        while try cursor.nextElement() {
            try cursor.enterArray()
            var parts: [String] = []
            while try cursor.nextElement() { parts.append(try cursor.string()) }
            guard parts.count == 2 else {
                throw JSONError(offset: cursor.offset, expected: "a header's name and value")
            }
            headers.append(HeaderField(parts[0], parts[1]))
        }
    }

    private static let histogramKeys: Set<String> = ["loop_lateness", "callback_lag", "start_lateness"]

    private func readHistogram(_ cursor: inout JSONCursor) throws(JSONError) -> LatencyHistogram {
        var buckets: [LatencyHistogram.Bucket] = []
        var longest: Nanoseconds?
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            switch try cursor.text(slice) {
            case "max_ns": longest = Nanoseconds(try cursor.integer(Int64.self))
            case "buckets":
                try cursor.enterArray()
                while try cursor.nextElement() { buckets.append(try readBucket(&cursor)) }
            default: try cursor.skipValue()
            }
        }
        return LatencyHistogram(buckets, longest: longest)
    }

    private func readBucket(_ cursor: inout JSONCursor) throws(JSONError) -> LatencyHistogram.Bucket {
        var numbers: [Int64] = []
        try cursor.enterArray()
        while try cursor.nextElement() { numbers.append(try cursor.integer(Int64.self)) }
        guard numbers.count == 2, numbers[1] >= 0 else {
            throw JSONError(offset: cursor.offset, expected: "a bucket's upper edge and count")
        }
        return LatencyHistogram.Bucket(upperEdge: Nanoseconds(numbers[0]), count: UInt64(numbers[1]))
    }

    /// The fields as the recorder's self-measurement.
    var quality: QualityRecord {
        func nanoseconds(_ key: String) -> Nanoseconds { Nanoseconds(Int64(clamping: unsigned(key))) }
        var record = QualityRecord(instant: instant("timeline_ns"), span: nanoseconds("span_ns"))
        record.wakes = unsigned("wakes")
        record.chunks = unsigned("chunks")
        record.kernelStampedChunks = unsigned("kernel_stamped_chunks")
        record.bytes = unsigned("bytes")
        record.loopLateness = histograms["loop_lateness"] ?? LatencyHistogram()
        record.callbackLag = histograms["callback_lag"] ?? LatencyHistogram()
        record.startLateness = histograms["start_lateness"] ?? LatencyHistogram()
        record.processorTime = nanoseconds("processor_time_ns")
        record.stolenTime = numbers["stolen_time_ns"].map { Nanoseconds(Int64(clamping: $0)) }
        record.highestRingLevel = unsigned("highest_ring_level")
        record.ringCapacity = unsigned("ring_capacity")
        record.pauses = unsigned("pauses")
        record.inFlight = unsigned("in_flight")
        return record
    }

    private mutating func readLabels(_ cursor: inout JSONCursor) throws(JSONError) {
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            let key = try cursor.text(slice)
            labels[key] = try cursor.optionalString()
        }
    }
}
