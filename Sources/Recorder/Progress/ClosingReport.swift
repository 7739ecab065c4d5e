// What is said when a recording has ended: a table by model, what went wrong, and how far the stamps can be trusted.

import Core

struct ClosingReport {
    var progress: ProgressReport
    var capture: CaptureReport
    /// The trace.
    var output: String

    var lines: [String] {
        var lines = [progress.line]
        if let faults = progress.faults { lines.append(faults) }
        lines += progress.live.faults.lines.prefix(8)
        lines += TextTable.lines(progress.modelRows)
        lines.append(stamps)
        if let lateness = progress.load.lateness.quantile(0.99) {
            let late = "Starts were late by at most \(DurationLine.short(lateness)) for 99 % of requests"
            lines.append(late + "; \(NumberText.count(progress.load.heldBack)) waited for a free place.")
        }
        if capture.progress.pauses > 0 {
            lines.append("The writer was behind \(capture.progress.pauses) times; transfers waited, nothing was lost.")
        }
        if capture.clockSteps > 0 {
            lines.append("The wall clock stepped \(capture.clockSteps) times; stamps around it are marked.")
        }
        if capture.lostAttempts > 0 {
            lines.append(
                "Not written: \(capture.lostAttempts) requests, \(ByteLine.text(capture.lostBytes)) of their answers."
            )
        }
        if capture.writeError == nil { lines.append("\(output): \(ByteLine.text(capture.writtenByteCount))") }
        return lines
    }

    private var stamps: String {
        switch capture.stampSource {
        case .kernel: return "Stamps are the kernel's."
        default:
            let reason = capture.environment.kernelStampRefusal.map { " (\($0))" } ?? ""
            return "Stamps are those of the write callback\(reason)."
        }
    }
}

extension ProgressReport {
    /// The numbers as members of a JSON object, names with their units.
    func write(_ json: inout JSONWriter) {
        json.member("elapsed_s", (elapsedSeconds * 1000).rounded() / 1000)
        json.member("total", total)
        json.member("started", capture.started)
        json.member("in_flight", capture.inFlight)
        json.member("outcomes") { json in
            json.object { json in
                for outcome in TransportOutcome.allCases where (capture.done[outcome] ?? 0) > 0 {
                    json.member(outcome.rawValue, capture.done[outcome])
                }
            }
        }
        json.member("received_bytes", capture.receivedByteCount)
        json.member("requests_per_s", requestsPerSecond)
        json.member("output_tokens_per_s", tokensPerSecond)
        json.member("callback_lag_p99_ms", capture.callbackLagP99.milliseconds)
        json.member("loop_lateness_p99_ms", capture.loopLatenessP99.milliseconds)
        json.member("ring_highest", capture.highestRingShare)
        if load.lateness.count > 0 {
            json.member("start_lateness_p99_ms", load.lateness.quantile(0.99)?.milliseconds)
            json.member("held_back", load.heldBack)
        }
        if let rate = load.rate { json.member("rate_per_s", rate) }
        json.member("faults") { json in
            json.object { json in
                for (name, fault) in live.faults.byName.sorted(by: { $0.key < $1.key }) {
                    json.member(name) { json in
                        json.object { json in
                            json.member("count", fault.count)
                            json.member("message", fault.message)
                        }
                    }
                }
            }
        }
        json.member("models") { json in
            json.object { json in
                for name in Set(load.models.keys).union(live.models.keys).sorted() {
                    let (load, live) = (load.models[name], live.models[name])
                    json.member(name) { json in
                        json.object { json in
                            json.member("ok", load?.outcomes[.ok] ?? 0)
                            json.member("done", load?.outcomes.values.reduce(0, +) ?? 0)
                            json.member("throttled", load?.throttled ?? 0)
                            json.member("stream_exceptions", live?.streamExceptions ?? 0)
                            json.member("ttft_p50_ms", live?.firstToken.quantile(0.5)?.milliseconds)
                            json.member("ttft_p99_ms", live?.firstToken.quantile(0.99)?.milliseconds)
                            json.member("e2e_p50_ms", load?.endToEnd.quantile(0.5)?.milliseconds)
                            json.member("input_tokens", live?.inputTokens ?? 0)
                            json.member("output_tokens", live?.outputTokens ?? 0)
                        }
                    }
                }
            }
        }
    }
}
