// Where a program talks: data on standard output, everything else on standard error.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum Console {
    /// Whether a person sees standard output as it comes.
    static var isDataForTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// The look of tables on standard output: that of the terminal, or none (https://no-color.org for the variable).
    static var style: TextStyle {
        guard isDataForTerminal else { return .plain }
        let isPlain = getenv("NO_COLOR").map { $0.pointee != 0 } == true
        let terminal = getenv("TERM").map { String(cString: $0) } ?? "dumb"
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return TextStyle(isColoured: !isPlain && terminal != "dumb", width: isKnown ? Int(size.ws_col) : nil)
    }

    /// Writes data to standard output; a reader that went away ends the program quietly.
    static func write(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { raw in
                put(STDOUT_FILENO, raw.baseAddress?.advanced(by: offset), raw.count - offset)
            }
            if written > 0 {
                offset += written
            } else if errno == EPIPE {
                exit(0)
            } else if errno != EINTR {
                fail("standard output: \(String(cString: strerror(errno)))", status: 3)
            }
        }
    }

    /// Writes text to standard output.
    static func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Writes a line to standard error.
    static func talk(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { put(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Says what is wrong and ends the program.
    static func fail(_ line: String, status: Int32) -> Never {
        talk("bedrock-analyzer: \(line)")
        exit(status)
    }
}

/// `write(2)`, under a name that the console's own does not hide.
private func put(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// Collects text and writes it in large pieces.
struct BufferedOutput {
    private var bytes: [UInt8] = []
    private let limit: Int

    /// Starts empty; `isPrompt` output is written piece by piece, for somebody who watches.
    init(isPrompt: Bool = false) {
        limit = isPrompt ? 1 : 1 << 16
    }

    mutating func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        if bytes.count >= limit { flush() }
    }

    mutating func write(_ raw: [UInt8]) {
        bytes.append(contentsOf: raw)
        if bytes.count >= limit { flush() }
    }

    mutating func flush() {
        Console.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
