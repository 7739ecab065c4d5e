// The inner JSON of InvokeModelWithResponseStream differs by model family: one enum names them, one file each writes them.

import Core

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A family of models that share the JSON of their streamed answers.
package enum ModelFamily: String, Hashable, Sendable, CaseIterable {
    case anthropic
    case nova
    case llama
    case mistral
    case titan

    /// The family that a model id, inference-profile id or ARN names; `nil` where it names none.
    package init?(modelID: String) {
        let marks: [(String, ModelFamily)] = [
            ("anthropic.", .anthropic), ("claude", .anthropic), ("amazon.nova", .nova), ("meta.llama", .llama),
            ("mistral.", .mistral), ("mixtral", .mistral), ("amazon.titan", .titan),
        ]
        guard let found = marks.first(where: { modelID.contains($0.0) }) else { return nil }
        self = found.1
    }

    /// The events of an answer: `chunk` messages whose `bytes` are the family's JSON objects.
    func events(_ answer: GeneratedAnswer, _ padding: inout PaddingSource) -> [TimedEvent] {
        let objects =
            switch self {
            case .anthropic: AnthropicMessages.objects(answer)
            case .nova: NovaMessages.objects(answer)
            case .llama: LlamaText.objects(answer)
            case .mistral: MistralText.objects(answer)
            case .titan: TitanText.objects(answer)
            }
        return wrapped(objects, &padding)
    }

    /// The body of a whole answer, as InvokeModel gives it.
    func body(_ answer: GeneratedAnswer) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            switch self {
            case .anthropic: AnthropicMessages.writeWhole(answer, &json)
            case .nova: NovaMessages.writeWhole(answer, &json)
            case .llama: LlamaText.writeWhole(answer, &json)
            case .mistral: MistralText.writeWhole(answer, &json)
            case .titan: TitanText.writeWhole(answer, &json)
            }
        }
        return json.bytes
    }

    private func wrapped(_ objects: [FamilyObject], _ padding: inout PaddingSource) -> [TimedEvent] {
        objects.map { object in
            var json = JSONWriter()
            json.object { json in
                json.member("bytes", Data(object.json).base64EncodedString())
                padding.write(&json)
            }
            return TimedEvent(offset: object.offset, type: "chunk", payload: json.bytes)
        }
    }
}

/// One JSON object of a family's stream.
struct FamilyObject: Hashable, Sendable {
    var offset: Nanoseconds
    var json: [UInt8]

    /// An object whose members `body` writes.
    init(_ offset: Nanoseconds, _ body: (inout JSONWriter) -> Void) {
        self.offset = offset
        var json = JSONWriter()
        json.object(body)
        self.json = json.bytes
    }
}

extension GeneratedAnswer {
    /// Writes the service's own measurements, which ride on the last object of every family's stream.
    func writeInvocationMetrics(at offset: Nanoseconds, _ json: inout JSONWriter) {
        json.member("amazon-bedrock-invocationMetrics") { json in
            json.object { json in
                json.member("inputTokenCount", inputTokens)
                json.member("outputTokenCount", outputTokens)
                json.member("invocationLatency", Self.wholeMilliseconds(offset))
                json.member("firstByteLatency", Self.wholeMilliseconds(firstDelta))
                if hasCacheCounts {
                    json.member("cacheReadInputTokenCount", cacheReadTokens)
                    json.member("cacheWriteInputTokenCount", cacheWriteTokens)
                }
            }
        }
    }

    /// All deltas in order, for families whose stream knows text only.
    var allDeltas: [GeneratedDelta] { blocks.flatMap(\.deltas) }

    /// All text in order, for the same families.
    var allText: String { blocks.map(\.text).joined() }
}
