// The channels of a trace: fixed numbers, so that a file whose head is damaged can still be read.

/// A channel of a trace file; the raw value is its id and its schema's id.
enum TraceChannel: UInt16, CaseIterable {
    case clock = 1
    case request = 2
    case connection = 3
    case response = 4
    case chunks = 5
    case error = 6
    case end = 7
    case drops = 8
    case quality = 9

    var topic: String {
        switch self {
        case .clock: "/clock"
        case .request: "/request"
        case .connection: "/connection"
        case .response: "/response"
        case .chunks: "/chunks"
        case .error: "/error"
        case .end: "/end"
        case .drops: "/drops"
        case .quality: "/quality"
        }
    }

    /// Every topic.
    static let topics = Set(allCases.map(\.topic))

    var channel: MCAPChannel {
        MCAPChannel(
            id: rawValue,
            schemaID: rawValue,
            topic: topic,
            messageEncoding: self == .chunks ? "protobuf" : "json"
        )
    }

    var schema: MCAPSchema {
        if self == .chunks {
            return MCAPSchema(
                id: rawValue,
                name: "bedrock_trace.ChunkBatch",
                encoding: "protobuf",
                data: ChunkBatchDescriptor.fileDescriptorSet
            )
        }
        var json = JSONWriter()
        json.object { json in
            json.member("$schema", "https://json-schema.org/draft/2020-12/schema")
            json.member("title", "bedrock_trace.\(topic.dropFirst())")
            json.member("type", "object")
            json.member("properties") { json in
                json.object { json in
                    for property in properties {
                        json.member(property.name) { json in
                            json.object { json in
                                json.member("type", property.type)
                                json.member("description", property.text)
                            }
                        }
                    }
                }
            }
        }
        return MCAPSchema(
            id: rawValue,
            name: "bedrock_trace.\(topic.dropFirst())",
            encoding: "jsonschema",
            data: json.bytes
        )
    }

    private typealias Property = (name: String, type: String, text: String)

    private static let attempt: [Property] = [
        ("request_id", "integer", "numbered from 1 in start order"), ("attempt", "integer", "from 1"),
    ]

