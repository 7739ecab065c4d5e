// What the session's threads share: the wish to stop, two bells, and counters that only one thread writes.

internal import Core
internal import Synchronization

/// How far a session is told to go on; only ever rises.
enum CapturePhase: UInt8, Comparable {
    /// Start what falls due.
    case running
    /// Start nothing more, wait for what is in flight.
    case draining
    /// Cancel what is in flight.
    case stopping

    static func < (lhs: CapturePhase, rhs: CapturePhase) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// The shared state of one session.
final class CaptureControl: Sendable {
    /// Wakes the capture thread.
    let loopSignal: EventSignal
    /// Wakes the writer.
    let writerSignal: EventSignal
    let counters = CaptureCounters()
    private let phaseValue = Atomic<UInt8>(0)
    private let producerWaits = Atomic<Bool>(false)
    private let loopEnded = Atomic<Bool>(false)

    init() throws(SystemFailure) {
        loopSignal = try EventSignal()
        writerSignal = try EventSignal()
    }

    /// How far the session is to go on.
    var phase: CapturePhase { CapturePhase(rawValue: phaseValue.load(ordering: .acquiring)) ?? .stopping }

    /// Asks the capture thread to go into `phase`; a later phase is never taken back.
    func request(_ phase: CapturePhase) {
        phaseValue.max(phase.rawValue, ordering: .acquiringAndReleasing)
        loopSignal.raise()
    }

    /// The capture thread needs room in the ring and is to be woken once there is some.
    func awaitRoom() {
        producerWaits.store(true, ordering: .sequentiallyConsistent)
        writerSignal.raise()
    }

    /// The writer has made room.
    func announceRoom() {
        if producerWaits.exchange(false, ordering: .sequentiallyConsistent) { loopSignal.raise() }
    }

    /// The capture thread has put its last entry into the ring.
    func endLoop() {
        loopEnded.store(true, ordering: .releasing)
        writerSignal.raise()
    }

    /// Whether the ring gets no more entries.
    var isLoopEnded: Bool { loopEnded.load(ordering: .acquiring) }
}

/// The session's counters: stored by the capture thread once a turn, read by anyone.
final class CaptureCounters: Sendable {
    private let started = Atomic<Int>(0)
    private let inFlight = Atomic<Int>(0)
    private let ok = Atomic<Int>(0)
    private let httpError = Atomic<Int>(0)
    private let transportError = Atomic<Int>(0)
    private let timeout = Atomic<Int>(0)
    private let cancelled = Atomic<Int>(0)
    private let chunks = Atomic<Int>(0)
    private let bytes = Atomic<UInt64>(0)
    private let pauses = Atomic<Int>(0)
    private let callbackLagP99 = Atomic<Int64>(0)
    private let loopLatenessP99 = Atomic<Int64>(0)

    /// Stores the capture thread's present state.
    func store(_ progress: CaptureProgress) {
        started.store(progress.started, ordering: .relaxed)
        inFlight.store(progress.inFlight, ordering: .relaxed)
        ok.store(progress.ended[.ok], ordering: .relaxed)
        httpError.store(progress.ended[.httpError], ordering: .relaxed)
        transportError.store(progress.ended[.transportError], ordering: .relaxed)
        timeout.store(progress.ended[.timeout], ordering: .relaxed)
        cancelled.store(progress.ended[.cancelled], ordering: .relaxed)
        chunks.store(progress.chunks, ordering: .relaxed)
        bytes.store(progress.bytes, ordering: .relaxed)
        pauses.store(progress.pauses, ordering: .relaxed)
        callbackLagP99.store(progress.callbackLagP99.count, ordering: .relaxed)
        loopLatenessP99.store(progress.loopLatenessP99.count, ordering: .relaxed)
    }

    /// The state stored last, each number by itself.
    var progress: CaptureProgress {
        var progress = CaptureProgress()
        progress.started = started.load(ordering: .relaxed)
        progress.inFlight = inFlight.load(ordering: .relaxed)
        progress.ended[.ok] = ok.load(ordering: .relaxed)
        progress.ended[.httpError] = httpError.load(ordering: .relaxed)
        progress.ended[.transportError] = transportError.load(ordering: .relaxed)
        progress.ended[.timeout] = timeout.load(ordering: .relaxed)
        progress.ended[.cancelled] = cancelled.load(ordering: .relaxed)
        progress.chunks = chunks.load(ordering: .relaxed)
        progress.bytes = bytes.load(ordering: .relaxed)
        progress.pauses = pauses.load(ordering: .relaxed)
        progress.callbackLagP99 = Nanoseconds(callbackLagP99.load(ordering: .relaxed))
        progress.loopLatenessP99 = Nanoseconds(loopLatenessP99.load(ordering: .relaxed))
        return progress
    }
}
