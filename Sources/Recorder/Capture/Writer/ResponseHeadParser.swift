// Takes a response head apart (RFC 9112, sections 4 and 5), on the writer thread, where nobody waits for it.

internal import Core

/// A response head in parts.
struct ParsedResponseHead: Hashable, Sendable {
    var status: Int
    /// The fields in the order and spelling in which they came, without those that hold credentials.
    var headers: [HeaderField]

    /// Parses a status line and header fields, CRLF or LF; a line that is no field is left out.
    init(_ bytes: UnsafeRawBufferPointer) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).makeIterator()
        let statusLine = lines.next().map { Self.text($0) } ?? ""
        status = statusLine.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) } ?? 0
        headers = []
        while let line = lines.next() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { continue }
            let name = Self.text(line[..<colon])
            guard !SecretHeaders.contains(name) else { continue }
            headers.append(HeaderField(name, Self.text(line[line.index(after: colon)...])))
        }
    }

    /// A field of a head as text, without white space around it; bytes that are no UTF-8 are replaced.
    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}

/// Header fields that hold credentials and never enter a trace.
enum SecretHeaders {
    private static let names: Set<String> = [
        "authorization", "cookie", "proxy-authorization", "set-cookie", "x-amz-security-token",
    ]

    /// Whether a field of this name is kept out, whatever its case.
    static func contains(_ name: String) -> Bool { names.contains(name.lowercased()) }
}
