// Traces made of traces: redacted, compacted, parted and put together, saved. No number may change on the way.

import Core
import Foundation
import TestSupport
import Testing

@Suite("Traces made of traces", .timeLimit(.minutes(20)))
struct RewritingTests {
    let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    /// Where a trace comes from.
    enum Source: String, CaseIterable, CustomStringConvertible {
        case threeModels = "three-models.mcap"
        case busyHour = "busy-hour.mcap"
        /// Made of streams that public projects recorded.
        case recordedStreams

        var description: String { rawValue }

        /// Those that are here.
        static var available: [Source] { allCases.filter { $0 != .recordedStreams || RealTrace.isAvailable } }
    }

    func path(of source: Source) throws -> String {
        guard source == .recordedStreams else {
            return SharedData.packageRoot.appendingPathComponent("traces/\(source.rawValue)").path
        }
        let path = bench.scratch.url("recorded-streams.mcap").path
        var trace = try RealTrace()
        try trace.write(to: [path])
        return path
    }

    /// Runs a command of the analyzer that has to succeed.
    @discardableResult
    func analyze(_ arguments: String...) async throws -> ProgramResult {
        let result = try await Workbench.analyzer.run(arguments)
        try #require(result.status == 0, "\(arguments.joined(separator: " ")): \(result.errors)")
        return result
    }

    /// What `summary` says of traces, whatever their files are called.
    func summary(_ paths: String...) async throws -> String {
        let result = try await Workbench.analyzer.run(["summary"] + paths + ["--format", "json", "--resamples", "500"])
        try #require(result.status == 0, "\(result.errors)")
        return paths.reduce(result.text) { text, path in
            text.replacingOccurrences(of: path, with: "TRACE").replacingOccurrences(
                of: URL(fileURLWithPath: path).lastPathComponent,
                with: "TRACE"
            )
        }
    }

    func output(_ name: String) -> String { bench.scratch.url(name).path }

    // MARK: Every number stays

    @Test(
        "a redacted, compacted, parted or saved trace has the summary of its original, digit for digit",
        arguments: Source.available
    )
    func summaries(source: Source) async throws {
        let original = try path(of: source)
        let expected = try await summary(original)
        #expect(expected.contains("\"p99\""))
        // A model that an account's own profile names is redacted to a profile of nobody.
        let anonymous = expected.replacingOccurrences(of: RealTrace.account, with: String(repeating: "0", count: 12))

        try await analyze("redact", original, "-o", output("redacted.mcap"))
        try await analyze("redact", original, "-o", output("hidden.mcap"), "--hide-lengths")
        try await analyze("compact", original, "-o", output("compact.mcap"))
        try await analyze("recover", original, "-o", output("recovered.mcap"))
        try await analyze("filter", original, "-o", output("early.mcap"), "--to", "+2s")
        try await analyze("filter", original, "-o", output("late.mcap"), "--from", "+2s")
        try await analyze("merge", output("late.mcap"), output("early.mcap"), "-o", output("merged.mcap"))
        for name in ["redacted", "hidden", "compact", "recovered", "merged"] {
            let isRedacted = ["redacted", "hidden"].contains(name)
            let isSame = try await summary(output("\(name).mcap")) == (isRedacted ? anonymous : expected)
            #expect(isSame, "\(name)")
            let verification = try await Workbench.analyzer.run(["verify", output("\(name).mcap")])
            #expect(verification.status == 0, "\(name): \(verification.text)")
        }
        // Both halves hold something, or nothing was parted.
        for name in ["early", "late"] {
            let rows = try await analyze("requests", output("\(name).mcap")).text.split(separator: "\n").count - 1
            #expect(rows > 1, "\(name)")
        }
    }

    // MARK: Nothing is told

    @Test(
        "a redacted trace holds no word, id or address of its original, and botocore reads every stream as before",
        .enabled(if: Program.pythonHas("mcap", "botocore"), "mcap or botocore is not installed for this Python"),
        arguments: Source.available,
        [false, true]
    )
    func redacted(source: Source, hidesLengths: Bool) async throws {
        struct Finding: Decodable {
            var messages: Int
            var secrets: Int
            var leaks: [String]
            var problems: [String]
            var accounts_of_redaction: Int
        }
        let original = try path(of: source)
        let target = output("redacted.mcap")
        let flags = hidesLengths ? ["--hide-lengths"] : []
        let redaction = try await Workbench.analyzer.run(["redact", original, "-o", target] + flags)
        try #require(redaction.status == 0, "\(redaction.errors)")
        let script = Workbench.peers.appendingPathComponent("check_redaction.py").path
        let peer = try await Program.python.run([script, original, target])
        try #require(peer.status == 0, "\(peer.errors)")
        let finding = try JSONDecoder().decode(Finding.self, from: peer.output)
        #expect(finding.leaks == [])
        #expect(finding.problems == [])
        #expect(finding.messages > 500)
        #expect(finding.secrets > 100)
        #expect(finding.accounts_of_redaction == 1)
    }

