// Where the program talks: standard error; data has no place here, it goes into the trace.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum Console {
    /// Writes a line to standard error.
    static func talk(_ line: String) { put(line + "\n") }

    /// Writes text to standard error as it is.
    static func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Whether standard error is a terminal.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Says what is wrong and ends the program.
    static func fail(_ line: String, status: Int32) -> Never {
        talk("bedrock-recorder: \(line)")
        exit(status)
    }
}
