// Trace records as the JSON messages of their channels; instants are nanoseconds on the trace's timeline.

/// Writes records as JSON.
enum RecordEncoding {
    /// Headers that never reach a trace, whoever asks for it.
    static let forbiddenHeaders: Set<String> = [
        "authorization", "cookie", "proxy-authorization", "set-cookie", "x-amz-security-token",
    ]

    /// The JSON of a record; `nil` for chunks, which have an encoding of their own.
    static func json(_ record: TraceRecord) -> [UInt8]? {
        var json = JSONWriter()
        switch record {
        case .chunks: return nil
        case .clock(let record): json.object { write(record, &$0) }
        case .request(let record): json.object { write(record, &$0) }
        case .connection(let record): json.object { write(record, &$0) }
        case .response(let record): json.object { write(record, &$0) }
        case .error(let record): json.object { write(record, &$0) }
        case .end(let record): json.object { write(record, &$0) }
        case .drop(let record): json.object { write(record, &$0) }
        case .quality(let record): json.object { write(record, &$0) }
        }
        return json.bytes
    }

    private static func write(_ id: AttemptID, _ json: inout JSONWriter) {
        json.member("request_id", id.request)
        json.member("attempt", id.attempt)
    }

    private static func write(_ headers: [HeaderField], _ json: inout JSONWriter) {
        json.member("headers") { json in
            json.array { json in
                for header in headers where !forbiddenHeaders.contains(header.name.lowercased()) {
                    json.array { json in
                        json.value(header.name)
                        json.value(header.value)
                    }
                }
            }
        }
    }

    private static func write(_ record: ClockRecord, _ json: inout JSONWriter) {
        let snapshot = record.snapshot
        json.member("timeline_ns", record.instant.nanosecondsSinceEpoch)
        json.member("realtime_ns", snapshot.realtimeNanoseconds)
        json.member("monotonic_ns", snapshot.monotonicNanoseconds)
        json.member("monotonic_raw_ns", snapshot.monotonicRawNanoseconds)
        json.member("boottime_ns", snapshot.boottimeNanoseconds)
        json.member("uncertainty_ns", snapshot.uncertaintyNanoseconds)
        json.member("boot_id", snapshot.bootID)
        json.member("synchronized", snapshot.synchronization?.isSynchronized)
        json.member("maximum_error_us", snapshot.synchronization?.maximumErrorMicroseconds)
    }

    private static func write(_ record: RequestRecord, _ json: inout JSONWriter) {
        write(record.id, &json)
        json.member("scheduled_ns", record.scheduled.nanosecondsSinceEpoch)
        json.member("dispatched_ns", record.dispatched.nanosecondsSinceEpoch)
        json.member("method", record.method)
        json.member("url", record.url)
        write(record.headers, &json)
        json.member("body", record.body)
        json.member("operation", record.operation)
        json.member("model", record.model)
        json.member("region", record.region)
        json.member("latency", record.latency)
        json.member("tier", record.tier)
        json.member("prompt_id", record.promptID)
        json.member("task_type", record.taskType)
        json.member("experiment", record.experiment)
        json.member("labels") { json in
            json.object { json in
                for (key, value) in record.labels.sorted(by: { $0.key < $1.key }) { json.member(key, value) }
            }
        }
        json.member("round", record.round)
        json.member("warmup", record.isWarmup)
    }

    private static func write(_ record: ConnectionRecord, _ json: inout JSONWriter) {
        write(record.id, &json)
        json.member("connection_id", record.connection)
        json.member("reused", record.isReused)
        json.member("name_resolved_ns", record.nameResolved?.nanosecondsSinceEpoch)
        json.member("tcp_connected_ns", record.tcpConnected?.nanosecondsSinceEpoch)
        json.member("tls_connected_ns", record.tlsConnected?.nanosecondsSinceEpoch)
        json.member("remote_address", record.remoteAddress)
        json.member("tls_version", record.tlsVersion)
        json.member("http_version", record.httpVersion)
    }

