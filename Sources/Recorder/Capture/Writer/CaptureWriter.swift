// The writer thread: drains the ring into the sink, snapshots the clocks, and keeps the account when the sink fails.

internal import Core

/// What the writer came to.
struct WriterAccount: Sendable {
    var writtenByteCount: UInt64 = 0
    var error: CaptureError?
    var lostAttempts = 0
    var lostBytes: UInt64 = 0
}

/// Writes what the capture thread hands over; used by the writer thread only.
final class CaptureWriter<Sink: CaptureSink & ~Copyable> {
    private var sink: Sink
    private var consumer: ByteRingConsumer
    private let control: CaptureControl
    private let timeline: TraceTimeline
    private var stolenTime = StolenTime()
    private var lostAttempts: Set<AttemptID> = []
    private var account = WriterAccount()
    private var dropReason = "write_error"
    private var nextSnapshot: UInt64 = 0

    /// How long the writer sleeps at most, in milliseconds: long enough to write in batches, short against a flush's age.
    private static var patience: Int32 { 20 }
    private static var snapshotInterval: UInt64 { 10_000_000_000 }

    init(_ sink: consuming Sink, ring: ByteRing, control: CaptureControl, origin: ClockAnchor) {
        self.sink = sink
        consumer = ByteRingConsumer(ring)
        self.control = control
        timeline = TraceTimeline(origin: origin)
    }

    /// Works until the capture thread has ended and the ring is empty, then closes the sink.
    func run() -> WriterAccount {
        while true {
            let isLast = control.isLoopEnded
            let count = consumer.drain { take($0) }
            control.announceRoom()
            snapshotClocksIfDue()
            flushIfDue()
            if isLast { break }
            if count == 0 { control.writerSignal.wait(milliseconds: Self.patience) }
        }
        snapshotClocks()
        finish()
        return account
    }

    // MARK: Entries

    private func take(_ record: UnsafeRawBufferPointer) {
        guard let entry = RingEntry(record) else { return }
        switch entry {
        case .boxed(let box):
            take(box.record)
        case .head(let id, let sent, let firstByte, let bytes):
            takeHead(id, sent: sent, firstByte: firstByte, bytes: bytes)
        case .chunk(let id, let stamp, let bytes):
            write(losing: id, bytes: bytes.count) { sink throws(any Error) in
                try sink.append(stamp, of: id, bytes: bytes)
            }
        case .end(let end):
            write(.end(end))
        }
    }

    private func take(_ record: TraceRecord) {
        switch record {
        case .request(var request):
            // The load plan leaves credentials out of what is recorded; one that slips through ends here.
            request.headers.removeAll { SecretHeaders.contains($0.name) }
            write(.request(request))
        case .quality(var quality):
            quality.stolenTime = stolenTime.sinceLastCall()
            write(.quality(quality))
        default:
            write(record)
        }
    }

    private func takeHead(
        _ id: AttemptID,
        sent: TraceInstant?,
        firstByte: TraceInstant,
        bytes: UnsafeRawBufferPointer
    ) {
        let head = ParsedResponseHead(bytes)
        let record = ResponseRecord(
            id: id,
            status: head.status,
            headers: head.headers,
            sent: sent,
            firstByte: firstByte
        )
        write(.response(record))
    }

    // MARK: Clocks

    private func snapshotClocksIfDue() {
        if ClockReading.monotonicNanoseconds >= nextSnapshot { snapshotClocks() }
    }

    private func snapshotClocks() {
        let snapshot = ClockReading.snapshot()
        nextSnapshot = snapshot.monotonicNanoseconds &+ Self.snapshotInterval
        let instant = timeline.instant(monotonicNanoseconds: snapshot.monotonicNanoseconds)
        write(.clock(ClockRecord(instant: instant, snapshot: snapshot)))
    }

    // MARK: The sink, and its failure

    private func write(_ record: TraceRecord) {
        write(losing: record.attempt) { sink throws(any Error) in try sink.append(record) }
    }

    private func flushIfDue() {
        let now = timeline.instant(monotonicNanoseconds: ClockReading.monotonicNanoseconds)
        let rotates = control.takeRotationRequest()
        write(losing: nil) { sink throws(any Error) in
            try rotates ? sink.rotate(now: now) : sink.flushIfDue(now: now)
        }
    }

    /// Does `body` with the sink, or, once the sink has failed, counts what is lost.
    private func write(losing id: AttemptID?, bytes: Int = 0, _ body: (inout Sink) throws -> Void) {
        if account.error == nil {
            do {
                try body(&sink)
                return
            } catch {
                if case TraceError.diskFull = error { dropReason = "disk_full" }
                account.error = CaptureError(description: "\(error)")
                control.request(.stopping)
            }
        }
        if let id { lostAttempts.insert(id) }
        account.lostBytes &+= UInt64(bytes)
    }

    /// Closes the sink; a failed one gets a note of what is missing first, as far as it can still take one.
    private func finish() {
        account.lostAttempts = lostAttempts.count
        if let error = account.error {
            let note = DropRecord(
                instant: timeline.instant(monotonicNanoseconds: ClockReading.monotonicNanoseconds),
                reason: dropReason,
                requests: UInt64(lostAttempts.count),
                bytes: account.lostBytes,
                message: error.description
            )
            try? sink.append(.drop(note))
        }
        do {
            try sink.close()
        } catch {
            if account.error == nil { account.error = CaptureError(description: "\(error)") }
        }
        account.writtenByteCount = sink.writtenByteCount
    }
}
