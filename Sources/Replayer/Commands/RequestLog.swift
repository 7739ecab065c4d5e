// A line for every answer: for a person on standard error, for programs as JSON lines in a file.

import Core
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes answers' reports as they come.
final class RequestLog: AnswerObserver {
    private let isVerbose: Bool
    private let descriptor: Mutex<Int32>

    /// Opens the file, where one is wanted, to append to it.
    init(isVerbose: Bool, path: String?) throws(ServerError) {
        self.isVerbose = isVerbose
        var opened: Int32 = -1
        if let path {
            opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard opened >= 0 else {
                throw ServerError(description: "\(path): cannot be written: \(String(cString: strerror(errno)))")
            }
        }
        descriptor = Mutex(opened)
    }

    deinit {
        descriptor.withLock { if $0 >= 0 { _ = close($0) } }
    }

    func answered(_ report: AnswerReport) {
        if isVerbose { Console.talk(Self.line(report)) }
        var json = JSONWriter()
        json.object { json in
            json.member("request_id", report.requestID)
            json.member("operation", report.operation)
            json.member("model", report.model)
            json.member("status", report.status)
            json.member("answer", report.note)
            json.member("chunks", report.sentChunks)
            json.member("bytes", report.sentBytes)
            json.member("received_monotonic_ns", report.received)
            json.member("duration_ms", report.duration.milliseconds)
            json.member("greatest_lateness_ms", report.greatestLateness.milliseconds)
            json.member("aborted", report.isAborted)
        }
        let bytes = json.bytes + [0x0A]
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            // A log that cannot be written must not end the service it tells of.
            _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        }
    }

    private static func line(_ report: AnswerReport) -> String {
        let status = report.status.map { String($0) } ?? "no status"
        let end = report.isAborted ? ", client went away" : ""
        let duration = (report.duration.milliseconds * 10).rounded() / 10
        return "\(report.operation) \(report.model): \(status), \(report.note), \(report.sentChunks) chunks, "
            + "\(report.sentBytes) bytes in \(duration) ms\(end)"
    }
}
