// `requests --schema aws-samples`: the CSV of AWS's LLM Latency Benchmarking Framework, column by column, so that sheets
// made for it keep working. Where the notebook's own columns were wrong, these state what the wire says.

import Core

/// One request as the notebook writes it.
struct NotebookInvocation {
    var row: RequestRow
    var parameters: RequestParameters
    var errorMessage: String?
    /// How often the round had asked this before.
    var invocation: Int
    /// When the round's last request ended.
    var roundEnd: TraceInstant?

    /// What makes requests the same scenario.
    private struct Scenario: Hashable {
        var model: String
        var region: String
        var latency: String?
        var prompt: String
        var round: UInt32
    }

    /// The invocations of one recording, without warm-ups, which the notebook doesn't know.
    static func all(
        _ timelines: [(row: RequestRow, parameters: RequestParameters, errorMessage: String?)]
    )
        -> [NotebookInvocation]
    {
        var seen: [Scenario: Int] = [:]
        var ends: [UInt32: TraceInstant] = [:]
        let measured = timelines.filter { !$0.row.isWarmup }
        for one in measured {
            guard let completed = one.row.completed else { continue }
            ends[one.row.round] = max(ends[one.row.round] ?? completed, completed)
        }
        return measured.map { one in
            let row = one.row
            let scenario = Scenario(
                model: row.model,
                region: row.region,
                latency: row.latency,
                prompt: row.promptID,
                round: row.round
            )
            defer { seen[scenario, default: 0] += 1 }
            return NotebookInvocation(
                row: row,
                parameters: one.parameters,
                errorMessage: one.errorMessage,
                invocation: seen[scenario, default: 0],
                roundEnd: ends[row.round]
            )
        }
    }
}

extension RowSchema where Row == NotebookInvocation {
    /// The notebook's nineteen columns.
    static let awsSamples = RowSchema(columns: [
        .real("time_to_first_byte") { $0.seconds(\.ttft) },
        .real("time_to_last_byte") { $0.seconds(\.endToEnd) },
        .text("job_timestamp_iso") { UTCText.seconds($0.row.dispatched) },
        .integer("configured_output_tokens_for_request") { $0.parameters.maximumOutputTokens.map(Int64.init) },
        .integer("model_input_tokens") { $0.row.usage.inputTokens.map(Int64.init) },
        .integer("model_output_tokens") { $0.row.usage.outputTokens.map(Int64.init) },
        .text("model") { $0.row.model },
        .text("region") { $0.row.region },
        .integer("invocation_id") { Int64($0.invocation) },
        .text("api_call_status") { $0.row.outcome == .ok ? "Success" : $0.row.errorCode ?? $0.row.outcome.rawValue },
        .text("full_error_message") { $0.row.outcome == .ok ? "Success" : $0.errorMessage ?? $0.row.outcomeWithCode },
        .real("TEMPERATURE") { $0.parameters.temperature },
        .real("TOP_P") { $0.parameters.topP },
        .real("TOP_K") { $0.parameters.topK },
        .text("EXPERIMENT_NAME") { $0.row.experiment },
        .text("task_type") { $0.row.taskType },
        .text("inference_profile") { NotebookProfile.name($0.row) },
        .text("timestamp") { $0.roundEnd.map(UTCText.local) },
        .integer("run_count") { Int64($0.row.round) + 1 },
    ])
}

/// The profile that the notebook groups by.
enum NotebookProfile {
    /// A request that names none is served as `standard`.
    static func name(_ row: RequestRow) -> String { row.latency ?? "standard" }
}

extension NotebookInvocation {
    /// Only a success has times in the notebook.
    fileprivate func seconds(_ metric: KeyPath<RequestMetrics, Double?>) -> Double? {
        guard row.outcome == .ok else { return nil }
        return row.metrics[keyPath: metric].map { $0 / 1000 }
    }
}
