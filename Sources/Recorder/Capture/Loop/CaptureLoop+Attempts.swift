// The life of an attempt in the capture loop: start, end by libcurl, end by a time limit, end by the user.

internal import CCurl
internal import Core

extension Transfer {
    /// The transfer whose handle libcurl names.
    static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
        var context: UnsafeMutableRawPointer?
        guard ccurl_easy_get_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else { return nil }
        return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }
}

extension CaptureLoop {
    // MARK: Start

    /// Hands a request to libcurl; the ring has room for its record.
    func start(_ request: PreparedRequest) {
        let id = nextID(for: request)
        let transfer: Transfer
        do throws(CurlError) {
            transfer = try takeTransfer()
            try transfer.prepare(request, id: id)
        } catch {
            // Out of memory, or a libcurl without an option we need: nothing would go better with the next request.
            failure = CaptureError(description: "cannot set up a request: \(error)")
            control.request(.stopping)
            return
        }
        progress.started += 1

        let dispatched = ClockReading.monotonicNanoseconds
        transfer.attempt?.dispatched = dispatched
        var record = request.record
        record.id = id
        record.dispatched = recorder.instant(dispatched)
        record.scheduled = request.scheduledMonotonicNanoseconds.map(recorder.instant) ?? record.dispatched
        _ = recorder.record(.request(record))
        recorder.started(
            lateness: request.scheduledMonotonicNanoseconds.map { Nanoseconds(Int64(bitPattern: dispatched &- $0)) }
        )

        inFlight.append(transfer)
        let added = multi.add(transfer.easy.handle)
        guard added == CURLM_OK else {
            end(
                transfer,
                result: CurlError(CURLE_FAILED_INIT),
                message: String(cString: curl_multi_strerror(added))
            )
            return
        }
        // Now rather than in the next turn: the request goes out within microseconds of its dispatch.
        multi.actOnTimer()
        if let attempt = transfer.attempt { noteDeadline(of: attempt, now: dispatched) }
        reapFinished()
    }

    private func takeTransfer() throws(CurlError) -> Transfer {
        if let transfer = idle.popLast() { return transfer }
        return try Transfer(
            configuration: configuration,
            caBundle: caBundle,
            recorder: recorder,
            connections: connections
        )
    }

    /// A retry that names its request keeps its number; everything else gets the next one.
    private func nextID(for request: PreparedRequest) -> AttemptID {
        let given = request.record.id
        if given.attempt > 1, given.request > 0, given.request <= lastRequest { return given }
        lastRequest += 1
        return AttemptID(request: lastRequest)
    }

    // MARK: End

    /// Ends what libcurl says is finished.
    func reapFinished() {
        while let (easy, result) = multi.nextFinished() {
            guard let transfer = Transfer.of(easy) else { continue }
            end(transfer, result: result == CURLE_OK ? nil : CurlError(result))
        }
    }

    /// Gives up the attempts whose time is up.
    func giveUpLateAttempts() {
        let now = ClockReading.monotonicNanoseconds
        guard now >= nextDeadline else { return }
        nextDeadline = .max
        // Backwards: ending a transfer moves the last one into its place.
        for index in inFlight.indices.reversed() {
            let transfer = inFlight[index]
            guard let attempt = transfer.attempt else { continue }
            let limit = limits.deadline(dispatched: attempt.dispatched, lastByte: attempt.silentSince)
            if let limit, limit.monotonicNanoseconds <= now {
                end(transfer, result: .timedOut, message: limit.reason.sentence)
            } else {
                noteDeadline(of: attempt, now: now)
            }
        }
    }

    /// Sees to it that the limits are looked at before the attempt's time can be up.
    private func noteDeadline(of attempt: Attempt, now: UInt64) {
        // Where silence does not count yet it may begin to at any time, but not before now.
        let limit = limits.deadline(dispatched: attempt.dispatched, lastByte: attempt.silentSince ?? now)
        if let limit { nextDeadline = min(nextDeadline, limit.monotonicNanoseconds) }
    }

    /// Cancels everything in flight.
    func cancelAll() {
        for transfer in inFlight.reversed() { end(transfer, result: nil, isCancelled: true) }
    }

    /// Takes a transfer out of flight and begins to hand its last records over.
    private func end(_ transfer: Transfer, result: CurlError?, message: String? = nil, isCancelled: Bool = false) {
        guard let attempt = transfer.attempt, transfer.ending == nil,
            let index = inFlight.firstIndex(where: { $0 === transfer })
        else { return }
        let now = ClockReading.monotonicNanoseconds
        // What libcurl knows of a failure is asked before the handle leaves the set.
        let error = result.map { failureRecord(of: transfer, attempt, $0, message: message, at: now) }
        let outcome = isCancelled ? .cancelled : TransportOutcome(result: result, status: attempt.status)
        transfer.ending = AttemptEnding(
            completed: outcome == .ok || outcome == .httpError ? completion(of: attempt, now: now) : now,
            outcome: outcome,
            error: error
        )
        multi.remove(transfer.easy.handle)
        inFlight.swapAt(index, inFlight.count - 1)
        inFlight.removeLast()
        progress.done[outcome, default: 0] += 1
        source.ended(
            AttemptEnd(
                planIndex: attempt.planIndex,
                id: attempt.id,
                outcome: outcome,
                httpStatus: attempt.status == 0 ? nil : attempt.status,
                dispatchedMonotonicNanoseconds: attempt.dispatched,
                endedMonotonicNanoseconds: now
            )
        )
        gate.reopen()
        ending.append(transfer)
    }

    /// When the last byte arrived: behind the last chunk there may still have been the end of a chunked body.
    private func completion(of attempt: Attempt, now: UInt64) -> UInt64 {
        var placement = attempt.placement
        let arrival = recorder.arrival(on: attempt.descriptor, callback: now, wake: recorder.wakeNanoseconds)
        return placement.place(arrival).monotonicNanoseconds
    }

    private func failureRecord(
        of transfer: Transfer,
        _ attempt: Attempt,
        _ result: CurlError,
        message: String?,
        at now: UInt64
    ) -> ErrorRecord {
        var sentence = message ?? transfer.failureText ?? result.sentence
        if attempt.sends > 1 {
            sentence = "the reused connection was closed before any byte of the response; not sent again silently"
        }
        return ErrorRecord(
            id: attempt.id,
            instant: recorder.instant(now),
            code: result.name,
            curlCode: Int(result.code),
            errno: transfer.easy.integer(CURLINFO_OS_ERRNO),
            message: sentence,
            byteOffset: attempt.bytes
        )
    }

    /// Hands over what ended attempts still owe, as far as the ring has room.
    func finishEndings() {
        guard !ending.isEmpty else { return }
        var waiting: [Transfer] = []
        for transfer in ending {
            if transfer.recordEnding() {
                transfer.release()
                idle.append(transfer)
            } else {
                waiting.append(transfer)
            }
        }
        ending = waiting
        if !ending.isEmpty { control.awaitRoom() }
    }
}
