// What `fidelity` writes: a table for a person, JSON of the schema `bedrock-trace/fidelity/1` for programs.

import Core

enum FidelityTable {
    static func render(_ fidelity: Fidelity, clock: MonotonicClock?) -> String {
        let table = TextTable(
            header: ["error, µs", "n", "min", "p50", "p90", "p99", "max"],
            rows: fidelity.measures.flatMap { measure in
                measure.errors.parts.map { part in
                    let one = part.distribution
                    return [part.name == "all" ? measure.title : title(part.name), "\(one.count)"]
                        + [one.minimum, one.median, one.p90, one.p99, one.maximum].map(number)
                }
            }
        )
        var notes = [
            "error: the recorder's stamp less the instant just before the sender's write; inter-token latency without sign.",
            "requests matched \(fidelity.matchedRequests), unmatched \(fidelity.unmatchedRequests); events unmatched "
                + "\(fidelity.unmatchedEvents), sent but not in the trace \(fidelity.missingEvents).",
        ]
        if let clock { notes.append("clock records differ by \(clock.spread.count) ns.") }
        return table.aligned() + "\n" + notes.map { $0 + "\n" }.joined()
    }

    private static func title(_ part: String) -> String {
        switch part {
        case "single": "  arrived alone"
        case "coalesced": "  arrived with another"
        default: "  \(part) stamp"
        }
    }

    private static func number(_ value: Double?) -> String {
        value.map { NumberText.fixed($0, decimals: 1) } ?? "–"
    }
}

enum FidelityJSON {
    static func render(_ fidelity: Fidelity, clock: MonotonicClock?) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", "bedrock-trace/fidelity/1")
            json.member("requests") { json in
                json.object { json in
                    json.member("matched", fidelity.matchedRequests)
                    json.member("unmatched", fidelity.unmatchedRequests)
                }
            }
            json.member("unmatched_events", fidelity.unmatchedEvents)
            json.member("missing_events", fidelity.missingEvents)
            json.member("clock_spread_ns", clock?.spread.count)
            json.member("error_us") { json in
                json.object { json in
                    for measure in fidelity.measures { json.member(measure.name) { write(measure.errors, &$0) } }
                }
            }
        }
        return json.text + "\n"
    }

    private static func write(_ errors: StampErrors, _ json: inout JSONWriter) {
        json.object { json in
            for part in errors.parts {
                json.member(part.name) { json in
                    json.object { json in
                        json.member("n", part.distribution.count)
                        json.member("min", part.distribution.minimum)
                        json.member("p50", part.distribution.median)
                        json.member("p90", part.distribution.p90)
                        json.member("p99", part.distribution.p99)
                        json.member("max", part.distribution.maximum)
                    }
                }
            }
        }
    }
}
