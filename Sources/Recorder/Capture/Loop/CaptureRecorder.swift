// The capture thread's pen: stamps what libcurl hands over and puts it into the ring; neither parses, allocates nor waits per chunk.

internal import CKernelStamps
internal import CLinux
internal import Core

/// What this program's own `recv` and `send` tell of libcurl's sockets.
enum SocketInsight: Hashable, Sendable {
    /// Nothing: libcurl's calls go elsewhere.
    case none
    /// Which socket was read last.
    case reads
    /// That, and the kernel's stamps.
    case kernelStamps
}

/// Stamps and hands over; used by the capture thread only.
final class CaptureRecorder {
    private(set) var timeline: TraceTimeline
    /// The return of the loop's last wait, `CLOCK_MONOTONIC` ns.
    private(set) var wakeNanoseconds: UInt64 = 0
    private let insight: SocketInsight
    /// Whether the wall clock stepped during the last wait: what the kernel stamped before cannot be placed.
    private var distrustsKernelStamps = false
    private var producer: ByteRingProducer
    private let ringCapacity: Int
    private var needsRoom = false

    private(set) var meter: CaptureMeter
    /// How often the wall clock stepped.
    private(set) var clockSteps = 0

    init(ring: ByteRing, origin: ClockAnchor, insight: SocketInsight) {
        producer = ByteRingProducer(ring)
        ringCapacity = ring.capacity
        timeline = TraceTimeline(origin: origin)
        self.insight = insight
        meter = CaptureMeter(
            startMonotonicNanoseconds: origin.monotonicNanoseconds,
            processorNanoseconds: ClockReading.threadProcessorNanoseconds,
            ringCapacity: ring.capacity
        )
    }

    // MARK: Time

    /// The loop's wait returned; `due` is when it should have, where it was to return by itself.
    ///
    /// Compares the clocks at every wake, so that a step of the wall clock spoils the stamps of one wait at most.
    func woke(due: UInt64?, inFlight: Int) {
        let monotonic = ClockReading.monotonicNanoseconds
        let realtime = ClockReading.realtimeNanoseconds
        wakeNanoseconds = monotonic
        distrustsKernelStamps = false
        meter.woke(lateness: due.map { Nanoseconds(Int64(bitPattern: monotonic &- $0)) })
        if timeline.looksStepped(monotonicNanoseconds: monotonic, realtimeNanoseconds: realtime) {
            checkClocks(narrowestOf: 50, inFlight: inFlight)
        }
    }

    /// Takes a new anchor and notes a step of the wall clock.
    func checkClocks(narrowestOf count: Int, inFlight: Int) {
        guard case .stepped(let step, let after, let before) = timeline.check(ClockReading.anchor(narrowestOf: count))
        else { return }
        clockSteps += 1
        distrustsKernelStamps = true
        let instant = timeline.instant(monotonicNanoseconds: before)
        let span =
            "\(timeline.instant(monotonicNanoseconds: after).nanosecondsSinceEpoch) and "
            + "\(instant.nanosecondsSinceEpoch)"
        let note = DropRecord(
            instant: instant,
            reason: "clock_step",
            requests: UInt64(inFlight),
            bytes: 0,
            message: "the wall clock stepped by \(step.count) ns: kernel stamps between \(span) are in doubt"
        )
        // A full ring may refuse the note; the report's count and the next clock snapshot still tell.
        _ = producer.push(.drop(note))
    }

    /// A monotonic instant on the trace's timeline.
    func instant(_ monotonicNanoseconds: UInt64) -> TraceInstant {
        timeline.instant(monotonicNanoseconds: monotonicNanoseconds)
    }

    /// The arrival of the bytes that `descriptor` gave last and that a callback entered at `callback` hands over.
    @inline(__always)
    func arrival(on descriptor: Int32, callback: UInt64, wake: UInt64) -> ChunkArrival {
        var kernel: UInt64?
        if insight == .kernelStamps, !distrustsKernelStamps {
            let realtime = kernelstamps_received_realtime_ns(descriptor)
            if realtime != 0 { kernel = timeline.monotonicNanoseconds(realtimeNanoseconds: realtime) }
        }
        return ChunkArrival(kernelNanoseconds: kernel, callbackNanoseconds: callback, wakeNanoseconds: wake)
    }

