// The plan as it will be carried out: for people, and for the trace. It holds no secret.

import Core

struct ResolvedPlan {
    var load: LoadPlan
    var shape: LoadShape
    var limits: LoadLimits
    var rows: [DatasetRow]
    var datasetPath: String
    var datasetSHA256: String
    var endpoint: String?
    var experiment: String?
    var prices: Prices?
    /// What holds for rows that say nothing.
    var defaults = RowDefaults()
    /// How requests are carried.
    var capture = CaptureConfiguration()

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
            switch shape {
            case .closed(let concurrency, let sleep):
                json.member("loop", "closed")
                json.member("concurrency", concurrency)
                json.member("sleep_s", sleep.seconds)
            case .open(.fixed(let rate, let arrival), let maxInFlight):
                json.member("loop", "open")
                json.member("rate_per_s", rate)
                json.member("arrival", arrival.rawValue)
                json.member("max_in_flight", maxInFlight)
            case .open(.adaptive(_, let arrival), let maxInFlight):
                json.member("loop", "open")
                json.member("rate_per_s", "auto")
                json.member("arrival", arrival.rawValue)
                json.member("max_in_flight", maxInFlight)
            }
            json.member("ramp_s", limits.ramp.seconds)
            json.member("duration_s", limits.duration?.seconds)
            if !limits.hours.windows.isEmpty {
                json.member("windows") { json in
                    json.array { json in
                        for window in limits.hours.windows { json.value(window.description) }
                    }
                }
                json.member("time_zone", limits.hours.zone.name)
            }
            json.member("operations") { json in
                json.array { json in
                    for operation in Set(rows.map(\.operation.rawValue)).sorted() { json.value(operation) }
                }
            }
            json.member("row_defaults") { writeDefaults(&$0) }
            json.member("endpoint", endpoint)
            json.member("http_version", capture.httpVersion.rawValue)
            json.member("connect_timeout_s", capture.connectTimeout?.seconds)
            json.member("idle_timeout_s", capture.idleTimeout?.seconds)
            json.member("total_timeout_s", capture.totalTimeout?.seconds)
            json.member("experiment", experiment)
        }
        return json.text
    }

    private func writeDefaults(_ json: inout JSONWriter) {
        json.object { json in
            json.member("operation", defaults.operation.rawValue)
            json.member("max_tokens", defaults.maxTokens)
            json.member("latency", defaults.latency?.rawValue)
            json.member("region", defaults.region)
            json.member("temperature", defaults.temperature)
            json.member("top_p", defaults.topP)
            json.member("top_k", defaults.topK)
            json.member("tier", defaults.tier)
        }
    }
}

extension ResolvedPlan: CustomStringConvertible {
    var description: String {
        let models = Set(rows.map(\.modelID)).sorted()
        let regions = Set(rows.map(\.region)).sorted()
        var lines: [(String, String)] = [
            ("dataset", "\(datasetPath), \(rows.count) rows, \(Set(rows.map(\.promptID)).count) prompts"),
            ("requests", "\(requestCount), \(load.order.rawValue), seed \(load.seed), \(load.warmup) of them warm-up"),
            ("load", loadText),
            ("duration", limits.duration.map { "at most \(DurationLine.text(seconds: $0.seconds))" } ?? "no limit"),
        ]
        if !limits.hours.windows.isEmpty {
            let hours = limits.hours.windows.map(\.description).joined(separator: ", ")
            lines.append(("hours", "\(hours) in \(limits.hours.zone.name)"))
        }
        lines += [
            ("models", models.joined(separator: ", ")),
            ("regions", regions.joined(separator: ", ")),
            ("endpoint", endpoint ?? regions.map { Endpoint(region: $0).url }.joined(separator: ", ")),
            ("output tokens", outputTokens.map { "at most \($0)" } ?? "no bound known"),
        ]
        if let prices { lines.append(("cost", cost(prices))) }
        return lines.map(TextTable.pair).joined(separator: "\n")
    }

    /// The upper bound of output tokens; `nil` without an end, or where a raw body doesn't tell its own.
    private var outputTokens: Int? {
        guard load.count != nil else { return nil }
        var sum = 0
        for unit in load.units() {
            guard let limit = rows[unit.request.row].maxTokens else { return nil }
            sum += limit * unit.count
        }
        return sum
    }

    /// The upper bound of the cost; a token is at least one byte of the request.
    private func cost(_ prices: Prices) -> String {
        guard load.count != nil, outputTokens != nil else { return "no bound known" }
        var (input, output) = (0.0, 0.0)
        for unit in load.units() {
            let row = rows[unit.request.row]
            guard let price = prices.price(of: row.modelID) else { return "no price is given for \(row.modelID)" }
            input += Double(unit.count * row.body.count) / 1e6 * price.input
            output += Double(unit.count * (row.maxTokens ?? 0)) / 1e6 * price.output
        }
        func text(_ amount: Double) -> String {
            let hundredths = Int((amount * 100).rounded(.up))
            return "\(NumberText.count(hundredths / 100)).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
        }
        return "at most \(text(output)) \(prices.currency) for output and \(text(input)) for input"
    }

    /// The number of requests, as far as the plan alone decides it.
    private var requestCount: String {
        if let count = load.count { return "\(count)" }
        guard case .open(.fixed(let rate, let arrival), _) = shape, let duration = limits.duration,
            limits.hours.windows.isEmpty
        else { return "as many as fit" }
        var schedule = ArrivalSchedule(arrival: arrival, rate: rate, ramp: limits.ramp, seed: load.seed)
        var count = 0
        while count < 10_000_000, schedule.next() < duration { count += 1 }
        return "\(count)"
    }

    private var loadText: String {
        let ramp = limits.ramp > .zero ? ", reached after \(DurationLine.text(seconds: limits.ramp.seconds))" : ""
        switch shape {
        case .closed(let concurrency, let sleep):
            return "closed loop, \(concurrency) at once, \(sleep.seconds) s between a worker's requests\(ramp)"
        case .open(.fixed(let rate, let arrival), let maxInFlight):
            return "open loop, \(rate) requests/s, \(arrival.rawValue), at most \(maxInFlight) in flight\(ramp)"
        case .open(.adaptive(_, let arrival), let maxInFlight):
            return "open loop, as many as are not throttled, \(arrival.rawValue), at most \(maxInFlight) in flight"
        }
    }
}
