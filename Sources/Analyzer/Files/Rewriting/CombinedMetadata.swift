// What a trace that is made of others says of itself: everything they agree on, and of the rest who says what.

import Core

/// The metadata of a new trace.
struct CombinedMetadata {
    var run: RunMetadata
    var origin: TraceOrigin?
    /// Records of other names.
    var others: [String: [String: String]]
    /// What the recordings don't agree on, under the number of the recording that says it; empty for one recording.
    private(set) var disagreements: [String: String] = [:]

    /// Combines what the files of `runs` say.
    init(_ runs: [SourceRun]) {
        let firsts = runs.compactMap { $0.files.first }
        let files = runs.flatMap(\.files)
        if runs.count == 1 {
            run = firsts.first?.run ?? RunMetadata(runID: "unknown")
        } else {
            let ids = runs.map(\.id).joined(separator: "\n")
            let (shared, rest) = Self.split(firsts.map { $0.run?.values ?? [:] })
            run = RunMetadata(
                runID: "merged-" + String(SHA256.hexadecimalDigest(of: ids.utf8).prefix(16)),
                values: shared
            )
            disagreements = rest
        }
        origin = Self.origin(files.map(\.origin))
        others = [:]
        for name in Set(files.flatMap(\.otherMetadata.keys)) {
            let (shared, rest) = Self.split(files.map { $0.otherMetadata[name] ?? [:] })
            others[name] = shared.merging(rest) { own, _ in own }
        }
    }

    /// A name for one more record: `name` itself, or with a number where there is such a record already.
    func unused(_ name: String) -> String { Self.unused(name, in: others) }

    /// A name that no record in `others` has: `name` itself, or with a number.
    static func unused(_ name: String, in others: [String: [String: String]]) -> String {
        guard others[name] != nil else { return name }
        var number = 2
        while others["\(name).\(number)"] != nil { number += 1 }
        return "\(name).\(number)"
    }

    /// What all maps agree on, and the rest with each map's number before the key.
    private static func split(
        _ maps: [[String: String]]
    ) -> (shared: [String: String], rest: [String: String]) {
        guard let first = maps.first else { return ([:], [:]) }
        let shared = first.filter { key, value in maps.allSatisfy { $0[key] == value } }
        var rest: [String: String] = [:]
        for (index, map) in maps.enumerated() {
            for (key, value) in map where shared[key] == nil { rest["\(index + 1).\(key)"] = value }
        }
        return (shared, rest)
    }

    /// One synthetic part makes the whole synthetic; parts that don't say where they are from leave the whole unsaid.
    private static func origin(_ origins: [TraceOrigin?]) -> TraceOrigin? {
        let stated = origins.compactMap { $0 }
        guard let first = stated.first else { return nil }
        if origins.allSatisfy({ $0 == first }) { return first }
        let (shared, rest) = split(origins.map { $0?.values ?? [:] })
        let kinds = origins.map { $0?.kind.rawValue ?? "not stated" }
        var values = shared.merging(rest) { own, _ in own }
        if Set(kinds).count > 1 { values["kinds"] = Set(kinds).sorted().joined(separator: ", ") }
        if stated.contains(where: \.isSynthetic) { return TraceOrigin(kind: .replayer, values: values) }
        guard stated.count == origins.count else { return nil }
        let kind = stated.allSatisfy { $0.kind == first.kind } ? first.kind : .endpoint
        return TraceOrigin(kind: kind, values: values)
    }
}