    private static func write(_ record: ResponseRecord, _ json: inout JSONWriter) {
        write(record.id, &json)
        json.member("status", record.status)
        write(record.headers, &json)
        json.member("sent_ns", record.sent?.nanosecondsSinceEpoch)
        json.member("first_byte_ns", record.firstByte.nanosecondsSinceEpoch)
    }

    private static func write(_ record: ErrorRecord, _ json: inout JSONWriter) {
        write(record.id, &json)
        json.member("timeline_ns", record.instant.nanosecondsSinceEpoch)
        json.member("code", record.code)
        json.member("curl_code", record.curlCode)
        json.member("errno", record.errno)
        json.member("message", record.message)
        json.member("byte_offset", record.byteOffset)
    }

    private static func write(_ record: EndRecord, _ json: inout JSONWriter) {
        write(record.id, &json)
        json.member("completed_ns", record.completed.nanosecondsSinceEpoch)
        json.member("chunks", record.chunks)
        json.member("bytes", record.bytes)
        let digits = String(record.xxHash64, radix: 16)
        json.member("xxhash64", String(repeating: "0", count: 16 - digits.utf8.count) + digits)
        json.member("outcome", record.outcome.rawValue)
    }

    private static func write(_ record: DropRecord, _ json: inout JSONWriter) {
        json.member("timeline_ns", record.instant.nanosecondsSinceEpoch)
        json.member("reason", record.reason)
        json.member("requests", record.requests)
        json.member("bytes", record.bytes)
        json.member("message", record.message)
    }

    private static func write(_ record: QualityRecord, _ json: inout JSONWriter) {
        json.member("timeline_ns", record.instant.nanosecondsSinceEpoch)
        json.member("span_ns", record.span.count)
        json.member("wakes", record.wakes)
        json.member("chunks", record.chunks)
        json.member("kernel_stamped_chunks", record.kernelStampedChunks)
        json.member("bytes", record.bytes)
        json.member("loop_lateness") { write(record.loopLateness, &$0) }
        json.member("callback_lag") { write(record.callbackLag, &$0) }
        json.member("start_lateness") { write(record.startLateness, &$0) }
        json.member("processor_time_ns", record.processorTime.count)
        json.member("stolen_time_ns", record.stolenTime?.count)
        json.member("highest_ring_level", record.highestRingLevel)
        json.member("ring_capacity", record.ringCapacity)
        json.member("pauses", record.pauses)
        json.member("in_flight", record.inFlight)
    }

    /// The quantiles are for people and viewers; readers take the buckets.
    private static func write(_ histogram: LatencyHistogram, _ json: inout JSONWriter) {
        json.object { json in
            json.member("count", histogram.count)
            json.member("p50_ns", histogram.quantile(0.5).count)
            json.member("p99_ns", histogram.quantile(0.99).count)
            json.member("max_ns", histogram.longest.count)
            json.member("buckets") { json in
                json.array { json in
                    for bucket in histogram.buckets {
                        json.array { json in
                            json.value(bucket.upperEdge.count)
                            json.value(bucket.count)
                        }
                    }
                }
            }
        }
    }
}

extension TraceRecord {
    /// The topic of the channel that carries the record.
    package var topic: String {
        switch self {
        case .clock: TraceChannel.clock.topic
        case .request: TraceChannel.request.topic
        case .connection: TraceChannel.connection.topic
        case .response: TraceChannel.response.topic
        case .chunks: TraceChannel.chunks.topic
        case .error: TraceChannel.error.topic
        case .end: TraceChannel.end.topic
        case .drop: TraceChannel.drops.topic
        case .quality: TraceChannel.quality.topic
        }
    }

    /// The record's JSON message, UTF-8; `nil` for chunks.
    package var jsonMessage: [UInt8]? { RecordEncoding.json(self) }
}
