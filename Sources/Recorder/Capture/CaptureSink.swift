// Where the writer thread puts what was captured: the border to the trace file.

package import Core

/// Takes a session's records in order; called on the writer thread only.
package protocol CaptureSink: ~Copyable, SendableMetatype {
    /// Takes a record other than chunks; the hash of an `.end` is the sink's to fill in.
    mutating func append(_ record: TraceRecord) throws
    /// Takes one chunk of an attempt's response; `bytes` are valid until the call returns.
    mutating func append(_ stamp: ChunkStamp, of attempt: AttemptID, bytes: UnsafeRawBufferPointer) throws
    /// Writes out what has waited long enough, at `now` on the trace's timeline.
    mutating func flushIfDue(now: TraceInstant) throws
    /// Closes the segment under way and begins the next, where the trace has segments.
    mutating func rotate(now: TraceInstant) throws
    /// Ends the trace; nothing is appended after it.
    mutating func close() throws
    /// The number of bytes written so far.
    var writtenByteCount: UInt64 { get }
}
