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
            json.member("confidence_of_each", report.confidenceOfEach)
            json.member("target", report.plan.target.rawValue)
            json.member("adjustment", report.plan.adjustment.rawValue)
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
            json.member("ratio") { SummaryJSON.write(one.ratio, &$0) }
            json.member("difference") { SummaryJSON.write(one.difference, &$0) }
            json.member("p_value", one.pValue)
            json.member("p_adjusted", one.adjustedPValue)
            json.member("paired", one.isPaired)
            json.member("n", one.count)
            json.member("detectable_change", one.detectableChange)
            json.member("verdict", one.verdict.rawValue)
            json.member("confounded_with_time", one.isConfoundedWithTime)
            if let robust = one.robust { json.member("robust") { write(robust, &$0) } }
        }
    }

    private static func write(_ robust: RobustComparison, _ json: inout JSONWriter) {
        json.object { json in
            switch robust {
            case .paired(let medianRatio, let signedRank):
                json.member("median_ratio") { SummaryJSON.write(medianRatio, &$0) }
                json.member("signed_rank_p", signedRank?.test.pValue)
                json.member("zero_differences", signedRank?.zeroCount)
            case .unpaired(let shift, let test, let superiority):
                json.member("median_shift") { SummaryJSON.write(shift, &$0) }
                json.member("mann_whitney_p", test.pValue)
                json.member("smallest_possible_p", test.smallestPossible)
                json.member("superiority", superiority?.probability)
                json.member("superiority_low", superiority?.interval?.low)
                json.member("superiority_high", superiority?.interval?.high)
                json.member("cliffs_delta", superiority?.delta)
            }
        }
    }
}
