// Turns a good answer into one that goes wrong, as the seed of its request says.

import Core

/// Applies faults to answers.
package struct FaultInjector: Sendable {
    /// How long a slow head takes to trickle out.
    static let slowHeadSpread = Nanoseconds.seconds(1)
    /// How many events one write of a burst carries.
    static let burstLength = 16

    let faults: [Fault]
    /// What error answers state in `x-bedrock-replayer`.
    let label: String

    /// Makes an injector.
    package init(_ faults: [Fault], label: String) {
        self.faults = faults
        self.label = label
    }

    /// `script` with the faults that meet its request; each fault draws once, whether or not another has struck.
    ///
    /// - Parameters:
    ///   - script: The good answer.
    ///   - request: What it answers.
    ///   - number: The request's number in order of arrival, from 1; `nil` where it arrived at no server.
    ///   - generator: Deals the faults of stated rates, and where in the answer each strikes.
    /// - Returns: The answer as it is sent.
    package func apply(
        to script: AnswerScript,
        for request: RuntimeRequest,
        number: UInt64?,
        _ generator: inout SeededGenerator
    ) -> AnswerScript {
        var result = script
        let prompt = needsPrompt ? (try? RequestBody(request))?.text : nil
        for fault in faults {
            let draw = generator.unitInterval()
            let strikes =
                switch fault.trigger {
                case .rate(let share): draw < share
                case .requests(let ranges): number.map { number in ranges.contains { $0.contains(number) } } ?? false
                case .prompt(let text): prompt?.contains(text) ?? false
                }
            var details = SeededGenerator(seed: generator.next())
            // An answer that is an error already has no stream to damage.
            guard strikes, result.ending == .complete, result.head?.status == 200 else { continue }
            if !request.operation.isStream, fault.kind.needsStream { continue }
            result = damaged(result, fault, request.operation, &details)
        }
        return result
    }

    /// Whether any fault depends on what a request's prompt says.
    private var needsPrompt: Bool {
        faults.contains { fault in
            if case .prompt = fault.trigger { true } else { false }
        }
    }

    private func damaged(
        _ script: AnswerScript,
        _ fault: Fault,
        _ operation: RuntimeOperation,
        _ generator: inout SeededGenerator
    ) -> AnswerScript {
        var result = script
        // Several may strike one answer, and whoever checks a client against the log must know all of them.
        result.note = script.note.hasPrefix("fault ") ? "\(script.note), \(fault.name)" : "fault \(fault.name)"
        guard !script.chunks.isEmpty else { return script }
        // At least one chunk is sent before a stream breaks off, and at least one is missing where there are two.
        let cut = 1 + Int(generator.unitInterval() * Double(max(0, script.chunks.count - 1)))
        switch fault.kind {
        case .error(let type):
            guard let error = AWSError.modelled.first(where: { $0.type == type }) else { return script }
            var refusal = error.script(requestID: script.requestID, label: label)
            refusal.note = result.note
            return refusal
        case .streamException(let name):
            // Converse's union has no modelTimeoutException: clients could not name it.
            let name =
                operation == .converseStream && name == "modelTimeoutException" ? "modelStreamErrorException" : name
            let at = script.chunks[min(cut, script.chunks.count - 1)]
            let text = "The system encountered an unexpected error during processing. Try your request again."
            result.chunks = Array(script.chunks[..<cut])
            result.chunks.append(
                AnswerChunk(
                    offset: at.offset,
                    bytes: EventFrames.exception(name, message: text),
                    events: nextEvent(result.chunks)
                )
            )
            result.endOffset = at.offset
        case .reset, .close, .stall:
            result.chunks = Array(script.chunks[..<cut])
            result.endOffset = cut < script.chunks.count ? script.chunks[cut].offset : script.endOffset
            result.ending = fault.kind == .reset ? .reset : fault.kind == .close ? .close : .stall
        case .truncate:
            result.chunks = Array(script.chunks[...min(cut, script.chunks.count - 1)])
            let last = result.chunks.removeLast()
            let kept = 1 + Int(generator.unitInterval() * Double(max(0, last.bytes.count - 2)))
            let end = result.chunks.last?.events.upperBound ?? 0
            result.chunks.append(
                AnswerChunk(offset: last.offset, bytes: Array(last.bytes[..<kept]), events: end..<end)
            )
            result.endOffset = last.offset
            // A body of stated length that is cut short cannot end cleanly.
            if !operation.isStream { result.ending = .close }
        case .corrupt:
            let index = min(cut, script.chunks.count - 1)
            // The last byte belongs to a message's checksum.
            if let last = result.chunks[index].bytes.indices.last { result.chunks[index].bytes[last] ^= 0x5A }
        case .slowHeaders:
            delayForSlowHead(&result)
        case .burst:
            result.chunks = Self.gathered(script.chunks)
        case .oneByte:
            result.chunks = script.chunks.flatMap(Self.singleBytes)
        }
        return result
    }

    private func nextEvent(_ chunks: [AnswerChunk]) -> Range<Int> {
        let next = chunks.last?.events.upperBound ?? 0
        return next..<(next + 1)
    }

    private func delayForSlowHead(_ script: inout AnswerScript) {
        guard let head = script.head else { return }
        script.head?.spread = Self.slowHeadSpread
        let earliest = head.offset + Self.slowHeadSpread
        for index in script.chunks.indices {
            script.chunks[index].offset = max(script.chunks[index].offset, earliest)
        }
        script.endOffset = max(script.endOffset, earliest)
    }

    /// Events held back until the last of each group leaves.
    private static func gathered(_ chunks: [AnswerChunk]) -> [AnswerChunk] {
        stride(from: 0, to: chunks.count, by: burstLength).map { start in
            let group = chunks[start..<min(start + burstLength, chunks.count)]
            return AnswerChunk(
                offset: group[group.endIndex - 1].offset,
                bytes: group.flatMap(\.bytes),
                events: group[start].events.lowerBound..<group[group.endIndex - 1].events.upperBound
            )
        }
    }

    private static func singleBytes(_ chunk: AnswerChunk) -> [AnswerChunk] {
        chunk.bytes.indices.map { index in
            let isLast = index == chunk.bytes.count - 1
            let events = isLast ? chunk.events : chunk.events.lowerBound..<chunk.events.lowerBound
            return AnswerChunk(offset: chunk.offset, bytes: [chunk.bytes[index]], events: events)
        }
    }
}
