// `summary --format json`: the schema `bedrock-trace/summary/1`, which other programs build on.

import Core

enum SummaryJSON {
    static func render(_ document: SummaryDocument) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", "bedrock-trace/summary/1")
            json.member("lens", document.plan.lens.name)
            json.member("confidence", document.plan.confidence)
            json.member("resamples", document.plan.resamples)
            json.member("seed", document.plan.seed)
            json.member("interval", document.plan.intervals.rawValue)
            json.member("quantiles", document.plan.lens.percentiles.description)
            json.member("synthetic", document.isSynthetic)
            if document.plan.timeouts == .censored { json.member("timeouts", document.plan.timeouts.rawValue) }
            if let objective = document.plan.objective { json.member("slo", objective.text) }
            json.member("groups") { json in
                json.array { json in
                    for group in document.groups { write(group, keys: document.plan.groupBy, &json) }
                }
            }
        }
        return json.text + "\n"
    }

    private static func write(_ group: GroupSummary, keys: [GroupKey], _ json: inout JSONWriter) {
        json.object { json in
            json.key(keys, group.key)
            json.member("requests") { json in
                json.object { json in
                    json.member("total", group.total)
                    json.member("ok", group.ok)
                    json.member("warmup", group.warmup)
                    json.member("outcomes") { json in
                        json.object { json in
                            for (outcome, count) in group.outcomes.sorted(by: { $0.key < $1.key }) {
                                json.member(outcome, count)
                            }
                        }
                    }
                }
            }
            json.member("metrics") { json in
                json.object { json in
                    for metric in group.metrics { json.member(metric.name) { write(metric, &$0) } }
                }
            }
            json.member("throughput") { json in
                json.object { json in
                    json.member("requests_per_s", group.requestsPerSecond)
                    json.member("output_tokens_per_s", group.outputTokensPerSecond)
                    json.member("concurrency_mean", group.concurrency?.mean)
                    json.member("concurrency_max", group.concurrency?.maximum)
                }
            }
            json.member("measurement") { write(group.stamps, &$0) }
            if let goodput = group.goodput {
                json.member("goodput") { json in
                    json.object { json in
                        json.member("requests", goodput.requests)
                        json.member("share", goodput.share)
                        json.member("requests_per_s", goodput.requestsPerSecond)
                    }
                }
            }
        }
    }

    private static func write(_ stamps: GroupStampQuality, _ json: inout JSONWriter) {
        json.object { json in
            json.member("kernel_stamped", stamps.kernelStamped)
            json.member("recorder_stamped", stamps.recorderStamped)
            json.member("callback_lag_p99_ms", stamps.callbackLag?.milliseconds)
            json.member("recorder_delay_p99_ms", stamps.recorderDelay?.milliseconds)
            json.member("doubtful", stamps.isDoubtful)
            json.member("warning", stamps.warning)
        }
    }

    private static func write(_ metric: MetricSummary, _ json: inout JSONWriter) {
        json.object { json in
            json.member("n", metric.count)
            json.member("missing", metric.missing)
            json.member("target", metric.target.rawValue)
            json.member("mean") { write(metric.mean, &$0) }
            for quantile in metric.quantiles {
                json.member(quantile.name) { write(quantile.estimate, &$0) }
            }
            json.member("sd", metric.standardDeviation)
            json.member("min", metric.minimum)
            json.member("max", metric.maximum)
        }
    }

    /// An estimate as every JSON output has it.
    static func write(_ estimate: Estimate, _ json: inout JSONWriter) {
        json.object { json in
            json.member("value", estimate.value)
            json.member("low", estimate.interval?.low)
            json.member("high", estimate.interval?.high)
            if let size = estimate.interval?.requiredSampleSize { json.member("needs_n", size) }
            json.member("method", estimate.method.rawValue)
            json.member("flags") { json in
                json.array { json in
                    for flag in estimate.flags { json.value(flag.description) }
                }
            }
        }
    }
}
