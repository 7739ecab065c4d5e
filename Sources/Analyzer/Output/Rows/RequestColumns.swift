// The columns of `requests`: names that stay stable.

import Core

extension RowSchema where Row == RequestRow {
    /// One row a request.
    static let requests = requests(.standard)

    /// One row a request, with the metrics that a lens gives.
    static func requests(_ lens: Lens) -> RowSchema {
        RowSchema(
            columns: [
                .text("file") { $0.file },
                .integer("request_id") { Int64(clamping: $0.id.request) },
                .integer("attempt") { Int64($0.id.attempt) },
                .text("model") { $0.model },
                .text("region") { $0.region },
                .text("operation") { $0.operation },
                .text("latency") { $0.latency },
                .text("served_latency") { $0.servedLatency },
                .text("tier") { $0.tier },
                .text("served_tier") { $0.servedTier },
                .text("task_type") { $0.taskType },
                .text("experiment") { $0.experiment },
                .text("prompt_id") { $0.promptID },
                .labels("labels") { $0.labels },
                .instant("start_time") { $0.dispatched },
                .integer("scheduled_ns") { Int64(bitPattern: $0.scheduled.nanosecondsSinceEpoch) },
                .integer("dispatched_ns") { Int64(bitPattern: $0.dispatched.nanosecondsSinceEpoch) },
                .text("connection") { $0.connection },
                .text("outcome") { $0.outcome.rawValue },
                .text("error_code") { $0.errorCode },
                .integer("http_status") { $0.httpStatus.map(Int64.init) },
                .text("stop_reason") { $0.stopReason },
                .flag("warmup") { $0.isWarmup },
                .integer("input_tokens") { $0.usage.inputTokens.map(Int64.init) },
                .integer("output_tokens") { $0.usage.outputTokens.map(Int64.init) },
                .integer("cache_read_tokens") { $0.usage.cacheReadTokens.map(Int64.init) },
                .integer("cache_write_tokens") { $0.usage.cacheWriteTokens.map(Int64.init) },
            ]
                + lens.columns.map { metric in
                    .real(metric.name) { metric.read($0.metrics) }
                }
                + [
                    .integer("chunks") { Int64($0.chunkCount) },
                    .integer("events") { Int64($0.eventCount) },
                ]
        )
    }
}

/// An event with the request it belongs to.
struct EventRow {
    var file: String
    var timeline: RequestTimeline
    var event: TimelineEvent
}

extension RowSchema where Row == EventRow {
    /// One row an event-stream message.
    static let events = RowSchema(columns: [
        .text("file") { $0.file },
        .integer("request_id") { Int64(clamping: $0.timeline.id.request) },
        .integer("attempt") { Int64($0.timeline.id.attempt) },
        .integer("index") { Int64($0.event.index) },
        .text("event_type") { $0.event.eventType },
        .text("message_type") { $0.event.messageType },
        .text("kind") { $0.event.kindName },
        .integer("offset") { Int64(clamping: $0.event.offset) },
        .integer("length") { Int64($0.event.length) },
        .integer("stamp_ns") { ($0.event.stamp - $0.timeline.dispatched).count },
        .text("stamp_source") { "\($0.event.source)" },
        .integer("callback_lag_ns") { $0.event.callbackLag.count },
        .flag("burst") { $0.event.isBurst },
        .integer("text_bytes") { Int64($0.event.textByteCount) },
    ])

    /// The same with what each message carries.
    static let eventsWithPayloads = RowSchema(columns: events.columns + [.json("payload") { $0.event.payload }])
}
