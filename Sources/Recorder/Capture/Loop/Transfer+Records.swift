// The records a transfer owes the trace: connection and head before the first chunk, error and end behind the last.

internal import CCurl
internal import Core

extension Transfer {
    /// Hands connection and head over, once; false where the ring is full, to be called again.
    func recordHead() -> Bool {
        guard let attempt, !attempt.hasRecordedHead else { return true }
        guard recordConnection() else { return false }
        guard head.state == .complete, let firstByte = attempt.firstByte else { return true }
        let sent =
            httpVersion == .http1_1
            ? recorder.sent(on: attempt.descriptor, notBefore: attempt.dispatched) : nil
        guard
            recorder.head(attempt.id, sent: sent, firstByte: recorder.instant(firstByte), bytes: head.bytes)
        else { return false }
        self.attempt?.hasRecordedHead = true
        return true
    }

    /// Hands everything over that the ended attempt still owes; false where the ring is full, to be called again.
    func recordEnding() -> Bool {
        guard let attempt, let ending else { return true }
        guard recordHead() else { return false }
        if let error = ending.error, !ending.hasRecordedError {
            guard recorder.record(.error(error)) else { return false }
            self.ending?.hasRecordedError = true
        }
        return recorder.end(
            EndRecord(
                id: attempt.id,
                completed: recorder.instant(ending.completed),
                chunks: attempt.chunks,
                bytes: attempt.bytes,
                xxHash64: 0,
                outcome: ending.outcome
            )
        )
    }

    private func recordConnection() -> Bool {
        guard let attempt, attempt.connected != nil, !attempt.hasRecordedConnection else { return true }
        let isReused = easy.integer(CURLINFO_NUM_CONNECTS) == 0
        let connection = connections.connection(on: attempt.descriptor) {
            (
                remoteAddress: Self.address(
                    easy.text(CURLINFO_PRIMARY_IP) ?? "",
                    port: easy.integer(CURLINFO_PRIMARY_PORT)
                ),
                tlsVersion: easy.tlsVersion()
            )
        }
        // libcurl counts microseconds from the dispatch; on a reused connection all three are zero.
        func instant(_ info: CURLINFO) -> TraceInstant? {
            let microseconds = isReused ? 0 : easy.offset(info)
            guard microseconds > 0 else { return nil }
            return recorder.instant(attempt.dispatched &+ UInt64(microseconds) &* 1_000)
        }
        let record = ConnectionRecord(
            id: attempt.id,
            connection: connection.number,
            isReused: isReused,
            nameResolved: instant(CURLINFO_NAMELOOKUP_TIME_T),
            tcpConnected: instant(CURLINFO_CONNECT_TIME_T),
            tlsConnected: instant(CURLINFO_APPCONNECT_TIME_T),
            remoteAddress: connection.remoteAddress,
            tlsVersion: connection.tlsVersion,
            httpVersion: Self.httpVersion(easy.integer(CURLINFO_HTTP_VERSION)) ?? httpVersion.rawValue
        )
        guard recorder.record(.connection(record)) else { return false }
        self.attempt?.hasRecordedConnection = true
        return true
    }

    private static func address(_ host: String, port: Int) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func httpVersion(_ version: Int) -> String? {
        switch version {
        case Int(CURL_HTTP_VERSION_1_0): "1.0"
        case Int(CURL_HTTP_VERSION_1_1): "1.1"
        case Int(CURL_HTTP_VERSION_2_0): "2"
        default: nil
        }
    }
}
