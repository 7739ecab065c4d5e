// The head of a response, put together from libcurl's header callbacks; a value fed with lines.

import Core

/// Collects header lines until the head is whole; interim (1xx) heads and trailers are passed over.
struct ResponseHead {
    private(set) var status = 0
    private(set) var fields: [HeaderField] = []
    /// Whether the final head has ended.
    private(set) var isComplete = false

    /// Takes one line without its line end.
    mutating func take(_ line: String) {
        guard !isComplete else { return }
        if line.isEmpty {
            isComplete = status >= 200
            return
        }
        if line.hasPrefix("HTTP/") {
            let parts = line.split(separator: " ", maxSplits: 2)
            status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            fields = []
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        var value = line[line.index(after: colon)...]
        while value.first?.isWhitespace == true { value = value.dropFirst() }
        while value.last?.isWhitespace == true { value = value.dropLast() }
        fields.append(HeaderField(String(line[..<colon]), String(value)))
    }
}
