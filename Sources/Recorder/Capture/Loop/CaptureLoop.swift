// The capture thread: epoll and libcurl's socket interface, the starts the plan asks for, the recorder's time limits.

internal import CCurl
internal import CLinux
internal import Core

/// Sends what a source asks for and records what comes back, on the thread that makes it, until all has ended.
final class CaptureLoop {
    let configuration: CaptureConfiguration
    let control: CaptureControl
    let caBundle: String?
    var source: any RequestSource
    let recorder: CaptureRecorder
    let connections: ConnectionTable
    var gate: StartGate
    let limits: AttemptLimits

    /// The transfers in flight, in no order.
    var inFlight: [Transfer] = []
    /// Ended transfers whose records the full ring still refuses.
    var ending: [Transfer] = []
    /// Transfers ready to be used again.
    var idle: [Transfer] = []
    var progress = CaptureProgress()
    var lastRequest: UInt64 = 0
    /// No attempt's time is up before this instant; kept early rather than exact.
    var nextDeadline = UInt64.max
    /// Why the loop gave up; `nil` while it has not.
    var failure: CaptureError?

    let multi: CurlMulti
    private var poller: SocketPoller
    /// When libcurl wants its timer to fire; `nil` where it wants none.
    private var timerDue: UInt64?
    private var nextSecond: UInt64

    /// How long requests are started before the loop looks at its sockets again, in nanoseconds.
    private static let startingTime: UInt64 = 200_000
    /// How many connections being made are served before the loop looks for arrivals again: a TLS handshake keeps
    /// this thread for half a millisecond.
    private static let handshakesPerTurn = 1

    init(
        configuration: CaptureConfiguration,
        caBundle: String?,
        control: CaptureControl,
        source: any RequestSource,
        ring: ByteRing,
        origin: ClockAnchor,
        insight: SocketInsight
    ) throws {
        self.configuration = configuration
        self.caBundle = caBundle
        self.control = control
        self.source = source
        recorder = CaptureRecorder(ring: ring, origin: origin, insight: insight)
        connections = ConnectionTable(registersSockets: insight != .none)
        gate = StartGate(limit: max(configuration.maxInFlight, 1))
        limits = AttemptLimits(idle: configuration.idleTimeout, total: configuration.totalTimeout)
        multi = try CurlMulti(connections: min(max(configuration.maxInFlight, 1), 1 << 20) + 16, sockets: connections)
        poller = try SocketPoller()
        nextSecond = origin.monotonicNanoseconds &+ 1_000_000_000
        poller.watch(control.loopSignal.descriptor, input: true, output: false)
        let context = Unmanaged.passUnretained(self).toOpaque()
        multi.setCallbacks(context: context, socket: onSocketChanged, timer: onTimerChanged)
    }

    /// Works until nothing is left to do; every record is in the ring when it returns.
    func run() {
        while true {
            obeyControl()
            // Before the starts, which reuse what has ended, and behind them for what failed at once.
            finishEndings()
            startDueRequests()
            finishEndings()
            progress.inFlight = inFlight.count
            publish()
            if recorder.takeNeedForRoom() { control.awaitRoom() }
            if gate.isClosed, inFlight.isEmpty, ending.isEmpty { break }
            waitAndAct()
            reapFinished()
            giveUpLateAttempts()
            endSecondIfDue()
        }
        recorder.checkClocks(narrowestOf: 50, inFlight: 0)
        publish()
        multi.setCallbacks(context: nil, socket: nil, timer: nil)
    }

    // MARK: One turn

    private func obeyControl() {
        switch control.phase {
        case .running: break
        case .draining: gate.close()
        case .stopping:
            gate.close()
            cancelAll()
        }
    }

    private func startDueRequests() {
        let begin = ClockReading.monotonicNanoseconds
        while true {
            let now = ClockReading.monotonicNanoseconds
            guard now &- begin < Self.startingTime, gate.mayAsk(nowMonotonicNanoseconds: now, inFlight: inFlight.count),
                hasRoomToStart()
            else { return }
            let step = source.next(nowMonotonicNanoseconds: now, inFlight: inFlight.count)
            gate.answered(step, nowMonotonicNanoseconds: now, inFlight: inFlight.count)
            if case .start(let request) = step { start(request) }
        }
    }

