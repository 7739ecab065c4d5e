// `bedrock-analyzer compact`.

import ArgumentParser
import Core

struct CompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Writes a trace anew, smaller, for keeping: larger chunks, and a compressor that takes its time.",
        discussion: "Every record and every stamp stays; any version of this program reads the result."
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var target: OutputOptions

    func run() throws {
        let rewriter = try target.rewriterOfOne("compact", input.files())
        var options = TraceRewriter.options
        options.compression = .lz4(level: 3)
        options.chunkByteCount = 4 << 20
        // Those chunks are large enough for any number of streams.
        options.largeChunkStreamCount = .max
        let outcome = try rewriter.write(
            options: options,
            metadata: rewriter.metadata,
            account: ("bedrock_trace.compaction", { ["compression": "lz4 hc 3", "chunk_bytes": "\(4 << 20)"] })
        ) { item in
            item.map { [$0.record] } ?? []
        }
        target.tell(outcome, "\(outcome.requests) requests")
    }
}
