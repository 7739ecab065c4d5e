// One reusable transfer: a libcurl handle with its options, the memory of its request, and the attempt it carries.

internal import CCurl
internal import Core

/// A libcurl handle and the attempt on it; used by the capture thread only, reused from attempt to attempt.
final class Transfer {
    let easy: CurlEasy
    let recorder: CaptureRecorder
    let connections: ConnectionTable
    let httpVersion: CaptureConfiguration.HTTPVersion

    var attempt: Attempt?
    /// How the attempt ended; `nil` while it is in flight.
    var ending: AttemptEnding?
    var head = ResponseHead()

    private var body: UnsafeMutableRawBufferPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private static let errorTextSize = 256

    init(
        configuration: CaptureConfiguration,
        caBundle: String?,
        recorder: CaptureRecorder,
        connections: ConnectionTable
    ) throws(CurlError) {
        easy = try CurlEasy()
        self.recorder = recorder
        self.connections = connections
        httpVersion = configuration.httpVersion
        body = .allocate(byteCount: 4096, alignment: 16)
        errorText = .allocate(capacity: Self.errorTextSize)
        errorText.initialize(repeating: 0, count: Self.errorTextSize)
        try setConstantOptions(configuration, caBundle: caBundle)
    }

    deinit {
        curl_slist_free_all(headers)
        body.deallocate()
        errorText.deallocate()
    }

    /// Sets what stays the same from attempt to attempt.
    private func setConstantOptions(
        _ configuration: CaptureConfiguration,
        caBundle: String?
    ) throws(CurlError) {
        let context = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        try easy.set(CURLOPT_PRIVATE, pointer: context)
        try easy.set(CURLOPT_ERRORBUFFER, pointer: UnsafeRawPointer(errorText))
        try easy.set(CURLOPT_NOSIGNAL, 1)
        try easy.set(CURLOPT_PROTOCOLS_STR, "http,https")

        // Every request on a connection of its own, reused afterwards, nothing delayed or resent behind our back.
        switch configuration.httpVersion {
        case .http1_1: try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        case .http2: try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        }
        try easy.set(CURLOPT_PIPEWAIT, 0)
        try easy.set(CURLOPT_TCP_NODELAY, 1)
        try easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        try easy.set(CURLOPT_TCP_KEEPIDLE, 60)
        try easy.set(CURLOPT_TCP_KEEPINTVL, 30)
        try easy.set(CURLOPT_FOLLOWLOCATION, 0)
        try easy.set(CURLOPT_MAXLIFETIME_CONN, configuration.connectionLifetime.map(Self.wholeSeconds) ?? 0)
        try easy.set(CURLOPT_MAXAGE_CONN, Self.wholeSeconds(configuration.connectionIdleLimit))
        try easy.set(CURLOPT_DNS_CACHE_TIMEOUT, Self.wholeSeconds(configuration.nameLifetime))

        // The path was signed as it stands; the body comes as the server sent it.
        try easy.set(CURLOPT_PATH_AS_IS, 1)
        try easy.set(CURLOPT_ACCEPT_ENCODING, nil)
        try easy.set(CURLOPT_USERAGENT, configuration.userAgent)

        // A proxy named by the environment is used, as by every other client, but for this machine itself.
        try easy.set(CURLOPT_NOPROXY, ProxyExceptions.hosts)
        try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)