    private func waitAndAct() {
        let due = nextWake()
        let now = ClockReading.monotonicNanoseconds
        let timeout = due.map { $0 > now ? Int64(clamping: $0 - now) : 0 } ?? -1
        let count = poller.wait(nanoseconds: timeout)
        recorder.woke(due: count == 0 && timeout > 0 ? due : nil, inFlight: inFlight.count)
        var handshakes: [Int] = []
        for index in 0..<count {
            let event = poller.event(index)
            if event.socket == control.loopSignal.descriptor {
                control.loopSignal.lower()
                gate.reopen()
                resumePaused()
            } else if connections.isConnecting(event.socket) {
                handshakes.append(index)
            } else {
                serve(event)
            }
        }
        // The others stay ready: the next wait returns them at once, together with what has arrived meanwhile.
        for index in handshakes.prefix(Self.handshakesPerTurn) { serve(poller.event(index)) }
        if let timerDue, timerDue <= ClockReading.monotonicNanoseconds {
            self.timerDue = nil
            multi.actOnTimer()
        }
        recorder.measureRing()
    }

    private func serve(_ event: SocketPoller.Event) {
        let readiness =
            (event.isReadable ? CURL_CSELECT_IN : 0) | (event.isWritable ? CURL_CSELECT_OUT : 0)
            | (event.hasFailed ? CURL_CSELECT_ERR : 0)
        multi.act(on: event.socket, readiness)
        reapFinished()
    }

    /// When the loop must wake by itself.
    private func nextWake() -> UInt64? {
        var due = min(nextSecond, nextDeadline)
        if let timerDue { due = min(due, timerDue) }
        // Without room the writer's bell brings the next start on, not the clock.
        if hasRoomToStart(), let question = gate.nextQuestion(inFlight: inFlight.count) { due = min(due, question) }
        return due
    }

    private func endSecondIfDue() {
        let now = ClockReading.monotonicNanoseconds
        guard now >= nextSecond else { return }
        nextSecond = now &+ 1_000_000_000
        recorder.checkClocks(narrowestOf: 8, inFlight: inFlight.count)
        guard let quality = recorder.endSecond(inFlight: inFlight.count) else { return }
        progress.callbackLagP99 = quality.callbackLag.quantile(0.99)
        progress.loopLatenessP99 = quality.loopLateness.quantile(0.99)
    }

    private func publish() {
        progress.chunks = Int(recorder.meter.chunks)
        progress.receivedByteCount = recorder.meter.bytes
        progress.highestRingShare = recorder.meter.highestRingShare
        progress.pauses = Int(recorder.meter.pauses)
        control.counters.store(progress)
    }

    // MARK: Room in the ring

    private func hasRoomToStart() -> Bool {
        guard recorder.hasRoom(for: RingEntryHeader.byteCount * 8) else {
            control.awaitRoom()
            return false
        }
        return true
    }

    private func resumePaused() {
        for transfer in inFlight where transfer.attempt?.isPaused == true {
            transfer.attempt?.isPaused = false
            transfer.attempt?.lastByte = ClockReading.monotonicNanoseconds
            curl_easy_pause(transfer.easy.handle, CURLPAUSE_CONT)
        }
        nextDeadline = 0
    }

    // MARK: What libcurl asks for

    fileprivate func socketChanged(_ socket: Int32, _ what: Int32) {
        switch what {
        case CURL_POLL_IN: poller.watch(socket, input: true, output: false)
        case CURL_POLL_OUT: poller.watch(socket, input: false, output: true)
        case CURL_POLL_INOUT: poller.watch(socket, input: true, output: true)
        case CURL_POLL_REMOVE: poller.forget(socket)
        default: break
        }
    }

    fileprivate func timerChanged(milliseconds: Int) {
        timerDue =
            milliseconds < 0 ? nil : ClockReading.monotonicNanoseconds &+ UInt64(milliseconds) &* 1_000_000
    }
}

private let onSocketChanged: curl_socket_callback = { easy, socket, what, context, _ in
    guard let context else { return 0 }
    if what != CURL_POLL_REMOVE, let easy { Transfer.of(easy)?.attempt?.descriptor = socket }
    Unmanaged<CaptureLoop>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.socketChanged(socket, what) }
    return 0
}

private let onTimerChanged: curl_multi_timer_callback = { _, milliseconds, context in
    guard let context else { return 0 }
    Unmanaged<CaptureLoop>.fromOpaque(context)._withUnsafeGuaranteedRef {
        $0.timerChanged(milliseconds: milliseconds)
    }
    return 0
}
