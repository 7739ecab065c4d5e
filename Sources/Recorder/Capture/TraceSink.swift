// The writer thread's work: takes entries off the ring and writes them as a trace.

import Core
import Glibc

/// Drains the ring into a trace writer.
///
/// `@unchecked Sendable`: it is made by one thread and from then on touched by the writer thread alone.
final class TraceSink: @unchecked Sendable {
    private var writer: TraceWriter<FileOutput>
    private let ring: CaptureRing
    private let origin: CaptureClock.Origin
    private var nextClock: UInt64 = 0
    private var hasOrigin: Bool

    private static let clockInterval: UInt64 = 10_000_000_000

    /// Takes over a writer; `knowsOrigin` says whether the trace tells already who answers.
    init(writer: consuming TraceWriter<FileOutput>, ring: CaptureRing, origin: CaptureClock.Origin, knowsOrigin: Bool) {
        self.writer = writer
        self.ring = ring
        self.origin = origin
        hasOrigin = knowsOrigin
    }

    var writtenByteCount: UInt64 { writer.writtenByteCount }

    /// Writes what the ring holds, and what is due by time.
    func drain() throws(TraceError) {
        try writeClockIfDue()
        while try takeOne() {}
        try writer.flushIfDue(now: origin.instant(monotonic: CaptureClock.now()))
    }

    /// Writes what is left and closes the trace.
    func close() throws(TraceError) {
        nextClock = 0
        try drain()
        try writer.close()
    }

    private func takeOne() throws(TraceError) -> Bool {
        try ring.consume { item, bytes throws(TraceError) in
            switch item {
            case .chunk(let entry):
                let stamp = ChunkStamp(
                    instant: origin.instant(monotonic: entry.stamp),
                    length: entry.length,
                    source: StampSource(rawValue: entry.source) ?? .unknown,
                    callbackLag: Nanoseconds(entry.callbackLag),
                    wakeLag: Nanoseconds(entry.wakeLag)
                )
                let attempt = AttemptID(request: entry.request, attempt: entry.attempt)
                try writer.append(stamp, of: attempt, bytes: bytes)
            case .record(let record):
                if !hasOrigin, case .response(let response) = record { try noteOrigin(response) }
                try writer.append(record)
            }
        }
    }

    /// A replayer says so in every answer; the trace says it once, for all who read it.
    private func noteOrigin(_ response: ResponseRecord) throws(TraceError) {
        hasOrigin = true
        if let source = response.header("x-bedrock-replayer") {
            try writer.setOrigin(TraceOrigin(kind: .replayer, values: ["source": source]))
        } else {
            try writer.setOrigin(TraceOrigin(kind: .endpoint))
        }
    }

    private func writeClockIfDue() throws(TraceError) {
        let now = CaptureClock.now()
        guard now >= nextClock else { return }
        nextClock = now + Self.clockInterval
        let snapshot = ClockReading.snapshot()
        try writer.append(
            .clock(
                ClockRecord(
                    instant: origin.instant(monotonic: snapshot.monotonicNanoseconds),
                    snapshot: snapshot
                )
            )
        )
    }
}
