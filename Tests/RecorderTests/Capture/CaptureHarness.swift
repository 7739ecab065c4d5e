// Runs a capture session against a test's server and keeps everything it records.

import Core
import Synchronization

@testable import Recorder

/// What a session recorded, by kind and in order.
struct Recording: Sendable {
    var records: [TraceRecord] = []
    var chunks: [AttemptID: [(stamp: ChunkStamp, bytes: [UInt8])]] = [:]
    var isClosed = false

    func body(_ id: AttemptID) -> [UInt8] { (chunks[id] ?? []).flatMap(\.bytes) }
    func stamps(_ id: AttemptID) -> [ChunkStamp] { (chunks[id] ?? []).map(\.stamp) }

    var requests: [RequestRecord] { records.compactMap { if case .request(let record) = $0 { record } else { nil } } }
    var connections: [ConnectionRecord] {
        records.compactMap { if case .connection(let record) = $0 { record } else { nil } }
    }
    var responses: [ResponseRecord] {
        records.compactMap { if case .response(let record) = $0 { record } else { nil } }
    }
    var errors: [ErrorRecord] { records.compactMap { if case .error(let record) = $0 { record } else { nil } } }
    var ends: [EndRecord] { records.compactMap { if case .end(let record) = $0 { record } else { nil } } }
    var drops: [DropRecord] { records.compactMap { if case .drop(let record) = $0 { record } else { nil } } }
    var qualities: [QualityRecord] {
        records.compactMap { if case .quality(let record) = $0 { record } else { nil } }
    }
    var clocks: [ClockRecord] { records.compactMap { if case .clock(let record) = $0 { record } else { nil } } }
}

/// Keeps records in memory; fails or waits where a test wants it to.
struct MemorySink: CaptureSink, ~Copyable {
    final class Store: Sendable {
        let recording = Mutex(Recording())
        /// Called before each chunk is taken.
        let beforeChunk: @Sendable () throws -> Void
        init(beforeChunk: @escaping @Sendable () throws -> Void = {}) { self.beforeChunk = beforeChunk }
    }

    let store: Store
    private(set) var writtenByteCount: UInt64 = 0

    init(_ store: Store) { self.store = store }

    mutating func append(_ record: TraceRecord) throws {
        store.recording.withLock { $0.records.append(record) }
    }

    mutating func append(_ stamp: ChunkStamp, of attempt: AttemptID, bytes: UnsafeRawBufferPointer) throws {
        try store.beforeChunk()
        writtenByteCount += UInt64(bytes.count)
        let chunk = (stamp: stamp, bytes: Array(bytes))
        store.recording.withLock { $0.chunks[attempt, default: []].append(chunk) }
    }

    mutating func flushIfDue(now: TraceInstant) throws {}
    mutating func rotate(now: TraceInstant) throws {}

    mutating func close() throws { store.recording.withLock { $0.isClosed = true } }
}

/// A closed loop over a list of requests.
struct ListSource: RequestSource {
    var waiting: [PreparedRequest]
    let concurrency: Int
    /// Told of every end.
    let onEnd: @Sendable (AttemptEnd) -> Void

    init(
        _ requests: [PreparedRequest],
        concurrency: Int = .max,
        onEnd: @escaping @Sendable (AttemptEnd) -> Void = { _ in }
    ) {
        waiting = requests.reversed()
        self.concurrency = concurrency
        self.onEnd = onEnd
    }

    mutating func next(nowMonotonicNanoseconds now: UInt64, inFlight: Int) -> NextStep {
        guard let request = waiting.last else { return .finished }
        guard inFlight < concurrency else { return .waitForEnd }
        if let due = request.scheduledMonotonicNanoseconds, due > now { return .waitUntil(monotonicNanoseconds: due) }
        waiting.removeLast()
        return .start(request)
    }

    mutating func ended(_ end: AttemptEnd) { onEnd(end) }
}

/// A request of a test.
func request(
    _ url: String,
    index: Int = 0,
    headers: [HeaderField] = [],
    body: [UInt8] = Array("{}".utf8),
    scheduled: UInt64? = nil
) -> PreparedRequest {
    let zero = TraceInstant(nanosecondsSinceEpoch: 0)
    return PreparedRequest(
        planIndex: index,
        record: RequestRecord(
            id: AttemptID(request: 0),
            scheduled: zero,
            dispatched: zero,
            url: url,
            headers: headers,
            body: String(decoding: body, as: UTF8.self),
            operation: "converse-stream",
            model: "m",
            region: "r",
            promptID: "p"
        ),
        scheduledMonotonicNanoseconds: scheduled,
        wireHeaders: headers,
        body: body
    )
}

/// A configuration that leaves the machine as it is.
func testConfiguration(
    maxInFlight: Int = 64,
    _ change: (inout CaptureConfiguration) -> Void = { _ in }
) -> CaptureConfiguration {
    var configuration = CaptureConfiguration(maxInFlight: maxInFlight)
    configuration.usesRealTimePriority = false
    configuration.locksMemory = false
    configuration.ringByteCount = 1 << 20
    configuration.userAgent = nil
    change(&configuration)
    return configuration
}

/// Runs a session to its end.
func capture(
    _ source: some RequestSource,
    _ configuration: CaptureConfiguration = testConfiguration(),
    store: MemorySink.Store = MemorySink.Store()
) throws -> (report: CaptureReport, recording: Recording) {
    let session = try CaptureSession(configuration: configuration, source: source) { _ in MemorySink(store) }
    let report = session.waitUntilFinished()
    return (report, store.recording.withLock { $0 })
}
