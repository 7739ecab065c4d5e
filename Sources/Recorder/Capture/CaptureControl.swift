// What the capture thread and the others tell each other: stop requests one way, counts the other, without a lock.

import CLinux
package import Core
import Glibc
import Synchronization

/// Shared state of a capture.
final class CaptureControl: Sendable {
    /// What the loop is asked to do.
    enum Request: Int {
        case run = 0
        /// Start nothing more, wait for what is in flight.
        case drain = 1
        /// Start nothing more, cancel what is in flight.
        case stop = 2
    }

    /// Readable whenever a request was made; the loop waits on it too.
    let descriptor: Int32
    private let requested = Atomic<Int>(Request.run.rawValue)
    private let started = Atomic<Int>(0)
    private let inFlight = Atomic<Int>(0)
    private let byteCount = Atomic<Int>(0)
    private let pauses = Atomic<Int>(0)
    private let highestRingPermille = Atomic<Int>(0)
    private let outcomes: Outcomes = Outcomes()

    /// One counter an outcome.
    private final class Outcomes: Sendable {
        let ok = Atomic<Int>(0)
        let httpError = Atomic<Int>(0)
        let transportError = Atomic<Int>(0)
        let timeout = Atomic<Int>(0)
        let cancelled = Atomic<Int>(0)

        func add(_ outcome: TransportOutcome) {
            switch outcome {
            case .ok: ok.add(1, ordering: .relaxed)
            case .httpError: httpError.add(1, ordering: .relaxed)
            case .transportError: transportError.add(1, ordering: .relaxed)
            case .timeout: timeout.add(1, ordering: .relaxed)
            case .cancelled: cancelled.add(1, ordering: .relaxed)
            }
        }

        func load(_ outcome: TransportOutcome) -> Int {
            switch outcome {
            case .ok: ok.load(ordering: .relaxed)
            case .httpError: httpError.load(ordering: .relaxed)
            case .transportError: transportError.load(ordering: .relaxed)
            case .timeout: timeout.load(ordering: .relaxed)
            case .cancelled: cancelled.load(ordering: .relaxed)
            }
        }
    }

    init() throws(CaptureError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw CaptureError(description: "eventfd: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(descriptor)
    }

    /// What is asked for now.
    var request: Request { Request(rawValue: requested.load(ordering: .acquiring)) ?? .stop }

    /// Asks for more than was asked before; a stop is never taken back.
    func ask(_ request: Request) {
        guard requested.load(ordering: .acquiring) < request.rawValue else { return }
        requested.store(request.rawValue, ordering: .releasing)
        wake()
    }

    /// Makes the loop look around.
    func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Takes note of having been woken.
    func acknowledge() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    func noteStart() { started.add(1, ordering: .relaxed) }
    func notePause() { pauses.add(1, ordering: .relaxed) }

    func noteEnd(_ outcome: TransportOutcome, byteCount: UInt64) {
        outcomes.add(outcome)
        self.byteCount.add(Int(byteCount), ordering: .relaxed)
    }

    func note(inFlight: Int, ringLevel: Double) {
        self.inFlight.store(inFlight, ordering: .relaxed)
        let permille = Int(ringLevel * 1000)
        if permille > highestRingPermille.load(ordering: .relaxed) {
            highestRingPermille.store(permille, ordering: .relaxed)
        }
    }

    /// The counts as they stand.
    var progress: CaptureProgress {
        var done: [TransportOutcome: Int] = [:]
        for outcome in TransportOutcome.allCases {
            let count = outcomes.load(outcome)
            if count > 0 { done[outcome] = count }
        }
        return CaptureProgress(
            started: started.load(ordering: .relaxed),
            inFlight: inFlight.load(ordering: .relaxed),
            done: done,
            receivedByteCount: UInt64(byteCount.load(ordering: .relaxed)),
            pauses: pauses.load(ordering: .relaxed),
            highestRingShare: Double(highestRingPermille.load(ordering: .relaxed)) / 1000
        )
    }
}

/// How far a capture is.
package struct CaptureProgress: Sendable {
    package var started: Int
    package var inFlight: Int
    /// Ended attempts by outcome.
    package var done: [TransportOutcome: Int]
    /// Bytes of response bodies of ended attempts.
    package var receivedByteCount: UInt64
    /// How often a transfer had to wait because the ring was full.
    package var pauses: Int
    /// The ring's highest level so far, 0 to 1.
    package var highestRingShare: Double

    /// Ended attempts.
    package var doneCount: Int { done.values.reduce(0, +) }
}
