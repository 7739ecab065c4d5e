// `compare --format json`: the schema `bedrock-trace/compare/1`, which other programs build on.

import Core

enum CompareJSON {
    static func render(_ report: ComparisonReport) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", "bedrock-trace/compare/1")
            json.member("lens", report.plan.lens.name)
            json.member("by", report.plan.key.description)
            json.member("baseline", report.baseline)
            json.member("confidence", report.plan.confidence)
            json.member("margin", report.plan.margin)
            json.member("resamples", report.plan.resamples)
            json.member("seed", report.plan.seed)
            json.member("arms") { json in
                json.array { json in
                    for arm in report.arms {
                        json.object { json in
                            json.member("name", arm.name)
                            json.member("total", arm.total)
                            json.member("ok", arm.ok)
                        }
                    }
                }
            }
            json.member("comparisons") { json in
                json.array { json in
                    for one in report.statistics { write(one, &json) }
                }
            }
        }
        return json.text + "\n"
    }

    private static func write(_ one: ComparedStatistic, _ json: inout JSONWriter) {
        json.object { json in
            json.member("metric", one.metric)
            json.member("baseline", one.baseline)
            json.member("candidate", one.candidate)
            json.member("statistic", one.statistic)
            json.member("baseline_value", one.baselineValue)
            json.member("candidate_value", one.candidateValue)
            json.member("ratio") { write(one.ratio, &$0) }
            json.member("difference") { write(one.difference, &$0) }
            json.member("p_value", one.pValue)
            json.member("p_adjusted", one.adjustedPValue)
            json.member("paired", one.isPaired)
            json.member("n", one.count)
            json.member("verdict", one.verdict.rawValue)
            json.member("confounded_with_time", one.isConfoundedWithTime)
        }
    }

    private static func write(_ estimate: Estimate, _ json: inout JSONWriter) {
        json.object { json in
            json.member("value", estimate.value)
            json.member("low", estimate.interval?.low)
            json.member("high", estimate.interval?.high)
            json.member("method", estimate.method.rawValue)
            json.member("flags") { json in
                json.array { json in
                    for flag in estimate.flags { json.value(flag.description) }
                }
            }
        }
    }
}
