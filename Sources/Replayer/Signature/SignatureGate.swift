// Lets only requests through that prove who they are from.

/// Answers from another source, once a request's signature or token is found good.
package final class SignatureGate: AnswerSource {
    private let source: any AnswerSource
    private let verifier: SignatureVerifier
    private let refusals = OccurrenceCounter()

    /// Guards `source`.
    package init(_ source: any AnswerSource, verifier: SignatureVerifier) {
        self.source = source
        self.verifier = verifier
    }

    package var label: String { source.label }

    package func answer(to request: RuntimeRequest, at arrival: Arrival) -> AnswerScript {
        let signed = SignedRequest(
            method: "POST",
            target: request.target,
            headers: request.headers,
            body: request.body
        )
        guard let problem = verifier.problem(with: signed, now: arrival.secondsSinceEpoch) else {
            return source.answer(to: request, at: arrival)
        }
        let digest = request.digest
        var identifiers = SeededGenerator(seed: mix(digest ^ mix(refusals.next(digest) &+ 0x51675)))
        return problem.script(requestID: RequestIdentifier.next(&identifiers), label: label)
    }
}
