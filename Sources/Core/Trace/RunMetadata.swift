// What a trace says of itself: the recording it belongs to, and where its answers come from.

/// The metadata record `bedrock_trace.run`.
public struct RunMetadata: Hashable, Sendable {
    static let name = "bedrock_trace.run"
    /// The version of the format that this library writes.
    static let format = "1"

    /// The recording; segments of one recording share it.
    public var runID: String
    /// The segment within the recording, from 1.
    public var segment: Int
    /// Versions, host shape, plan: text by name, for people and for the report.
    ///
    /// Never holds a secret.
    public var values: [String: String]

    /// Makes the metadata of a recording's segment.
    public init(runID: String, segment: Int = 1, values: [String: String] = [:]) {
        self.runID = runID
        self.segment = segment
        self.values = values
    }

    var map: [String: String] {
        values.merging(
            ["run_id": runID, "segment": String(segment), "format": Self.format, "compatible": "", "incompatible": ""]
        ) { own, _ in own }
        .merging(["run_id": runID, "segment": String(segment)]) { $1 }
    }

    init(map: [String: String]) {
        runID = map["run_id"] ?? ""
        segment = map["segment"].flatMap { Int($0) } ?? 1
        values = map.filter { $0.key != "run_id" && $0.key != "segment" }
    }

    /// Features without whose knowledge the trace would be misread; none are defined in format 1.
    var incompatibleFeatures: [String] {
        (values["incompatible"] ?? "").split(separator: ",").map(String.init)
    }
}

/// The metadata record `bedrock_trace.origin`: who answered.
public struct TraceOrigin: Hashable, Sendable {
    static let name = "bedrock_trace.origin"

    /// Kinds of origin.
    public enum Kind: String, Sendable {
        /// Amazon Bedrock.
        case bedrock
        /// An endpoint that the user named, and that didn't say it is a replayer.
        case endpoint
        /// `bedrock-replayer`: the answers are synthetic, or recorded before.
        case replayer
    }

    /// Who answered.
    public var kind: Kind
    /// More about it by name, for example the scenario.
    public var values: [String: String]

    /// Makes an origin.
    public init(kind: Kind, values: [String: String] = [:]) {
        self.kind = kind
        self.values = values
    }

    /// Whether the answers did not come from a model when they were recorded.
    public var isSynthetic: Bool { kind == .replayer }

    var map: [String: String] {
        values.merging(["kind": kind.rawValue, "synthetic": isSynthetic ? "true" : "false"]) { $1 }
    }

    init?(map: [String: String]) {
        guard let kind = map["kind"].flatMap(Kind.init) else { return nil }
        self.init(kind: kind, values: map.filter { $0.key != "kind" && $0.key != "synthetic" })
    }
}
