// The event loop of the capture thread: epoll and curl_multi_socket_action, stamps, and a ring to the writer.
// Nothing here waits for a disk, takes a lock, logs, parses or compresses.

import CCurl
import CKernelStamps
import CLinux
import Core
import Glibc

/// Sends what the source gives and stamps what comes back; everything in it belongs to the capture thread.
final class CaptureLoop {
    private let configuration: CaptureConfiguration
    private let ring: CaptureRing
    private let control: CaptureControl
    private var source: any RequestSource
    private var clock: CaptureClock

    private let multi: OpaquePointer
    private let epoll: Int32
    private var idle: [Transfer] = []
    private var running: [ObjectIdentifier: Transfer] = [:]
    /// Records that found the ring full; they go before anything that comes after them.
    private var deferred: [TraceRecord] = []

    private var nextRequest: UInt64 = 1
    private var nextConnection: UInt64 = 1
    /// The connection's number by descriptor.
    private var connections: [Int32: UInt64] = [:]
    private var stamped: Set<Int32> = []

    private var curlDeadline: UInt64?
    private var wokenMonotonic: UInt64 = 0
    private var nextAnchor: UInt64 = 0
    private var nextIdleCheck: UInt64 = 0
    private var isFinished = false

    private static let anchorInterval: UInt64 = 1_000_000_000
    private static let idleCheckInterval: UInt64 = 100_000_000
    /// How soon a transfer that waits for room in the ring is tried again.
    private static let pauseInterval: UInt64 = 1_000_000