    // MARK: Parts and wholes

    @Test(
        "segments are one run: read, merged, compacted and redacted as if they were one file",
        .enabled(if: RealTrace.isAvailable)
    )
    func segments() async throws {
        let whole = try path(of: .recordedStreams)
        let folder = bench.scratch.url("segments")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var trace = try RealTrace()
        try trace.write(to: (1...3).map { folder.appendingPathComponent("\($0).mcap").path })
        let expected = try await summary(whole)
        let anonymous = expected.replacingOccurrences(of: RealTrace.account, with: String(repeating: "0", count: 12))
        #expect(try await groups(folder.path) == groups(whole))
        for command in ["merge", "compact", "redact"] {
            let target = output("\(command)ed.mcap")
            try await analyze(command, folder.path, "-o", target)
            let numbers = try await summary(target)
            let isSame = numbers == (command == "redact" ? anonymous : expected)
            #expect(isSame, "\(command)")
            try await analyze("verify", target)
        }
        // One segment alone can't tell what the ones before held.
        let last = folder.appendingPathComponent("3.mcap").path
        let alone = try await analyze("redact", last, "-o", output("alone.mcap"))
        #expect(alone.errors.contains("answers begin in an earlier segment"))
    }

    /// The groups of a summary, without what it says of files.
    func groups(_ path: String) async throws -> NSDictionary {
        let result = try await analyze("summary", path, "--format", "json", "--resamples", "500")
        let object = try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
        return ["groups": try #require(object?["groups"])]
    }

    @Test("recordings of several machines become one, renumbered, with every metric as it was")
    func recordings() async throws {
        let sources = [try path(of: .threeModels), try path(of: .busyHour)]
        let target = output("both.mcap")
        let merge = try await analyze("merge", sources[0], sources[1], "-o", target)
        // A line for each: by how much it was moved onto the wall clock.
        #expect(merge.errors.split(separator: "\n").count { $0.contains(" onto the wall clock (") } == 2)
        try await analyze("verify", target)
        var expected: [String] = []
        for source in sources { expected += try await rows(source).map(\.text) }
        let merged = try await rows(target)
        #expect(merged.map(\.text).sorted() == expected.sorted())
        #expect(merged.map(\.number) == Array(1...merged.count))
        #expect(merged.map(\.start) == merged.map(\.start).sorted())
    }

    /// A request's row without what names it: number, file, connection, instant.
    func rows(_ path: String, _ arguments: [String] = []) async throws -> [(text: String, number: Int, start: String)] {
        let result = try await Workbench.analyzer.run(["requests", path, "--format", "jsonl"] + arguments)
        try #require(result.status == 0, "\(result.errors)")
        return try result.text.split(separator: "\n").map { line in
            var object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let number = object["request_id"] as? Int ?? 0
            let start = object["start_time"] as? String ?? ""
            for name in ["file", "request_id", "connection", "start_time"] { object[name] = nil }
            let rest = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
            return (String(decoding: rest, as: UTF8.self), number, start)
        }
    }

    @Test("a filter keeps whole requests, those that the same expression selects everywhere else")
    func filtered() async throws {
        let source = try path(of: .busyHour)
        let condition = "outcome == \"ok\" && ttft_ms > 300"
        try await analyze("filter", source, "-o", output("slow.mcap"), "--where", condition)
        let all = try await rows(source)
        let expected = try await rows(source, ["--where", condition])
        let kept = try await rows(output("slow.mcap"))
        #expect(kept.map(\.text) == expected.map(\.text))
        #expect(kept.map(\.number) == expected.map(\.number))
        #expect(!kept.isEmpty && kept.count < all.count)
        let info = try await analyze("info", output("slow.mcap"))
        #expect(info.text.contains("requests"))
        for (flag, text) in [("--where", "ttft_ms >"), ("--from", "yesterday")] {
            let refused = try await Workbench.analyzer.run(["filter", source, "-o", output("none.mcap"), flag, text])
            #expect(refused.status == 2)
            #expect(refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
            #expect(refused.errors.contains(flag))
        }
        #expect(!FileManager.default.fileExists(atPath: output("none.mcap")))
    }

    // MARK: One request, and what is still being written

    @Test("one request read through the index is what a reading of everything gives")
    func oneRequest() async throws {
        let source = try path(of: .threeModels)
        let everything = try await analyze("cat", source).text.split(separator: "\n")
        for number in [1, 50, 120] {
            let one = try await analyze("cat", "--request", "\(number)", source).text.split(separator: "\n")
            #expect(one == everything.filter { $0.contains("\"request_id\":\(number),") })
            #expect(one.count > 3)
        }
        #expect(try await analyze("cat", "--request", "1000000", source).text.isEmpty)
        // Standard input has no index, and no second reading.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: source))
        let piped = try await Workbench.analyzer.run(["cat", "--request", "50", "-"], input: bytes)
        #expect(piped.text.split(separator: "\n") == everything.filter { $0.contains("\"request_id\":50,") })
    }

    @Test("a trace that grows is followed to its end")
    func followed() async throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path(of: .threeModels)))
        let growing = bench.scratch.url("growing.mcap")
        try bytes.prefix(bytes.count / 2).write(to: growing)
        let reader = try Workbench.analyzer.start(["cat", "--follow", growing.path])
        #expect(await reader.line(containing: "\"topic\":\"/end\"") != nil)
        let file = try FileHandle(forWritingTo: growing)
        try file.seekToEnd()
        try file.write(contentsOf: bytes.suffix(from: bytes.count / 2))
        try file.close()
        // The last request's end stands in the second half; the footer behind it ends the program.
        #expect(await reader.line(containing: "\"request_id\":120,") != nil)
        #expect(await reader.waitForEnd() == 0)
    }

    // MARK: What can't be done

    @Test("bad input is one line with the file's name, and leaves nothing behind")
    func refused() async throws {
        let source = try path(of: .threeModels)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: source))
        let empty = try bench.scratch.write("", to: "empty.mcap").path
        let text = try bench.scratch.write("This is no trace at all.\n", to: "text.mcap").path
        let short = output("short.mcap")
        try bytes.prefix(5).write(to: URL(fileURLWithPath: short))
        let damaged = output("damaged.mcap")
        var flipped = bytes
        flipped[flipped.count / 2] ^= 4
        try flipped.write(to: URL(fileURLWithPath: damaged))
        let folder = bench.scratch.url("empty-folder")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let link = output("link.mcap")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: source)
        let target = output("target.mcap")
        let taken = output("taken.mcap")
        try Data("mine".utf8).write(to: URL(fileURLWithPath: taken))
        let cases: [(arguments: [String], names: String, status: Int32)] = [
            (["summary", empty], "not a trace", 2), (["info", text], "not a trace", 2),
            (["cat", short], "not a trace", 2),
            (["requests", output("missing.mcap")], "No such file", 2), (["events", folder.path], "no .mcap file", 2),
            (["summary", damaged], "damaged at byte", 2), (["recover", text, "-o", target], "not a trace", 2),
            (["redact", damaged, "-o", target], "damaged at byte", 2),
            (["compact", empty, "-o", target], "not a trace", 2),
            (["merge", source, text, "-o", target], "not a trace", 2),
            (["redact", "-", "-o", target], "standard input", 2),
            (["recover", "-", "-o", target], "standard input", 2),
            (["verify", "-"], "standard input", 2), (["compact", source, "-o", taken], "--force", 2),
            (["recover", source, "-o", taken], "--force", 2),
            (["compact", link, "--force", "-o", link], "is the trace", 2),
            (["merge", source, source, "-o", target], "may be given once", 2),
            (["merge", source, link, "-o", target], "may be given once", 2),
            (["redact", source, "-o", output("no/such/folder.mcap")], "No such file", 2),
            (["compact", source, try path(of: .busyHour), "-o", target], "`merge`", 2),
            (["filter", source, "-o", target], "--where", 2),
        ]
        for (arguments, names, status) in cases {
            let result = try await Workbench.analyzer.run(arguments)
            let command = arguments.joined(separator: " ")
            #expect(result.status == status, "\(command): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(command): \(result.errors)")
            #expect(result.errors.contains(names), "\(command): \(result.errors)")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: taken)) == Data("mine".utf8))
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.scratch.folder.path)
        #expect(left.filter { $0.hasSuffix(".part") || $0 == "target.mcap" } == [])
        // What is whole of the damaged one is saved, and the rest is told.
        let recovery = try await analyze("recover", damaged, "-o", target)
        #expect(recovery.errors.contains("bytes "))
        try await analyze("info", target)
    }
}