        // With libcurl's default CApath every new connection would parse the whole store: 16 ms of blocked loop.
        try easy.set(CURLOPT_CAPATH, nil)
        if let caBundle { try easy.set(CURLOPT_CAINFO, caBundle) }
        try easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))

        // Silence and total time are the loop's own limits; this one also moves libcurl on to the next address.
        if let connectTimeout = configuration.connectTimeout {
            try easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, connectTimeout.count / 1_000_000)))
        }

        try easy.set(CURLOPT_WRITEFUNCTION, callback: transferWrite)
        try easy.set(CURLOPT_WRITEDATA, pointer: context)
        try easy.set(CURLOPT_HEADERFUNCTION, callback: transferHeader)
        try easy.set(CURLOPT_HEADERDATA, pointer: context)
        try easy.check(ccurl_easy_set_prereq(easy.handle, CURLOPT_PREREQFUNCTION, transferReady))
        try easy.set(CURLOPT_PREREQDATA, pointer: context)
        // Sockets outlive the transfer that opened them: their callbacks get the table, not the transfer.
        let table = UnsafeRawPointer(Unmanaged.passUnretained(connections).toOpaque())
        try easy.check(ccurl_easy_set_sockopt(easy.handle, CURLOPT_SOCKOPTFUNCTION, socketOpened))
        try easy.set(CURLOPT_SOCKOPTDATA, pointer: table)
        try easy.check(ccurl_easy_set_closesocket(easy.handle, CURLOPT_CLOSESOCKETFUNCTION, socketClosed))
        try easy.set(CURLOPT_CLOSESOCKETDATA, pointer: table)
    }

    /// Rounded up, and never the 0 that libcurl takes for "no limit".
    private static func wholeSeconds(_ span: Nanoseconds) -> Int {
        Int(max(1, (span.count + 999_999_999) / 1_000_000_000))
    }

    /// Gets the handle ready to send a request; nothing goes out before it is added to a multi handle.
    func prepare(_ request: PreparedRequest, id: AttemptID) throws(CurlError) {
        attempt = Attempt(id: id, planIndex: request.planIndex)
        ending = nil
        head.removeAll()
        errorText[0] = 0
        let record = request.record
        try easy.set(CURLOPT_URL, record.url)
        if record.method == "GET" {
            try easy.set(CURLOPT_HTTPGET, 1)
            try easy.set(CURLOPT_CUSTOMREQUEST, nil)
        } else {
            copyBody(request.body)
            try easy.set(CURLOPT_POSTFIELDS, pointer: UnsafeRawPointer(body.baseAddress))
            try easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: request.body.count)
            try easy.set(CURLOPT_CUSTOMREQUEST, record.method == "POST" ? nil : record.method)
        }
        curl_slist_free_all(headers)
        headers = nil
        for line in WireHeaders.lines(request.wireHeaders) { headers = curl_slist_append(headers, line) }
        try easy.set(CURLOPT_HTTPHEADER, list: headers)
    }

    private func copyBody(_ bytes: [UInt8]) {
        if body.count < bytes.count {
            body.deallocate()
            body = .allocate(byteCount: max(bytes.count, body.count * 2), alignment: 16)
        }
        body.copyBytes(from: bytes)
    }

    /// Forgets the attempt, and the credentials with it.
    func release() {
        attempt = nil
        ending = nil
        _ = try? easy.set(CURLOPT_HTTPHEADER, list: nil)
        curl_slist_free_all(headers)
        headers = nil
    }

    /// libcurl's own words for what went wrong; `nil` where it left none.
    var failureText: String? {
        errorText[0] == 0 ? nil : String(cString: errorText)
    }

    // MARK: What libcurl reports

    /// The connection is ready and the request is about to be sent; false refuses to send.
    fileprivate func becameReady() -> Bool {
        guard attempt != nil else { return false }
        let now = ClockReading.monotonicNanoseconds
        attempt?.connected = now
        attempt?.lastByte = now
        attempt?.sends += 1
        if let descriptor = attempt?.descriptor { connections.established(descriptor) }
        // libcurl sends again by itself where a reused connection turns out dead: a retry hidden in a latency.
        return attempt?.sends == 1
    }

    /// A line of a response's head.
    fileprivate func receivedHeadLine(_ line: UnsafeRawBufferPointer) {
        let now = ClockReading.monotonicNanoseconds
        guard var attempt else { return }
        attempt.lastByte = now
        if attempt.firstByte == nil {
            // libcurl's own answer comes last: until a transfer is done it may name the handle's connection before.
            if let socket = recorder.lastReadSocket {
                attempt.descriptor = socket
            } else if attempt.descriptor < 0 {
                attempt.descriptor = easy.activeSocket() ?? -1
            }
            connections.established(attempt.descriptor)
            attempt.placement = ChunkPlacement(notBefore: attempt.dispatched)
            let arrival = recorder.arrival(
                on: attempt.descriptor,
                callback: now,
                wake: recorder.wakeNanoseconds
            )
            attempt.firstByte = attempt.placement.place(arrival).monotonicNanoseconds
        }
        head.append(line)
        if head.state == .complete, attempt.status == 0 {
            let status = easy.integer(CURLINFO_RESPONSE_CODE)
            if (100..<200).contains(status) {
                // An interim response: the one that counts is still to come.
                head.removeAll()
                attempt.firstByte = nil
            } else {
                attempt.status = status
            }
        }
        self.attempt = attempt
        // While the connection can still be asked; where the ring is full the first chunk or the end tries again.
        if attempt.status != 0 { _ = recordHead() }
    }

    /// A piece of the response's body; false where the ring is full.
    @inline(__always)
    fileprivate func receivedBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let now = ClockReading.monotonicNanoseconds
        guard attempt != nil else { return true }
        return take(bytes, enteredAt: now)
    }

    private func take(_ bytes: UnsafeRawBufferPointer, enteredAt now: UInt64) -> Bool {
        guard let current = attempt else { return true }
        let callback = current.held?.callback ?? now
        let wake = current.held?.wake ?? recorder.wakeNanoseconds
        let arrival = recorder.arrival(on: current.descriptor, callback: callback, wake: wake)
        var placement = current.placement
        guard recordHead(), recorder.chunk(current.id, arrival, placement: &placement, bytes: bytes) else {
            attempt?.held = (callback, wake)
            attempt?.isPaused = true
            recorder.paused()
            return false
        }
        attempt?.placement = placement
        attempt?.chunks &+= 1
        attempt?.bytes &+= UInt64(bytes.count)
        attempt?.lastByte = now
        attempt?.held = nil
        return true
    }
}

// MARK: - libcurl's callbacks: each turns its context back into an object and calls one method

private let transferWrite: curl_write_callback = { bytes, _, count, context in
    guard let context else { return 0 }
    return Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef { transfer in
        transfer.receivedBody(UnsafeRawBufferPointer(start: bytes, count: count))
            ? count : Int(CURL_WRITEFUNC_PAUSE)
    }
}

private let transferHeader: curl_write_callback = { bytes, size, count, context in
    guard let context else { return 0 }
    Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef { transfer in
        transfer.receivedHeadLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    return size * count
}

private let transferReady: curl_prereq_callback = { context, _, _, _, _ in
    guard let context else { return CURL_PREREQFUNC_ABORT }
    return Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef { transfer in
        transfer.becameReady() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }
}

private let socketOpened: curl_sockopt_callback = { context, socket, _ in
    guard let context else { return CURL_SOCKOPT_ERROR }
    Unmanaged<ConnectionTable>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.opened(socket) }
    return CURL_SOCKOPT_OK
}

private let socketClosed: curl_closesocket_callback = { context, socket in
    guard let context else { return 1 }
    Unmanaged<ConnectionTable>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.closed(socket) }
    return 0
}
