// Trace files and folders become recorded answers.

import Core

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a set of trace files gave.
struct LoadedTraces: Sendable {
    /// What answers state as their source.
    var name: String
    var answers: [RecordedAnswer]
    /// Attempts that the recorder cut short.
    var cancelledCount: Int
    /// Attempts whose end is in none of the files.
    var unfinishedCount: Int
}

enum TraceFiles {
    /// Reads every trace; folders stand for the `.mcap` files in them, by name.
    ///
    /// - Throws: `TraceError`; the first file at fault ends the reading.
    static func load(_ arguments: [String]) throws(TraceError) -> LoadedTraces {
        let paths = try expand(arguments)
        var collector = RecordedAnswerCollector()
        for path in paths {
            var reader = try TraceReader(path: path)
            do {
                try reader.forEachRecord { collector.add($0) }
            } catch let error as TraceError {
                throw error
            } catch {
                throw .damagedRecord(path: path, offset: 0, reason: "\(error)")
            }
        }
        let answers = collector.finish()
        let first = paths.first.map(lastComponent) ?? "no trace"
        return LoadedTraces(
            name: paths.count > 1 ? "\(first) and \(paths.count - 1) more" : first,
            answers: answers,
            cancelledCount: collector.cancelledCount,
            unfinishedCount: collector.unfinishedCount
        )
    }

    private static func expand(_ arguments: [String]) throws(TraceError) -> [String] {
        var paths: [String] = []
        for argument in arguments {
            var isFolder = false
            guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder), isFolder else {
                paths.append(argument)
                continue
            }
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: argument)
            } catch {
                throw .system(path: argument, operation: "read", errno: 13)
            }
            let traces = names.filter { $0.hasSuffix(".mcap") }.sorted()
            guard !traces.isEmpty else { throw .system(path: "\(argument)/*.mcap", operation: "opened", errno: 2) }
            paths += traces.map { argument.hasSuffix("/") ? argument + $0 : "\(argument)/\($0)" }
        }
        return paths
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map { String($0) } ?? path
    }
}
