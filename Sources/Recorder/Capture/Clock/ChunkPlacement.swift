// Chooses a chunk's stamp from what is known of its arrival; keeps the order that physics demands.

internal import Core

/// What is known of one read when libcurl hands its bytes over, all on `CLOCK_MONOTONIC`.
struct ChunkArrival: Hashable, Sendable {
    /// The kernel's receive time; `nil` where it gave none or it cannot be placed.
    var kernelNanoseconds: UInt64?
    /// The entry of the write callback.
    var callbackNanoseconds: UInt64
    /// The return of the event loop's last wait.
    var wakeNanoseconds: UInt64
}

/// Places the chunks of one stream in time.
///
/// A kernel stamp is never later than the callback that hands the bytes over and never earlier than the stamp before
/// it: where clock conversion makes it look so, it is moved to that bound.
struct ChunkPlacement: Sendable {
    /// The stream's last stamp on `CLOCK_MONOTONIC`, nanoseconds; 0 before the first.
    private(set) var previousNanoseconds: UInt64

    /// Begins a stream whose bytes cannot have arrived before `floor`.
    init(notBefore floor: UInt64 = 0) {
        previousNanoseconds = floor
    }

    /// The stamp of the next chunk: its monotonic instant and its source.
    @inline(__always)
    mutating func place(_ arrival: ChunkArrival) -> (monotonicNanoseconds: UInt64, source: StampSource) {
        var stamp = arrival.callbackNanoseconds
        var source = StampSource.callback
        if let kernel = arrival.kernelNanoseconds {
            stamp = min(kernel, stamp)
            source = .kernel
        }
        stamp = max(stamp, previousNanoseconds)
        previousNanoseconds = stamp
        return (stamp, source)
    }
}
