// The plan as it will be carried out: for people, and for the trace. It holds no secret.

import Core

struct ResolvedPlan {
    var load: LoadPlan
    var rows: [DatasetRow]
    var datasetPath: String
    var datasetSHA256: String
    var concurrency: Int
    var sleepSeconds: Double
    var durationSeconds: Double?
    var endpoint: String?
    var experiment: String?

    /// The plan as JSON, for the trace.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("rows", load.rowCount)
            json.member("invocations", load.invocations)
            json.member("rounds", load.rounds)
            json.member("order", load.order.rawValue)
            json.member("seed", load.seed)
            json.member("warmup", load.warmup)
            json.member("max_requests", load.maxRequests)
            json.member("concurrency", concurrency)
            json.member("sleep_s", sleepSeconds)
            json.member("duration_s", durationSeconds)
            json.member("operation", BedrockOperation.converseStream.rawValue)
            json.member("endpoint", endpoint)
            json.member("experiment", experiment)
        }
        return json.text
    }
}

extension ResolvedPlan: CustomStringConvertible {
    var description: String {
        let models = Set(rows.map(\.modelID)).sorted()
        let regions = Set(rows.compactMap(\.region)).sorted()
        let requests = load.count.map { "\($0)" } ?? "as many as fit"
        let tokens = load.count.map { _ in
            load.requests().reduce(0) { $0 + rows[$1.row].expectedOutputTokens }
        }
        let lines: [(String, String)] = [
            ("dataset", "\(datasetPath), \(rows.count) rows, \(Set(rows.map(\.promptID)).count) prompts"),
            ("requests", "\(requests), \(load.order.rawValue), seed \(load.seed), \(load.warmup) of them warm-up"),
            ("load", "\(concurrency) at once, \(sleepSeconds) s between a worker's requests"),
            ("duration", durationSeconds.map { "at most \($0) s" } ?? "until the last answer"),
            ("models", models.joined(separator: ", ")),
            ("regions", regions.joined(separator: ", ")),
            ("endpoint", endpoint ?? regions.map { Endpoint(region: $0).url }.joined(separator: ", ")),
            ("output tokens", tokens.map { "at most \($0)" } ?? "no bound without an end"),
        ]
        return lines.map { name, value in
            name + String(repeating: " ", count: 15 - name.count) + value
        }.joined(separator: "\n")
    }
}
