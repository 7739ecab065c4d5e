// The state of one attempt in flight: instants, place in the stream, how far its records have come.

internal import Core

/// What the capture loop knows of one attempt; all instants `CLOCK_MONOTONIC` ns.
struct Attempt {
    let id: AttemptID
    let planIndex: Int
    var dispatched: UInt64 = 0
    /// When the connection was ready for the request; `nil` while it is not.
    var connected: UInt64?
    /// The last sign of life of a connected server.
    var lastByte: UInt64 = 0
    /// The first byte of the response's head; `nil` before it.
    var firstByte: UInt64?
    /// The connection's socket, as far as known.
    var descriptor: Int32 = -1
    /// The response's status; 0 before the head is whole.
    var status = 0
    var placement = ChunkPlacement()
    /// Chunks and bytes of the body handed to the writer.
    var chunks: UInt32 = 0
    var bytes: UInt64 = 0
    /// When the callback was entered and the loop woke whose bytes the full ring refused; `nil` while none wait.
    var held: (callback: UInt64, wake: UInt64)?
    /// Whether libcurl was told to pause.
    var isPaused = false
    /// How often libcurl was about to send the request: a second time is a retry of its own accord.
    var sends = 0
    /// What of the head's records is in the ring.
    var hasRecordedConnection = false
    var hasRecordedHead = false

    init(id: AttemptID, planIndex: Int) {
        self.id = id
        self.planIndex = planIndex
    }

    /// When the server's silence began; `nil` while the recorder itself keeps it waiting.
    var silentSince: UInt64? { connected == nil || isPaused ? nil : lastByte }
}

/// How an attempt ended, as far as its records still have to say it.
struct AttemptEnding {
    var completed: UInt64
    var outcome: TransportOutcome
    /// The failure to record; `nil` where there was none.
    var error: ErrorRecord?
    var hasRecordedError = false
}

extension TransportOutcome {
    /// The outcome of a transfer that libcurl says ended with `result`, behind a head with `status`.
    init(result: CurlError?, status: Int) {
        switch result {
        case nil: self = (200..<300).contains(status) ? .ok : .httpError
        case .some(let error) where error.isTimeout: self = .timeout
        case .some: self = .transportError
        }
    }
}
