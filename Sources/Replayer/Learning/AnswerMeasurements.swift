// What one recorded answer tells of its model: instants of deltas and counts of tokens.

import Core

/// The numbers of one whole recorded stream; times in milliseconds from dispatch, connection set-up left out.
struct AnswerMeasurements: Hashable, Sendable {
    var head_ms: Double
    /// The instants of the deltas with content, at least one.
    var deltas_ms: [Double]
    var end_ms: Double
    /// How many of the deltas are reasoning.
    var reasoningDeltaCount: Int
    var outputTokens: Int
    var inputTokens: Int?
    var servedLatency: String?

    /// Measures an answer; `nil` where it is no whole stream with tokens in it.
    init?(_ answer: RecordedAnswer) {
        guard answer.status == 200, answer.ending == .complete,
            let operation = BedrockOperation(rawValue: answer.operation)
        else { return nil }
        var parser = BedrockEventParser(operation: operation)
        var decoder = EventStreamDecoder()
        var deltas: [Double] = []
        var reasoning = 0
        var metadata: ResponseMetadata?
        var hasFailed = false
        var start = 0
        for chunk in answer.chunks {
            let bytes = Array(answer.body[start..<chunk.end])
            start = chunk.end
            do {
                try decoder.feed(bytes.span.bytes) { frame, bytes in
                    parser.parse(frame, in: bytes) { event in
                        switch event {
                        case .delta(let delta) where delta.isContent:
                            deltas.append(chunk.offset.milliseconds)
                            if delta.kind == .reasoning { reasoning += 1 }
                        case .metadata(let value): metadata = value
                        case .exception: hasFailed = true
                        default: break
                        }
                    }
                }
            } catch {
                return nil
            }
        }
        guard !hasFailed, !deltas.isEmpty, let metadata, let output = metadata.usage.outputTokens, output > 0 else {
            return nil
        }
        head_ms = answer.headOffset.milliseconds
        deltas_ms = deltas
        end_ms = answer.endOffset.milliseconds
        reasoningDeltaCount = reasoning
        outputTokens = output
        inputTokens = metadata.usage.inputTokens
        servedLatency = metadata.servedLatency
    }
}
