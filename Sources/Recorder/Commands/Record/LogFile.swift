// The log file: one JSON object a line, each line written at once and whole.

import Core
import Glibc

/// Appends events to a file; without a file it does nothing.
struct LogFile: ~Copyable {
    private let descriptor: Int32?

    /// Opens the file, which may be there already.
    init(path: String?) throws(CommandFailure) {
        guard let path else {
            descriptor = nil
            return
        }
        let opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard opened >= 0 else {
            throw .usage("--log-file \(path): cannot be opened: \(String(cString: strerror(errno)))")
        }
        descriptor = opened
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    /// Whether anything is written.
    var isOpen: Bool { descriptor != nil }

    /// Writes one event with its time and the members that `body` adds.
    func write(_ event: String, _ body: (inout JSONWriter) -> Void = { _ in }) {
        guard let descriptor else { return }
        var json = JSONWriter()
        json.object { json in
            json.member("time", Self.time(ClockReading.realtimeNanoseconds))
            json.member("event", event)
            body(&json)
        }
        let line = json.bytes + [0x0A]
        // A log that can't be written must not end a recording.
        _ = line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    /// RFC 3339 in UTC with milliseconds.
    static func time(_ nanoseconds: UInt64) -> String {
        let basic = Array(AmzDate.text(secondsSinceEpoch: Int(nanoseconds / 1_000_000_000)))
        let millisecond = String(nanoseconds / 1_000_000 % 1_000)
        let fraction = String(repeating: "0", count: 3 - millisecond.count) + millisecond
        let date = String(basic[0..<4]) + "-" + String(basic[4..<6]) + "-" + String(basic[6..<8])
        return date + "T" + String(basic[9..<11]) + ":" + String(basic[11..<13]) + ":" + String(basic[13..<15])
            + ".\(fraction)Z"
    }
}
