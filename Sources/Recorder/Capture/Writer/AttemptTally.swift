// Counts and hashes one attempt's body as it passes the writer: what the record of its end says.

internal import CXXHash

/// One attempt's chunks so far.
final class AttemptTally {
    private(set) var chunks: UInt32 = 0
    private(set) var bytes: UInt64 = 0
    private let state: OpaquePointer?

    init() {
        state = XXH64_createState()
        if let state { XXH64_reset(state, 0) }
    }

    deinit {
        XXH64_freeState(state)
    }

    /// Takes the next chunk in.
    func add(_ chunk: UnsafeRawBufferPointer) {
        chunks &+= 1
        bytes &+= UInt64(chunk.count)
        if let state { XXH64_update(state, chunk.baseAddress, chunk.count) }
    }

    /// XXH64 (seed 0) of all bytes so far.
    var hash: UInt64 { state.map { XXH64_digest($0) } ?? 0 }
}