    /// The socket that this thread read last: behind a read, the one whose bytes a callback hands over; `nil` where
    /// reads are not seen.
    var lastReadSocket: Int32? {
        guard insight != .none else { return nil }
        let descriptor = kernelstamps_last_read_descriptor()
        return descriptor >= 0 ? descriptor : nil
    }

    /// When the kernel got the last byte that `descriptor` was given at or after `dispatched`; `nil` where unknown.
    func sent(on descriptor: Int32, notBefore dispatched: UInt64) -> TraceInstant? {
        let sent = insight == .kernelStamps ? kernelstamps_sent_monotonic_ns(descriptor) : 0
        return sent >= dispatched && sent != 0 ? instant(sent) : nil
    }

    // MARK: Records; each refuses where the ring is full

    /// Hands a chunk over with its stamp.
    @inline(__always)
    func chunk(
        _ id: AttemptID,
        _ arrival: ChunkArrival,
        placement: inout ChunkPlacement,
        bytes: UnsafeRawBufferPointer
    ) -> Bool {
        // A refused chunk comes again: its stamp counts only once it is in the ring.
        var placed = placement
        let (stamp, source) = placed.place(arrival)
        let callbackLag = Nanoseconds(Int64(bitPattern: arrival.callbackNanoseconds &- stamp))
        let record = ChunkStamp(
            instant: timeline.instant(monotonicNanoseconds: stamp),
            length: UInt32(truncatingIfNeeded: bytes.count),
            source: source,
            callbackLag: source == .kernel ? callbackLag : .zero,
            wakeLag: Nanoseconds(Int64(bitPattern: arrival.wakeNanoseconds &- stamp))
        )
        guard producer.pushChunk(id, record, bytes: bytes) else { return false }
        placement = placed
        meter.chunk(byteCount: bytes.count, kernelLag: source == .kernel ? callbackLag : nil)
        return true
    }

    /// Hands a response's head over.
    func head(
        _ id: AttemptID,
        sent: TraceInstant?,
        firstByte: TraceInstant,
        bytes: UnsafeRawBufferPointer
    ) -> Bool {
        producer.pushHead(id, sent: sent, firstByte: firstByte, bytes: bytes)
    }

    /// Hands a rare record over.
    func record(_ record: TraceRecord) -> Bool {
        producer.push(record)
    }

    /// Hands an attempt's end over.
    func end(_ end: EndRecord) -> Bool {
        producer.pushEnd(end)
    }

    /// Whether records of `byteCount` bytes fit into the ring now.
    func hasRoom(for byteCount: Int) -> Bool {
        // Twice: a record may need filler up to the end of the ring's memory before it.
        producer.currentLevel() + 2 * byteCount <= ringCapacity
    }

    // MARK: Self-measurement

    /// A request began `lateness` after its scheduled instant.
    func started(lateness: Nanoseconds?) {
        if let lateness { meter.started(lateness: lateness) }
    }

    /// A full ring held a transfer back.
    func paused() {
        meter.paused()
        needsRoom = true
    }

    /// Whether a transfer was held back since the last call.
    func takeNeedForRoom() -> Bool {
        defer { needsRoom = false }
        return needsRoom
    }

    /// Notes how full the ring is.
    func measureRing() {
        meter.ringLevel(producer.currentLevel())
    }

    /// Ends a second of self-measurement and hands it over; where the ring is full the second goes on.
    func endSecond(inFlight: Int) -> QualityRecord? {
        let now = ClockReading.monotonicNanoseconds
        let quality = meter.second(
            endingAt: instant(now),
            monotonicNanoseconds: now,
            processorNanoseconds: ClockReading.threadProcessorNanoseconds,
            inFlight: inFlight
        )
        guard producer.push(.quality(quality)) else { return nil }
        meter.beginSecond(
            monotonicNanoseconds: now,
            processorNanoseconds: ClockReading.threadProcessorNanoseconds
        )
        return quality
    }

    /// The self-measurement of the whole session so far.
    func wholeQuality(inFlight: Int) -> QualityRecord {
        let now = ClockReading.monotonicNanoseconds
        return meter.whole(
            endingAt: instant(now),
            monotonicNanoseconds: now,
            processorNanoseconds: ClockReading.threadProcessorNanoseconds,
            inFlight: inFlight
        )
    }
}
