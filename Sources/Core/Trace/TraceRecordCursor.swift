// A trace whose reader asks for the next record, so that several traces can be read side by side.

/// Gives the records of one trace file one after the other; memory holds one chunk of the file.
package struct TraceRecordCursor: ~Copyable {
    /// What the file has said of itself so far.
    package private(set) var reader: TraceReader
    private var source: TraceSource
    private var records: [TraceRecord] = []
    private var next = 0
    private var isAtEnd = false

    /// Opens a trace.
    package init(path: String) throws(TraceError) {
        var source = try TraceSource(path: path)
        guard try source.read(MCAP.magic.count) == MCAP.magic else { throw .notMCAP(path: path) }
        self.source = source
        reader = TraceReader(unopened: path)
    }

    /// The next record; `nil` at the end of the trace.
    ///
    /// - Throws: `TraceError` for damage; a file that merely ends early ends there.
    package mutating func nextRecord() throws -> TraceRecord? {
        while next == records.count {
            guard !isAtEnd else { return nil }
            records.removeAll(keepingCapacity: true)
            next = 0
            var found: [TraceRecord] = []
            isAtEnd = try !reader.readNext(&source) { found.append($0) }
            records = found
        }
        defer { next += 1 }
        return records[next]
    }
}

extension TraceReader {
    /// Reads what the trace says of itself, wherever in the file it stands, and passes over everything else.
    package mutating func readAllMetadata() throws(TraceError) {
        var source = try TraceSource(path: path)
        guard try source.read(MCAP.magic.count) == MCAP.magic else { throw .notMCAP(path: path) }
        while let header = try readHeader(&source) {
            let start = source.offset - UInt64(MCAP.recordHeaderByteCount)
            guard header.opcode == MCAPOpcode.metadata.rawValue else {
                guard header.opcode != MCAPOpcode.footer.rawValue else { return }
                try source.skip(header.length)
                continue
            }
            guard let bytes = try readFields(&source, header.length, at: start) else { return }
            try readMetadata(bytes.span.bytes, at: start)
        }
    }
}

/// A file's digest, which names it whatever it is called.
package enum TraceDigest {
    /// The SHA-256 of the file at `path`, as 64 lower-case hexadecimal digits.
    package static func sha256(ofFileAt path: String) throws(TraceError) -> String {
        var source = try TraceSource(path: path)
        var digest = SHA256()
        while true {
            let bytes = try source.read(1 << 20)
            digest.update(bytes)
            if bytes.count < 1 << 20 { break }
        }
        return SHA256.hexadecimal(digest.finalize())
    }
}
