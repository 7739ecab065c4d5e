// Heads and timing around a synthetic answer's bytes: a stream's events one by one, a whole answer at its end.

import Core

/// Writes scripts that state one request id and one label.
struct ScriptWriter {
    let requestID: String
    let label: String

    /// A ConverseStream answer.
    func stream(_ events: [TimedEvent], _ answer: GeneratedAnswer) -> AnswerScript {
        stream(events, answer, extra: [])
    }

    /// An InvokeModelWithResponseStream answer.
    func invokeStream(_ events: [TimedEvent], _ answer: GeneratedAnswer) -> AnswerScript {
        stream(
            events,
            answer,
            extra: [HeaderField("x-amzn-bedrock-content-type", "application/json")] + served(answer)
        )
    }

    /// A Converse answer.
    func whole(_ body: [UInt8], _ answer: GeneratedAnswer) -> AnswerScript {
        whole(body, at: answer.end, extra: [])
    }

    /// An InvokeModel answer; its head carries the numbers that a stream carries in its last event.
    func invokeWhole(_ body: [UInt8], _ answer: GeneratedAnswer) -> AnswerScript {
        let latency = GeneratedAnswer.wholeMilliseconds(answer.end)
        var extra = [
            HeaderField("x-amzn-bedrock-invocation-latency", String(latency)),
            HeaderField("x-amzn-bedrock-input-token-count", String(answer.inputTokens)),
            HeaderField("x-amzn-bedrock-output-token-count", String(answer.outputTokens)),
        ]
        if answer.hasCacheCounts {
            extra.append(HeaderField("x-amzn-bedrock-cache-read-input-token-count", String(answer.cacheReadTokens)))
            extra.append(HeaderField("x-amzn-bedrock-cache-write-input-token-count", String(answer.cacheWriteTokens)))
        }
        return whole(body, at: answer.end, extra: extra + served(answer))
    }

    /// A CountTokens answer, at once.
    func tokenCount(_ count: Int) -> AnswerScript {
        var json = JSONWriter()
        json.object { json in json.member("inputTokens", count) }
        return whole(json.bytes, at: .zero, extra: [])
    }

    private func served(_ answer: GeneratedAnswer) -> [HeaderField] {
        var fields: [HeaderField] = []
        if let latency = answer.servedLatency {
            fields.append(HeaderField("x-amzn-bedrock-performanceconfig-latency", latency))
        }
        if let tier = answer.servedTier { fields.append(HeaderField("x-amzn-bedrock-service-tier", tier)) }
        return fields
    }

    private func stream(_ events: [TimedEvent], _ answer: GeneratedAnswer, extra: [HeaderField]) -> AnswerScript {
        let chunks = events.enumerated().map { index, event in
            AnswerChunk(
                offset: event.offset,
                bytes: EventFrames.event(event.type, event.payload),
                events: index..<(index + 1)
            )
        }
        return AnswerScript(
            requestID: requestID,
            head: AnswerHead(
                status: 200,
                headers: [
                    HeaderField("Content-Type", "application/vnd.amazon.eventstream"),
                    HeaderField("x-amzn-RequestId", requestID),
                ] + extra + [HeaderField("x-bedrock-replayer", label)],
                offset: min(answer.start, chunks.first?.offset ?? answer.start)
            ),
            chunks: chunks,
            endOffset: chunks.last?.offset ?? answer.start
        )
    }

    private func whole(_ body: [UInt8], at offset: Nanoseconds, extra: [HeaderField]) -> AnswerScript {
        AnswerScript(
            requestID: requestID,
            head: AnswerHead(
                status: 200,
                headers: [
                    HeaderField("Content-Type", "application/json"),
                    HeaderField("Content-Length", String(body.count)),
                    HeaderField("x-amzn-RequestId", requestID),
                ] + extra + [HeaderField("x-bedrock-replayer", label)],
                offset: offset
            ),
            chunks: [AnswerChunk(offset: offset, bytes: body, events: 0..<0)],
            endOffset: offset
        )
    }
}
