// Adds up the recorder's self-measurement: this second's, and the whole session's.

internal import Core

/// Counts and histograms of the capture thread; recording is a few increments.
struct CaptureMeter {
    private struct Tally {
        var startMonotonicNanoseconds: UInt64
        var startProcessorNanoseconds: UInt64
        var wakes: UInt64 = 0
        var chunks: UInt64 = 0
        var kernelStampedChunks: UInt64 = 0
        var bytes: UInt64 = 0
        var highestRingLevel = 0
        var pauses: UInt64 = 0
        var loopLateness = LatencyHistogram()
        var callbackLag = LatencyHistogram()
        var startLateness = LatencyHistogram()

        init(startMonotonicNanoseconds: UInt64, startProcessorNanoseconds: UInt64) {
            self.startMonotonicNanoseconds = startMonotonicNanoseconds
            self.startProcessorNanoseconds = startProcessorNanoseconds
            prepareHistograms()
        }

        /// Here and once a second, so that no chunk waits for memory.
        private mutating func prepareHistograms() {
            loopLateness.prepare()
            callbackLag.prepare()
            startLateness.prepare()
        }

        mutating func begin(monotonicNanoseconds: UInt64, processorNanoseconds: UInt64) {
            startMonotonicNanoseconds = monotonicNanoseconds
            startProcessorNanoseconds = processorNanoseconds
            wakes = 0
            chunks = 0
            kernelStampedChunks = 0
            bytes = 0
            highestRingLevel = 0
            pauses = 0
            prepareHistograms()
        }

        mutating func add(_ other: borrowing Tally) {
            wakes += other.wakes
            chunks += other.chunks
            kernelStampedChunks += other.kernelStampedChunks
            bytes += other.bytes
            highestRingLevel = max(highestRingLevel, other.highestRingLevel)
            pauses += other.pauses
            loopLateness.add(other.loopLateness)
            callbackLag.add(other.callbackLag)
            startLateness.add(other.startLateness)
        }
    }

    private var present: Tally
    /// All seconds that have ended.
    private var past: Tally
    private let ringCapacity: Int

    init(startMonotonicNanoseconds: UInt64, processorNanoseconds: UInt64, ringCapacity: Int) {
        present = Tally(
            startMonotonicNanoseconds: startMonotonicNanoseconds,
            startProcessorNanoseconds: processorNanoseconds
        )
        past = present
        self.ringCapacity = ringCapacity
    }

    // MARK: What happens

    @inline(__always)
    mutating func chunk(byteCount: Int, kernelLag: Nanoseconds?) {
        present.chunks &+= 1
        present.bytes &+= UInt64(byteCount)
        guard let kernelLag else { return }
        present.kernelStampedChunks &+= 1
        present.callbackLag.record(kernelLag)
    }

    mutating func woke(lateness: Nanoseconds?) {
        present.wakes &+= 1
        if let lateness { present.loopLateness.record(lateness) }
    }

    mutating func started(lateness: Nanoseconds) { present.startLateness.record(lateness) }

    mutating func paused() { present.pauses += 1 }

    mutating func ringLevel(_ level: Int) { present.highestRingLevel = max(present.highestRingLevel, level) }

    // MARK: What it comes to

    /// Chunks of the whole session.
    var chunks: UInt64 { past.chunks + present.chunks }
    /// Bytes of bodies of the whole session.
    var bytes: UInt64 { past.bytes + present.bytes }
    /// Pauses of the whole session.
    var pauses: UInt64 { past.pauses + present.pauses }

    /// The ring's highest level of the whole session, 0 to 1.
    var highestRingShare: Double {
        Double(max(past.highestRingLevel, present.highestRingLevel)) / Double(ringCapacity)
    }

    /// The present second's figures.
    func second(
        endingAt instant: TraceInstant,
        monotonicNanoseconds: UInt64,
        processorNanoseconds: UInt64,
        inFlight: Int
    ) -> QualityRecord {
        figures(of: present, instant, monotonicNanoseconds, processorNanoseconds, inFlight)
    }

    /// The whole session's figures.
    func whole(
        endingAt instant: TraceInstant,
        monotonicNanoseconds: UInt64,
        processorNanoseconds: UInt64,
        inFlight: Int
    ) -> QualityRecord {
        var sum = past
        sum.add(present)
        return figures(of: sum, instant, monotonicNanoseconds, processorNanoseconds, inFlight)
    }

    /// Puts the present second to the past ones and begins the next.
    mutating func beginSecond(monotonicNanoseconds: UInt64, processorNanoseconds: UInt64) {
        past.add(present)
        present.begin(monotonicNanoseconds: monotonicNanoseconds, processorNanoseconds: processorNanoseconds)
    }

    private func figures(
        of tally: borrowing Tally,
        _ instant: TraceInstant,
        _ monotonicNanoseconds: UInt64,
        _ processorNanoseconds: UInt64,
        _ inFlight: Int
    ) -> QualityRecord {
        var quality = QualityRecord(
            instant: instant,
            span: Nanoseconds(Int64(bitPattern: monotonicNanoseconds &- tally.startMonotonicNanoseconds))
        )
        quality.wakes = tally.wakes
        quality.chunks = tally.chunks
        quality.kernelStampedChunks = tally.kernelStampedChunks
        quality.bytes = tally.bytes
        quality.loopLateness = tally.loopLateness
        quality.callbackLag = tally.callbackLag
        quality.startLateness = tally.startLateness
        quality.processorTime = Nanoseconds(
            Int64(bitPattern: processorNanoseconds &- tally.startProcessorNanoseconds)
        )
        quality.highestRingLevel = UInt64(tally.highestRingLevel)
        quality.ringCapacity = UInt64(ringCapacity)
        quality.pauses = tally.pauses
        quality.inFlight = UInt64(inFlight)
        return quality
    }
}
