// What the program says: data on standard output, talk on standard error, each line out at once.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum Console {
    /// Writes a line of data to standard output.
    static func say(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    /// Writes text as it is to standard output.
    static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes a line of talk to standard error.
    static func talk(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { raw in
                systemWrite(descriptor, raw.baseAddress.map { $0 + offset }, raw.count - offset)
            }
            if written < 0, errno == EINTR { continue }
            // Nobody reads: there is no one to tell.
            guard written > 0 else { return }
            offset += written
        }
    }
}

/// `write(2)`, under a name that the console's own does not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
