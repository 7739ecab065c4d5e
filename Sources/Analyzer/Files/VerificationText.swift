// What `verify` found, for people and for programs.

import Core

enum VerificationText {
    /// A line a fault, and one that sums up.
    static func text(_ report: TraceVerification.Report) -> String {
        var lines = report.faults.map(\.description)
        if report.faultCount > report.faults.count {
            lines.append("and \(report.faultCount - report.faults.count) more")
        }
        let counts =
            "\(report.fileCount) files, \(report.chunkCount) chunks, \(report.messageCount) messages, "
            + "\(report.byteCount) bytes"
        lines.append(report.faultCount == 0 ? "ok: \(counts)" : "\(report.faultCount) faults in \(counts)")
        if report.openAttemptCount > 0 { lines.append("\(report.openAttemptCount) requests have no end") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One object, schema `bedrock-trace/verify/1`.
    static func json(_ report: TraceVerification.Report) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", "bedrock-trace/verify/1")
            json.member("files", UInt64(report.fileCount))
            json.member("chunks", UInt64(report.chunkCount))
            json.member("messages", report.messageCount)
            json.member("bytes", report.byteCount)
            json.member("open_attempts", UInt64(report.openAttemptCount))
            json.member("fault_count", UInt64(report.faultCount))
            json.member("faults") { json in
                json.array { json in
                    for fault in report.faults {
                        json.object { json in
                            json.member("file", fault.path)
                            json.member("offset", fault.offset)
                            json.member("reason", fault.reason)
                        }
                    }
                }
            }
        }
        return json.bytes + [0x0A]
    }
}
