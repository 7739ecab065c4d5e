// `drift --format json`: the schema `bedrock-trace/drift/1`.

import Core

enum DriftJSON {
    static func render(_ document: DriftDocument) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", "bedrock-trace/drift/1")
            json.member("lens", document.plan.lens.name)
            json.member("confidence", document.plan.confidence)
            json.member("margin", document.margin)
            json.groups(document.groups, of: document.plan.groupBy, key: \.key) { group, json in
                for one in group.metrics { json.member(one.metric) { write(one, &$0) } }
            }
        }
        return json.text + "\n"
    }

    private static func write(_ one: MetricStability, _ json: inout JSONWriter) {
        json.object { json in
            json.member("n", one.count)
            json.member("unit", one.unit)
            json.member("periods", one.periodCount)
            json.member("effective_periods", one.effectivePeriods)
            if let test = one.ljungBox {
                json.member("ljung_box") { json in
                    json.object { json in
                        json.member("statistic", test.statistic)
                        json.member("lag", test.lag)
                        json.member("p_value", test.pValue)
                    }
                }
            }
            if let test = one.kpss {
                json.member("kpss") { json in
                    json.object { json in
                        json.member("statistic", test.statistic)
                        json.member("lag", test.lag)
                        json.member("rejects_level", test.rejectsLevel)
                    }
                }
            }
            if let test = one.trend {
                json.member("mann_kendall") { json in
                    json.object { json in
                        json.member("statistic", test.statistic)
                        json.member("z", test.z)
                        json.member("p_value", test.pValue)
                        json.member("p_value_unscaled", test.unscaledPValue)
                    }
                }
            }
            if let change = one.change {
                json.member("pettitt") { json in
                    json.object { json in
                        json.member("after", change.after)
                        json.member("at", UTCText.text(change.instant))
                        json.member("ratio", change.ratio)
                        json.member("superiority", change.superiority)
                        json.member("p_value", change.pValue)
                        json.member("claimed", change.isClaimed)
                    }
                }
            }
            json.member("suggested_warmup", one.suggestedWarmUp)
            json.member("verdict", one.verdict.rawValue)
        }
    }
}
