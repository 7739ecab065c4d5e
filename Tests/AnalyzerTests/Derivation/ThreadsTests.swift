// The number of threads changes how long an answer takes and not one byte of it.

import Core
import Foundation
import TestSupport
import Testing

@testable import Analyzer

@Suite("Threads")
struct ThreadsTests {
    static func trace(_ name: String) -> String {
        SharedData.packageRoot.appendingPathComponent("traces/\(name).mcap").path
    }

    @Test(
        "one, two and five threads write the same bytes",
        arguments: [
            ["summary", "--format", "json"], ["summary", "--group-by", "prompt", "--format", "csv"],
            ["summary", "--group-by", "label.none", "--lens", "vllm", "--format", "markdown"],
            ["compare", "--by", "model", "--format", "json"], ["summary", "--timeouts", "censored"],
            ["summary", "--interval", "pigeonhole-bootstrap", "--format", "json"],
            ["drift", "--format", "json", "--metrics", "ttft_ms,otps,e2e_ms"], ["sample-size", "--format", "json"],
        ]
    )
    func commands(arguments: [String]) async throws {
        let traces = [Self.trace("three-models"), Self.trace("busy-hour")]
        var outputs: [Data] = []
        for threads in ["1", "2", "5"] {
            let result = try await Program.product("bedrock-analyzer").run(
                [arguments[0]] + traces + arguments.dropFirst() + ["--threads", threads]
                    + (arguments[0] == "drift" ? [] : ["--resamples", "999"])
            )
            #expect(result.status == 0, "\(result.errors)")
            outputs.append(result.output)
        }
        #expect(!outputs[0].isEmpty)
        #expect(outputs[1] == outputs[0])
        #expect(outputs[2] == outputs[0])
    }

    @Test("a trace read on several threads gives its rows in the order of one")
    func rows() throws {
        let path = Self.trace("busy-hour")
        let one = try TraceAnalysis.map(path, threads: 1) { $0.id }
        for threads in 2...4 {
            let several = try TraceAnalysis.map(path, threads: threads) { $0.id }
            #expect(several.values == one.values)
            #expect(several.source.messageCounts == one.source.messageCounts)
        }
        #expect(one.values.count == 126)
    }

    @Test("damage is the same error on several threads")
    func damage() throws {
        let scratch = try ScratchFolder()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: Self.trace("busy-hour")))
        let middle = bytes.count / 2
        for index in middle..<(middle + 40) { bytes[index] = 0xA5 }
        let file = scratch.url("damaged.mcap")
        try bytes.write(to: file)
        let errors = [1, 3].map { threads in
            #expect(throws: TraceError.self) { try TraceAnalysis.rows([file.path], threads: threads) }
        }
        #expect(errors[0]?.description == errors[1]?.description)
    }

    @Test("work is given in the order of its pieces, however long each takes")
    func order() {
        let work = OrderedWork<Int, Int>(threads: 3) { piece in
            // Early pieces work longest.
            (0..<((40 - piece) * 2_000)).reduce(piece) { total, _ in total }
        }
        for piece in 0..<40 { work.add(piece) }
        #expect(work.finish() == Array(0..<40))
    }
}
