// A damaged trace written anew from what recovery finds whole.

import Core

/// Reads a damaged trace twice: for what it says of itself and has lost, then for its records.
struct TraceSalvage {
    let source: String
    let target: String
    let replacesExisting: Bool

    init(from source: String, to target: String, replacesExisting: Bool) {
        self.source = source
        self.target = target
        self.replacesExisting = replacesExisting
    }

    /// Writes the new trace; what was lost stands in its metadata `bedrock_trace.recovery`.
    func run() throws -> TraceRecovery.Findings {
        let draft = try TraceDraft(for: target, reading: [source], replacesExisting: replacesExisting)
        let findings = try TraceRecovery.read(source) { _ in }
        guard findings.chunkCount > 0 || findings.run != nil else { throw TraceError.notMCAP(path: source) }
        do {
            try write(findings, to: draft.path)
        } catch TraceError.diskFull {
            throw RewritingError.diskFull(target)
        }
        try draft.commit()
        return findings
    }

    private func write(_ findings: TraceRecovery.Findings, to path: String) throws {
        var options = TraceWriterOptions()
        options.synchronizesChunks = false
        options.recountsStreams = false
        var writer = try TraceWriter(
            FileOutput(path: path),
            run: findings.run ?? RunMetadata(runID: "recovered"),
            options: options
        )
        if let origin = findings.origin { try writer.setOrigin(origin) }
        for (name, values) in findings.otherMetadata.sorted(by: { $0.key < $1.key }) {
            try writer.addMetadata(name: name, values)
        }
        var account = ["source_closed": findings.isClosed ? "true" : "false", "losses": "\(findings.losses.count)"]
        for (index, loss) in findings.losses.prefix(1_000).enumerated() { account["loss_\(index + 1)"] = "\(loss)" }
        try writer.addMetadata(
            name: CombinedMetadata.unused("bedrock_trace.recovery", in: findings.otherMetadata),
            account
        )
        _ = try TraceRecovery.read(source) { record in
            try Interruption.check()
            try writer.append(record)
        }
        try writer.close()
    }
}