    private var properties: [Property] {
        switch self {
        case .clock:
            [
                ("timeline_ns", "integer", "the trace's timeline, ns since the Unix epoch"),
                ("realtime_ns", "integer", "CLOCK_REALTIME"), ("monotonic_ns", "integer", "CLOCK_MONOTONIC"),
                ("monotonic_raw_ns", "integer", "CLOCK_MONOTONIC_RAW"), ("boottime_ns", "integer", "CLOCK_BOOTTIME"),
                ("uncertainty_ns", "integer", "half the width of the reading"), ("boot_id", "string", "the boot"),
                ("synchronized", "boolean", "adjtimex: STA_UNSYNC is clear"),
                ("maximum_error_us", "integer", "adjtimex: maxerror"),
            ]
        case .request:
            Self.attempt + [
                ("scheduled_ns", "integer", "when the plan wanted the start, on the timeline"),
                ("dispatched_ns", "integer", "when libcurl got the request"), ("method", "string", "HTTP method"),
                ("url", "string", "as sent"), ("headers", "array", "[name, value] in order, without secrets"),
                ("body", "string", "as sent"), ("operation", "string", "of the Bedrock runtime"),
                ("model", "string", "model id, profile id or ARN"), ("region", "string", "AWS region"),
                ("latency", "string", "asked performance profile"), ("tier", "string", "asked service tier"),
                ("prompt_id", "string", "the prompt within the dataset"), ("task_type", "string", "of the dataset"),
                ("experiment", "string", "name of the experiment"), ("labels", "object", "free labels"),
                ("round", "integer", "of the plan, from 0"), ("warmup", "boolean", "left out of statistics"),
            ]
        case .connection:
            Self.attempt + [
                ("connection_id", "integer", "from 1; equal numbers are one TCP connection"),
                ("reused", "boolean", "an earlier attempt opened it"), ("name_resolved_ns", "integer", "timeline"),
                ("tcp_connected_ns", "integer", "timeline"), ("tls_connected_ns", "integer", "timeline"),
                ("remote_address", "string", "address and port"), ("tls_version", "string", "or null"),
                ("http_version", "string", "for example 1.1"),
            ]
        case .response:
            Self.attempt + [
                ("status", "integer", "HTTP status"), ("headers", "array", "[name, value] in order"),
                ("sent_ns", "integer", "the request's last byte went to the kernel; timeline"),
                ("first_byte_ns", "integer", "the header's first byte arrived; timeline"),
            ]
        case .chunks: []
        case .error:
            Self.attempt + [
                ("timeline_ns", "integer", "when the failure was seen"),
                ("code", "string", "for example CURLE_RECV_ERROR"),
                ("curl_code", "integer", "libcurl's number"), ("errno", "integer", "of the system, or 0"),
                ("message", "string", "for a person"), ("byte_offset", "integer", "bytes of body before it"),
            ]
        case .end:
            Self.attempt + [
                ("completed_ns", "integer", "the last byte arrived; timeline"), ("chunks", "integer", "recorded"),
                ("bytes", "integer", "of body recorded"), ("xxhash64", "string", "XXH64 of the body, 16 hex digits"),
                ("outcome", "string", "ok, http_error, transport_error, timeout or cancelled"),
            ]
        case .drops:
            [
                ("timeline_ns", "integer", "when"), ("reason", "string", "for example disk_full"),
                ("requests", "integer", "touched"), ("bytes", "integer", "left out"),
                ("message", "string", "for a person"),
            ]
        case .quality:
            [
                ("timeline_ns", "integer", "the end of the span measured"), ("span_ns", "integer", "its length"),
                ("wakes", "integer", "of the event loop"), ("chunks", "integer", "recorded"),
                ("kernel_stamped_chunks", "integer", "of them"), ("bytes", "integer", "of bodies"),
                ("loop_lateness", "object", "histogram: the loop woke this late after a timed wait"),
                ("callback_lag", "object", "histogram: from a chunk's kernel stamp to libcurl's callback"),
                ("start_lateness", "object", "histogram: from a request's scheduled start to its dispatch"),
                ("processor_time_ns", "integer", "of the capture thread"),
                ("stolen_time_ns", "integer", "given to others by the hypervisor, all cores; or null"),
                ("highest_ring_level", "integer", "bytes that waited for the writer"),
                ("ring_capacity", "integer", "bytes that can wait"),
                ("pauses", "integer", "transfers held back by a full ring"),
                ("in_flight", "integer", "requests at the span's end"),
            ]
        }
    }
}

/// The description of `ChunkBatch` for generic viewers (google/protobuf/descriptor.proto).
enum ChunkBatchDescriptor {
    private enum FieldType: UInt64 {
        case uint64 = 4
        case bytes = 12
        case uint32 = 13
        case sint64 = 18
    }

    static let fileDescriptorSet: [UInt8] = {
        let fields: [(name: String, number: UInt64, type: FieldType, isRepeated: Bool)] = [
            ("request_id", 1, .uint64, false), ("attempt", 2, .uint32, false), ("first_index", 3, .uint32, false),
            ("dt_ns", 4, .sint64, true), ("length", 5, .uint32, true), ("stamp_source", 6, .uint32, true),
            ("callback_lag_ns", 7, .sint64, true), ("wake_lag_ns", 8, .sint64, true), ("data", 9, .bytes, false),
        ]
        var message = ProtobufWriter()
        message.bytes(1, "ChunkBatch".utf8)
        for field in fields {
            var descriptor = ProtobufWriter()
            descriptor.bytes(1, field.name.utf8)
            descriptor.varint(3, field.number)
            descriptor.varint(4, field.isRepeated ? 3 : 1)
            descriptor.varint(5, field.type.rawValue)
            message.bytes(2, descriptor.output)
        }
        var file = ProtobufWriter()
        file.bytes(1, "bedrock_trace/chunk_batch.proto".utf8)
        file.bytes(2, "bedrock_trace".utf8)
        file.bytes(4, message.output)
        file.bytes(12, "proto3".utf8)
        var set = ProtobufWriter()
        set.bytes(1, file.output)
        return set.output
    }()
}