    init(
        configuration: CaptureConfiguration,
        source: any RequestSource,
        ring: CaptureRing,
        control: CaptureControl,
        origin: CaptureClock.Origin
    ) throws(CaptureError) {
        guard let multi = curl_multi_init() else { throw CaptureError(description: "libcurl: no memory") }
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else {
            throw CaptureError(description: "epoll: \(String(cString: strerror(errno)))")
        }
        self.configuration = configuration
        self.source = source
        self.ring = ring
        self.control = control
        self.multi = OpaquePointer(multi)
        self.epoll = epoll
        clock = CaptureClock(origin: origin)
        watch(control.descriptor, EPOLLIN.rawValue)
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_multi_set_socket(handle, Self.onInterest, context)
        curl_multi_set_timer(handle, Self.onTimer, context)
        curl_multi_set_long(handle, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, configuration.maxInFlight + 16)
        curl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, 0)
    }

    deinit {
        for transfer in running.values { curl_multi_remove_handle(handle, transfer.handle) }
        running = [:]
        idle = []
        curl_multi_cleanup(handle)
        close(epoll)
        kernel_stamps_release_thread()
    }

    private var handle: UnsafeMutableRawPointer { UnsafeMutableRawPointer(multi) }

    // MARK: The loop

    /// Runs until the source is finished, or until it is told to stop, and nothing is in flight.
    func run() throws(CaptureError) {
        var events = [epoll_event](repeating: epoll_event(), count: 512)
        while true {
            var now = CaptureClock.now()
            if control.request == .stop { cancelAll(now) }
            let wake = try startDue(&now)
            if running.isEmpty, isFinished || control.request != .run, deferred.isEmpty { return }
            let count = wait(until: deadline(wake), &events)
            wokenMonotonic = CaptureClock.now()
            var still: Int32 = 0
            for event in events[..<max(0, count)] {
                let descriptor = event.data.fd
                if descriptor == control.descriptor {
                    control.acknowledge()
                    continue
                }
                var flags: Int32 = 0
                if event.events & EPOLLIN.rawValue != 0 { flags |= CURL_CSELECT_IN }
                if event.events & EPOLLOUT.rawValue != 0 { flags |= CURL_CSELECT_OUT }
                if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { flags |= CURL_CSELECT_ERR }
                curl_multi_socket_action(handle, descriptor, flags, &still)
            }
            if let deadline = curlDeadline, CaptureClock.now() >= deadline {
                curlDeadline = nil
                curl_multi_socket_action(handle, CURL_SOCKET_TIMEOUT, 0, &still)
            }
            flushDeferred()
            resumePaused()
            finishDone()
            checkTimes()
            control.note(inFlight: running.count, ringLevel: ring.level)
        }
    }

    /// Starts whatever is due; gives when to ask again.
    private func startDue(_ now: inout UInt64) throws(CaptureError) -> UInt64? {
        while control.request == .run, !isFinished, running.count < configuration.maxInFlight, deferred.isEmpty {
            switch source.next(nowMonotonicNanoseconds: now, inFlight: running.count) {
            case .start(let prepared):
                try start(prepared)
                now = CaptureClock.now()
            case .waitUntil(let monotonic): return monotonic
            case .waitForEnd: return nil
            case .finished: isFinished = true
            }
        }
        return nil
    }

    private func deadline(_ wake: UInt64?) -> UInt64 {
        var deadline = min(nextAnchor, running.isEmpty ? .max : nextIdleCheck)
        if let wake { deadline = min(deadline, wake) }
        if let curlDeadline { deadline = min(deadline, curlDeadline) }
        if !deferred.isEmpty || running.values.contains(where: \.isPaused) {
            deadline = min(deadline, CaptureClock.now() + Self.pauseInterval)
        }
        return deadline
    }

    /// Waits for events with nanosecond timeouts; the millisecond ones are up to a millisecond late.
    private func wait(until deadline: UInt64, _ events: inout [epoll_event]) -> Int {
        let now = CaptureClock.now()
        let left = deadline > now ? deadline - now : 0
        var timeout = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
        return Int(epoll_pwait2(epoll, &events, Int32(events.count), &timeout, nil))
    }

    // MARK: Starting and ending

    private func start(_ prepared: PreparedRequest) throws(CaptureError) {
        let transfer =
            if let reusable = idle.popLast() { reusable } else {
                try Transfer(loop: self, configuration: configuration)
            }
        var prepared = prepared
        let id = AttemptID(request: nextRequest)
        nextRequest += 1
        let now = CaptureClock.now()
        let dispatched = clock.origin.instant(monotonic: now)
        prepared.record.id = id
        prepared.record.dispatched = dispatched
        prepared.record.scheduled =
            prepared.scheduledMonotonicNanoseconds.map { clock.origin.instant(monotonic: $0) } ?? dispatched
        transfer.begin(prepared, id: id, now: now)
        emit(.request(prepared.record))
        running[ObjectIdentifier(transfer)] = transfer
        curl_multi_add_handle(handle, transfer.handle)
        control.noteStart()
    }

    private func finishDone() {
        var result = CURLE_OK
        while let easy = curl_multi_next_done(handle, &result) {
            var context: UnsafePointer<CChar>?
            curl_get_string(easy, CURLINFO_PRIVATE, &context)
            guard let context else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(UnsafeRawPointer(context)).takeUnretainedValue()
            end(transfer, result)
        }
    }

    private func end(_ transfer: Transfer, _ result: CURLcode, cancelled: Bool = false) {
        let now = CaptureClock.now()
        guard running.removeValue(forKey: ObjectIdentifier(transfer)) != nil, let prepared = transfer.prepared else {
            return
        }
        let outcome: TransportOutcome
        if cancelled {
            outcome = .cancelled
        } else if result == CURLE_OPERATION_TIMEDOUT {
            outcome = .timeout
        } else if result != CURLE_OK {
            outcome = .transportError
        } else {
            outcome = (200...299).contains(transfer.head.status) ? .ok : .httpError
        }
        reportHead(transfer)
        var completed = now
        if result == CURLE_OK, !cancelled, let stamp = kernelStamp(transfer.descriptor, notAfter: now) {
            completed = max(stamp, transfer.lastStamp)
        }
        if outcome != .ok, outcome != .httpError {
            emit(
                .error(
                    ErrorRecord(
                        id: transfer.id,
                        instant: clock.origin.instant(monotonic: now),
                        code: cancelled ? "Cancelled" : CurlErrorName.name(result),
                        curlCode: cancelled ? 0 : Int(result.rawValue),
                        errno: transfer.long(CURLINFO_OS_ERRNO),
                        message: cancelled ? "the recorder was stopped" : CurlErrorName.message(result),
                        byteOffset: transfer.byteCount
                    )
                )
            )
        }
        emit(
            .end(
                EndRecord(
                    id: transfer.id,
                    completed: clock.origin.instant(monotonic: max(completed, transfer.lastStamp)),
                    chunks: transfer.chunkCount,
                    bytes: transfer.byteCount,
                    xxHash64: 0,
                    outcome: outcome
                )
            )
        )
        curl_multi_remove_handle(handle, transfer.handle)
        let status = transfer.head.status
        source.ended(
            AttemptEnd(
                planIndex: prepared.planIndex,
                id: transfer.id,
                outcome: outcome,
                httpStatus: status > 0 ? status : nil,
                dispatchedMonotonicNanoseconds: transfer.dispatchedMonotonic,
                endedMonotonicNanoseconds: now
            )
        )
        control.noteEnd(outcome, byteCount: transfer.byteCount)
        transfer.finish()
        idle.append(transfer)
    }

    private func cancelAll(_ now: UInt64) {
        for transfer in Array(running.values).sorted(by: { $0.id < $1.id }) {
            end(transfer, CURLE_ABORTED_BY_CALLBACK, cancelled: true)
        }
    }

    private func checkTimes() {
        let now = CaptureClock.now()
        if now >= nextAnchor {
            clock.anchor()
            nextAnchor = now + Self.anchorInterval
        }
        guard now >= nextIdleCheck else { return }
        nextIdleCheck = now + Self.idleCheckInterval
        let limit = UInt64(max(0, configuration.idleTimeout.count))
        for transfer in running.values where !transfer.isPaused && now - transfer.activeMonotonic > limit {
            end(transfer, CURLE_OPERATION_TIMEDOUT)
        }
    }

    // MARK: What arrives

    /// Takes a chunk; `false` where the ring has no room and libcurl shall offer it again.
    func receive(_ bytes: UnsafeRawBufferPointer, for transfer: Transfer, now: UInt64) -> Bool {
        transfer.activeMonotonic = now
        guard !bytes.isEmpty else { return true }
        reportHead(transfer)
        guard deferred.isEmpty else {
            transfer.isPaused = true
            return false
        }
        let kernel = kernelStamp(transfer.descriptor, notAfter: now)
        let stamp = max(kernel ?? now, transfer.lastStamp)
        let entry = RingEntry(
            kind: RingEntry.Kind.chunk.rawValue,
            length: UInt32(bytes.count),
            request: transfer.id.request,
            attempt: transfer.id.attempt,
            source: (kernel == nil ? StampSource.callback : StampSource.kernel).rawValue,
            stamp: stamp,
            callbackLag: Int64(now) - Int64(stamp),
            wakeLag: Int64(wokenMonotonic) - Int64(stamp)
        )
        guard ring.produce(entry, bytes: bytes) else {
            transfer.isPaused = true
            control.notePause()
            return false
        }
        transfer.lastStamp = stamp
        transfer.byteCount += UInt64(bytes.count)
        transfer.chunkCount += 1
        return true
    }

    /// Takes a line of the response's head.
    func receiveHeader(_ bytes: UnsafeRawBufferPointer, for transfer: Transfer, now: UInt64) {
        transfer.activeMonotonic = now
        guard !transfer.head.isComplete else { return }
        if transfer.firstByteMonotonic == 0 {
            transfer.firstByteMonotonic = kernelStamp(transfer.descriptor, notAfter: now) ?? now
        }
        var line = bytes[...]
        while let last = line.last, last == 0x0A || last == 0x0D { line = line.dropLast() }
        transfer.head.take(String(decoding: line, as: UTF8.self))
    }

    /// The kernel's receive time of what was last read from a descriptor, on `CLOCK_MONOTONIC`.
    private func kernelStamp(_ descriptor: Int32, notAfter now: UInt64) -> UInt64? {
        guard stamped.contains(descriptor) else { return nil }
        let realtime = kernel_stamps_of(descriptor).received_realtime_ns
        guard realtime > 0 else { return nil }
        return min(clock.monotonic(realtime: realtime), now)
    }

    /// Hands `/connection` and `/response` to the writer, once per attempt, as soon as both are known.
    private func reportHead(_ transfer: Transfer) {
        guard !transfer.hasReportedHead else { return }
        let dispatched = transfer.dispatchedMonotonic
        func instant(_ info: CURLINFO) -> TraceInstant? {
            let elapsed = transfer.nanoseconds(info)
            return elapsed > 0 ? clock.origin.instant(monotonic: dispatched + elapsed) : nil
        }
        let isReused = transfer.long(CURLINFO_NUM_CONNECTS) == 0
        let isConnected = transfer.head.isComplete || transfer.nanoseconds(CURLINFO_CONNECT_TIME_T) > 0
        if isConnected {
            transfer.hasReportedHead = true
            let version = transfer.long(CURLINFO_HTTP_VERSION)
            emit(
                .connection(
                    ConnectionRecord(
                        id: transfer.id,
                        connection: connections[transfer.descriptor] ?? 0,
                        isReused: isReused,
                        nameResolved: isReused ? nil : instant(CURLINFO_NAMELOOKUP_TIME_T),
                        tcpConnected: isReused ? nil : instant(CURLINFO_CONNECT_TIME_T),
                        tlsConnected: isReused ? nil : instant(CURLINFO_APPCONNECT_TIME_T),
                        remoteAddress: address(transfer),
                        tlsVersion: TLSVersion.name(of: transfer),
                        httpVersion: version == Int(CURL_HTTP_VERSION_1_0) ? "1.0" : "1.1"
                    )
                )
            )
        }
        guard transfer.head.isComplete else { return }
        let sent = stamped.contains(transfer.descriptor) ? kernel_stamps_of(transfer.descriptor).sent_monotonic_ns : 0
        emit(
            .response(
                ResponseRecord(
                    id: transfer.id,
                    status: transfer.head.status,
                    headers: transfer.head.fields,
                    sent: sent > 0 ? clock.origin.instant(monotonic: UInt64(sent)) : nil,
                    firstByte: clock.origin.instant(monotonic: transfer.firstByteMonotonic)
                )
            )
        )
    }

    private func address(_ transfer: Transfer) -> String {
        let address = transfer.text(CURLINFO_PRIMARY_IP)
        guard !address.isEmpty else { return "" }
        let port = transfer.long(CURLINFO_PRIMARY_PORT)
        return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    // MARK: The ring

    private func emit(_ record: TraceRecord) {
        if !deferred.isEmpty || !ring.produce(record) { deferred.append(record) }
    }

    private func flushDeferred() {
        var done = 0
        while done < deferred.count, ring.produce(deferred[done]) { done += 1 }
        deferred.removeFirst(done)
    }

    private func resumePaused() {
        guard deferred.isEmpty, ring.level < 0.5 else { return }
        for transfer in running.values where transfer.isPaused {
            transfer.isPaused = false
            curl_easy_pause(transfer.handle, CURLPAUSE_CONT)
        }
    }

    // MARK: Sockets

    /// A connection was opened.
    func opened(_ descriptor: Int32) {
        connections[descriptor] = nextConnection
        nextConnection += 1
        if configuration.usesKernelStamps, kernel_stamps_register(descriptor) { stamped.insert(descriptor) }
    }

    /// A connection is about to be closed.
    func closed(_ descriptor: Int32) {
        connections[descriptor] = nil
        if stamped.remove(descriptor) != nil { kernel_stamps_forget(descriptor) }
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    private func watch(_ descriptor: Int32, _ events: UInt32) {
        var event = epoll_event()
        event.events = events
        event.data.fd = descriptor
        if epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) != 0, errno == ENOENT {
            epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
        }
    }

    private static let onInterest:
        @convention(c) (
            UnsafeMutableRawPointer?, curl_socket_t, Int32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32 = { easy, descriptor, interest, context, _ in
            guard let context else { return 0 }
            let loop = Unmanaged<CaptureLoop>.fromOpaque(context).takeUnretainedValue()
            if interest == CURL_POLL_REMOVE {
                epoll_ctl(loop.epoll, EPOLL_CTL_DEL, descriptor, nil)
                return 0
            }
            var events: UInt32 = 0
            if interest & CURL_POLL_IN != 0 { events |= EPOLLIN.rawValue }
            if interest & CURL_POLL_OUT != 0 { events |= EPOLLOUT.rawValue }
            loop.watch(descriptor, events)
            if let easy {
                var owner: UnsafePointer<CChar>?
                curl_get_string(easy, CURLINFO_PRIVATE, &owner)
                if let owner {
                    Unmanaged<Transfer>.fromOpaque(UnsafeRawPointer(owner)).takeUnretainedValue().descriptor =
                        descriptor
                }
            }
            return 0
        }

    private static let onTimer: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Int32 = {
        _,
        milliseconds,
        context in
        guard let context else { return 0 }
        let loop = Unmanaged<CaptureLoop>.fromOpaque(context).takeUnretainedValue()
        loop.curlDeadline = milliseconds < 0 ? nil : CaptureClock.now() + UInt64(milliseconds) * 1_000_000
        return 0
    }
}
