// The columns of `requests`: names that stay stable.

import Core

extension RowSchema where Row == RequestRow {
    /// One row a request.
    static let requests = RowSchema(
        columns: [
            Column(name: "file") { .text($0.file) },
            Column(name: "request_id") { .integer(Int64(clamping: $0.id.request)) },
            Column(name: "attempt") { .integer(Int64($0.id.attempt)) },
            Column(name: "model") { .text($0.model) },
            Column(name: "region") { .text($0.region) },
            Column(name: "operation") { .text($0.operation) },
            Column(name: "latency") { .text($0.latency) },
            Column(name: "served_latency") { .text($0.servedLatency) },
            Column(name: "tier") { .text($0.tier) },
            Column(name: "served_tier") { .text($0.servedTier) },
            Column(name: "task_type") { .text($0.taskType) },
            Column(name: "experiment") { .text($0.experiment) },
            Column(name: "prompt_id") { .text($0.promptID) },
            Column(name: "labels") { .labels($0.labels) },
            Column(name: "start_time") { .instant($0.dispatched) },
            Column(name: "scheduled_ns") { .integer(Int64(bitPattern: $0.scheduled.nanosecondsSinceEpoch)) },
            Column(name: "dispatched_ns") { .integer(Int64(bitPattern: $0.dispatched.nanosecondsSinceEpoch)) },
            Column(name: "connection") { .text($0.connection) },
            Column(name: "outcome") { .text($0.outcome.rawValue) },
            Column(name: "error_code") { .text($0.errorCode) },
            Column(name: "http_status") { .integer($0.httpStatus.map(Int64.init)) },
            Column(name: "stop_reason") { .text($0.stopReason) },
            Column(name: "warmup") { .flag($0.isWarmup) },
            Column(name: "input_tokens") { .integer($0.usage.inputTokens.map(Int64.init)) },
            Column(name: "output_tokens") { .integer($0.usage.outputTokens.map(Int64.init)) },
            Column(name: "cache_read_tokens") { .integer($0.usage.cacheReadTokens.map(Int64.init)) },
            Column(name: "cache_write_tokens") { .integer($0.usage.cacheWriteTokens.map(Int64.init)) },
        ]
            + MetricColumn.all.map { metric in
                Column(name: metric.name) { .real(metric.read($0.metrics)) }
            }
            + [
                Column(name: "chunks") { .integer(Int64($0.chunkCount)) },
                Column(name: "events") { .integer(Int64($0.eventCount)) },
            ]
    )
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
        Column(name: "file") { .text($0.file) },
        Column(name: "request_id") { .integer(Int64(clamping: $0.timeline.id.request)) },
        Column(name: "attempt") { .integer(Int64($0.timeline.id.attempt)) },
        Column(name: "index") { .integer(Int64($0.event.index)) },
        Column(name: "event_type") { .text($0.event.eventType) },
        Column(name: "message_type") { .text($0.event.messageType) },
        Column(name: "kind") { .text($0.event.kindName) },
        Column(name: "offset") { .integer(Int64(clamping: $0.event.offset)) },
        Column(name: "length") { .integer(Int64($0.event.length)) },
        Column(name: "stamp_ns") { .integer(($0.event.stamp - $0.timeline.dispatched).count) },
        Column(name: "stamp_source") { .text("\($0.event.source)") },
        Column(name: "callback_lag_ns") { .integer($0.event.callbackLag.count) },
        Column(name: "burst") { .flag($0.event.isBurst) },
        Column(name: "text_bytes") { .integer(Int64($0.event.textByteCount)) },
    ])
}
