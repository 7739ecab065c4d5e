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
    private let rotationWanted = Atomic<Bool>(false)

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

    /// Asks the writer for a new segment.
    func requestRotation() {
        rotationWanted.store(true, ordering: .releasing)
        writerSignal.raise()
    }

    /// Whether a new segment was asked for since the last call.
    func takeRotationRequest() -> Bool { rotationWanted.exchange(false, ordering: .acquiring) }

    /// The capture thread needs room in the ring and is to be woken once there is some.
    func awaitRoom() {
        producerWaits.store(true, ordering: .sequentiallyConsistent)
        writerSignal.raise()
    }

    /// Waits until the writer has made some room in the ring; for a capture thread that has nothing else to do.
    func waitForRoom() {
        awaitRoom()
        loopSignal.wait(milliseconds: -1)
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
    private let highestRingPermille = Atomic<Int>(0)
    private let callbackLagP99 = Atomic<Int64>(0)
    private let loopLatenessP99 = Atomic<Int64>(0)

    /// Stores the capture thread's present state.
    func store(_ progress: CaptureProgress) {
        started.store(progress.started, ordering: .relaxed)
        inFlight.store(progress.inFlight, ordering: .relaxed)
        ok.store(progress.done[.ok] ?? 0, ordering: .relaxed)
        httpError.store(progress.done[.httpError] ?? 0, ordering: .relaxed)
        transportError.store(progress.done[.transportError] ?? 0, ordering: .relaxed)
        timeout.store(progress.done[.timeout] ?? 0, ordering: .relaxed)
        cancelled.store(progress.done[.cancelled] ?? 0, ordering: .relaxed)
        chunks.store(progress.chunks, ordering: .relaxed)
        bytes.store(progress.receivedByteCount, ordering: .relaxed)
        pauses.store(progress.pauses, ordering: .relaxed)
        highestRingPermille.store(Int(progress.highestRingShare * 1000), ordering: .relaxed)
        callbackLagP99.store(progress.callbackLagP99.count, ordering: .relaxed)
        loopLatenessP99.store(progress.loopLatenessP99.count, ordering: .relaxed)
    }

    /// The state stored last, each number by itself.
    var progress: CaptureProgress {
        var progress = CaptureProgress()
        progress.started = started.load(ordering: .relaxed)
        progress.inFlight = inFlight.load(ordering: .relaxed)
        let counts: [(TransportOutcome, Int)] = [
            (.ok, ok.load(ordering: .relaxed)), (.httpError, httpError.load(ordering: .relaxed)),
            (.transportError, transportError.load(ordering: .relaxed)), (.timeout, timeout.load(ordering: .relaxed)),
            (.cancelled, cancelled.load(ordering: .relaxed)),
        ]
        for (outcome, count) in counts where count > 0 { progress.done[outcome] = count }
        progress.chunks = chunks.load(ordering: .relaxed)
        progress.receivedByteCount = bytes.load(ordering: .relaxed)
        progress.pauses = pauses.load(ordering: .relaxed)
        progress.highestRingShare = Double(highestRingPermille.load(ordering: .relaxed)) / 1000
        progress.callbackLagP99 = Nanoseconds(callbackLagP99.load(ordering: .relaxed))
        progress.loopLatenessP99 = Nanoseconds(loopLatenessP99.load(ordering: .relaxed))
        return progress
    }
}
