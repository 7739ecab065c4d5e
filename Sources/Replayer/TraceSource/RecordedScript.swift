// A recorded answer becomes a script: the recorded bytes at the recorded times, one HTTP chunk for each recorded chunk.

import Core

extension RecordedAnswer {
    /// Fields that belong to one connection (RFC 9110, section 7.6.1), or that are the server's own to write.
    private static let droppedFields: Set<String> = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding",
        "upgrade", "content-length", "date", "x-amzn-requestid", "set-cookie", "x-bedrock-replayer",
        "x-bedrock-replayer-recorded-request-id",
    ]

    /// The script that serves the answer.
    ///
    /// - Parameters:
    ///   - requestID: The id of this very response. The recorded id stands beside it, so that no two responses share one.
    ///   - label: What `x-bedrock-replayer` states.
    ///   - speed: Divides every time; infinite for no wait at all.
    /// - Returns: The recorded head, chunks and ending.
    func script(requestID: String, label: String, speed: Double) -> AnswerScript {
        func scaled(_ offset: Nanoseconds) -> Nanoseconds {
            if speed == 1 { return offset }
            return Nanoseconds(seconds: offset.seconds / speed) ?? .zero
        }
        var script = AnswerScript(
            requestID: requestID,
            head: status.map { status in
                AnswerHead(status: status, headers: served(requestID, label), offset: scaled(headOffset))
            },
            chunks: scriptChunks(scaled),
            endOffset: scaled(endOffset),
            note: "recorded \(id.request).\(id.attempt)"
        )
        switch ending {
        case .complete:
            break
        case .failure(let code):
            // A partial file or an empty reply is a clean close in the wrong place; everything else is a reset.
            script.ending = code == "CURLE_PARTIAL_FILE" || code == "CURLE_GOT_NOTHING" ? .close : .reset
        case .timeout:
            script.ending = .stall
        }
        return script
    }

    /// The whole answer that a recorded stream adds up to, sent when the stream ended.
    func wholeScript(as stream: AnswerScript, label: String) -> AnswerScript {
        let events = RecordedEvent.all(of: body) ?? []
        let bytes: [UInt8]
        let exception: (name: String, message: String)?
        var extra: [HeaderField] = []
        if operation == BedrockOperation.converseStream.rawValue, let assembled = ConverseAssembler(events) {
            (bytes, exception) = (assembled.answer, assembled.exception)
        } else if operation != BedrockOperation.converseStream.rawValue, let assembled = InvokeAssembler(events) {
            (bytes, exception, extra) = (assembled.answer, assembled.exception, assembled.headers)
        } else {
            let error = AWSError.validation(
                "The recorded stream is damaged, cut short or of an unknown model family, and adds up to no whole answer."
            )
            return error.script(requestID: stream.requestID, label: label, at: stream.endOffset)
        }
        if let exception {
            let type = exception.name.prefix(1).uppercased() + exception.name.dropFirst()
            let status = AWSError.modelled.first { $0.type == type }?.status ?? 424
            return AWSError(type: type, status: status, message: exception.message)
                .script(requestID: stream.requestID, label: label, at: stream.endOffset)
        }
        var script = stream
        script.head?.offset = stream.endOffset
        script.head?.headers.removeAll {
            ["content-type", "x-amzn-bedrock-content-type"].contains($0.name.lowercased())
        }
        script.head?.headers.insert(HeaderField("Content-Type", "application/json"), at: 0)
        script.head?.headers.insert(HeaderField("Content-Length", String(bytes.count)), at: 1)
        script.head?.headers.append(contentsOf: extra)
        script.chunks = [AnswerChunk(offset: stream.endOffset, bytes: bytes, events: 0..<0)]
        return script
    }

    private func served(_ requestID: String, _ label: String) -> [HeaderField] {
        var fields = headers.filter { !Self.droppedFields.contains($0.name.lowercased()) }
        // A pseudo-field of HTTP/2 has no place in a head of HTTP/1.1.
        fields.removeAll { $0.name.hasPrefix(":") }
        let isStream = headers.contains {
            $0.name.lowercased() == "content-type" && $0.value.hasPrefix("application/vnd.amazon.eventstream")
        }
        // A stream is always chunked: clients read a body of known length in blocks, and its times would be lost.
        if !isStream, ending == .complete { fields.append(HeaderField("Content-Length", String(body.count))) }
        fields.append(HeaderField("x-amzn-RequestId", requestID))
        let recorded = headers.first { $0.name.lowercased() == "x-amzn-requestid" }
        if let recorded { fields.append(HeaderField("x-bedrock-replayer-recorded-request-id", recorded.value)) }
        fields.append(HeaderField("x-bedrock-replayer", label))
        return fields
    }

    private func scriptChunks(_ scaled: (Nanoseconds) -> Nanoseconds) -> [AnswerChunk] {
        var decoder = FrameCounter()
        var start = 0
        var event = 0
        return chunks.map { chunk in
            let bytes = Array(body[start..<chunk.end])
            start = chunk.end
            let first = event
            event += decoder.framesEnding(in: bytes)
            return AnswerChunk(offset: scaled(chunk.offset), bytes: bytes, events: first..<event)
        }
    }
}

/// Counts the event-stream messages that end in each chunk, whatever the chunking.
private struct FrameCounter {
    private var decoder = EventStreamDecoder()
    private var isBroken = false

    /// How many messages have their last byte among `bytes`; none behind bytes that are no message.
    mutating func framesEnding(in bytes: [UInt8]) -> Int {
        guard !isBroken else { return 0 }
        var count = 0
        do {
            try decoder.feed(bytes.span.bytes) { _, _ in count += 1 }
        } catch {
            isBroken = true
        }
        return count
    }
}
