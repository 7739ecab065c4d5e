// What a trace says of itself in its metadata records, whoever reads them: a reader, or the recovery of what is left.

/// The metadata of one file, so far.
struct TraceMetadata: Sendable {
    private(set) var run: RunMetadata?
    private(set) var origin: TraceOrigin?
    /// Metadata of other names; a later record of a name takes the place of an earlier.
    private(set) var others: [String: [String: String]] = [:]

    /// Takes a record of the file at `path`.
    ///
    /// - Throws: `TraceError.incompatible` where the trace needs a newer reader.
    mutating func take(_ name: String, _ map: [String: String], path: String) throws(TraceError) {
        switch name {
        case RunMetadata.name:
            let run = RunMetadata(map: map)
            guard run.incompatibleFeatures.isEmpty else {
                throw .incompatible(path: path, features: run.incompatibleFeatures)
            }
            self.run = run
        case TraceOrigin.name: origin = TraceOrigin(map: map)
        default: others[name] = map
        }
    }
}
