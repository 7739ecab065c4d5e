// The families whose stream is bare text with a running count or a reason at its end: Meta Llama, Mistral, Amazon Titan.

import Core

enum LlamaText {
    static func objects(_ answer: GeneratedAnswer) -> [FamilyObject] {
        var count = 0
        var objects: [FamilyObject] = []
        for delta in answer.allDeltas {
            let isFirst = count == 0
            count += delta.tokenCount
            objects.append(
                FamilyObject(delta.offset) { json in
                    json.member("generation", delta.text)
                    json.member("prompt_token_count", isFirst ? answer.inputTokens : nil)
                    json.member("generation_token_count", count)
                    json.member("stop_reason", String?.none)
                }
            )
        }
        objects.append(
            FamilyObject(answer.tail(0)) { json in
                json.member("generation", "")
                json.member("prompt_token_count", Int?.none)
                json.member("generation_token_count", count)
                json.member("stop_reason", answer.plainStopReason)
                answer.writeInvocationMetrics(at: answer.tail(0), &json)
            }
        )
        return objects
    }

    static func writeWhole(_ answer: GeneratedAnswer, _ json: inout JSONWriter) {
        json.member("generation", answer.allText)
        json.member("prompt_token_count", answer.inputTokens)
        json.member("generation_token_count", answer.outputTokens)
        json.member("stop_reason", answer.plainStopReason)
    }
}

enum MistralText {
    private static func output(_ text: String, _ reason: String?, _ json: inout JSONWriter) {
        json.member("outputs") { json in
            json.array { json in
                json.object { json in
                    json.member("text", text)
                    json.member("stop_reason", reason)
                }
            }
        }
    }

    static func writeWhole(_ answer: GeneratedAnswer, _ json: inout JSONWriter) {
        output(answer.allText, answer.plainStopReason, &json)
    }

    static func objects(_ answer: GeneratedAnswer) -> [FamilyObject] {
        var objects = answer.allDeltas.map { delta in
            FamilyObject(delta.offset) { json in output(delta.text, nil, &json) }
        }
        objects.append(
            FamilyObject(answer.tail(0)) { json in
                output("", answer.plainStopReason, &json)
                answer.writeInvocationMetrics(at: answer.tail(0), &json)
            }
        )
        return objects
    }
}

enum TitanText {
    static func writeWhole(_ answer: GeneratedAnswer, _ json: inout JSONWriter) {
        json.member("inputTextTokenCount", answer.inputTokens)
        json.member("results") { json in
            json.array { json in
                json.object { json in
                    json.member("tokenCount", answer.outputTokens)
                    json.member("outputText", answer.allText)
                    json.member("completionReason", completionReason(answer))
                }
            }
        }
    }

    private static func completionReason(_ answer: GeneratedAnswer) -> String {
        answer.stopReason == .maximumTokens ? "LENGTH" : "FINISH"
    }

    static func objects(_ answer: GeneratedAnswer) -> [FamilyObject] {
        let deltas = answer.allDeltas
        return deltas.enumerated().map { index, delta in
            let isLast = index == deltas.count - 1
            return FamilyObject(delta.offset) { json in
                json.member("outputText", delta.text)
                json.member("index", 0)
                json.member("totalOutputTextTokenCount", isLast ? answer.outputTokens : nil)
                json.member("completionReason", isLast ? completionReason(answer) : nil)
                json.member("inputTextTokenCount", index == 0 ? answer.inputTokens : nil)
                if isLast { answer.writeInvocationMetrics(at: delta.offset, &json) }
            }
        }
    }
}

extension GeneratedAnswer {
    /// The reason as the text families word it.
    var plainStopReason: String { stopReason == .maximumTokens ? "length" : "stop" }
}
