// What really left and when, event by event: the truth that a recorder's stamps are held against.

import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A CSV file with one line an event: `request_id,event_index,monotonic_ns`.
///
/// The instant is read just before the write that carries the event's last byte. Lines are kept with their answer and
/// handed over when it ends, so that no answer waits for the disk.
package final class GroundTruthFile: Sendable {
    private struct State {
        var descriptor: Int32
        var lines: [UInt8]
        var failure: String?
    }

    /// How many bytes are gathered before they are written.
    private static let flushByteCount = 256 * 1_024
    private let path: String
    private let state: Mutex<State>

    /// Creates the file, or empties the one that is there.
    package init(path: String) throws(ServerError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw ServerError(description: "\(path): cannot be written: \(String(cString: strerror(errno)))")
        }
        self.path = path
        state = Mutex(
            State(descriptor: descriptor, lines: Array("request_id,event_index,monotonic_ns\n".utf8), failure: nil)
        )
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { _ = close(state.descriptor) }
        }
    }

    /// Adds the events of one answer: event index and monotonic nanoseconds.
    func append(requestID: String, events: [(index: Int, instant: UInt64)]) {
        guard !events.isEmpty else { return }
        var lines: [UInt8] = []
        lines.reserveCapacity(events.count * 64)
        for event in events { lines.append(contentsOf: "\(requestID),\(event.index),\(event.instant)\n".utf8) }
        state.withLock { state in
            state.lines.append(contentsOf: lines)
            if state.lines.count >= Self.flushByteCount { flush(&state) }
        }
    }

    /// Writes what is left and closes the file; gives what went wrong since the start, if anything did.
    package func finish() -> ServerError? {
        state.withLock { state in
            flush(&state)
            if state.descriptor >= 0, close(state.descriptor) != 0, state.failure == nil {
                state.failure = String(cString: strerror(errno))
            }
            state.descriptor = -1
            return state.failure.map { ServerError(description: "\(path): the ground truth is incomplete: \($0)") }
        }
    }

    private func flush(_ state: inout State) {
        guard state.descriptor >= 0 else { return }
        var offset = 0
        while offset < state.lines.count, state.failure == nil {
            let written = state.lines.withUnsafeBytes { raw in
                write(state.descriptor, raw.baseAddress.map { $0 + offset }, raw.count - offset)
            }
            if written >= 0 {
                offset += written
            } else if errno != EINTR {
                state.failure = String(cString: strerror(errno))
            }
        }
        state.lines.removeAll(keepingCapacity: true)
    }
}
