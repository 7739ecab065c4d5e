// The body of a ConverseStream request (Bedrock runtime API, 2023-09-30): what the row says, and nothing else.

import Core

enum ConverseRequest {
    /// The JSON for the wire; members stand in one fixed order, so equal rows give equal bytes.
    static func body(_ row: DatasetRow) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("messages") { json in
                json.array { json in
                    json.object { json in
                        json.member("role", "user")
                        json.member("content") { json in text(row.textPrompt, &json) }
                    }
                }
            }
            if let system = row.system {
                json.member("system") { json in text(system, &json) }
            }
            json.member("inferenceConfig") { json in
                json.object { json in
                    json.member("maxTokens", row.expectedOutputTokens)
                    if let temperature = row.temperature { json.member("temperature", temperature) }
                    if let topP = row.topP { json.member("topP", topP) }
                    if !row.stopSequences.isEmpty {
                        json.member("stopSequences") { json in
                            json.array { json in
                                for sequence in row.stopSequences { json.value(sequence) }
                            }
                        }
                    }
                }
            }
            if let latency = row.latency {
                json.member("performanceConfig") { json in
                    json.object { json in json.member("latency", latency.rawValue) }
                }
            }
            if let tier = row.tier {
                json.member("serviceTier") { json in
                    json.object { json in json.member("type", tier) }
                }
            }
        }
        return json.bytes
    }

    private static func text(_ text: String, _ json: inout JSONWriter) {
        json.array { json in
            json.object { json in json.member("text", text) }
        }
    }
}
