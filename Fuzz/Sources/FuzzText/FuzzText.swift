// Feeds arbitrary text to everything that reads what people and other programs write: JSON, datasets, plans, scenarios,
// AWS's configuration files, filters, ground truth and request bodies.

import Core

@testable import Analyzer
@testable import Recorder
@testable import Replayer

/// The first byte chooses the reader; the rest is its text.
///
/// Nothing may crash, hang or allocate without bound.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzText(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let choice = input.first else { return 0 }
    let rest = Array(input.dropFirst())
    let text = String(decoding: rest, as: UTF8.self)
    switch choice {
    case UInt8(ascii: "j"): readJSON(rest)
    case UInt8(ascii: "d"): _ = try? DatasetReader.rows(of: rest, file: "d.jsonl", defaults: RowDefaults())
    case UInt8(ascii: "p"): _ = try? PlanFile.arguments(of: text, file: "plan.yaml")
    case UInt8(ascii: "s"): _ = try? ScenarioDecoder.decode(text, file: "scenario.yaml")
    case UInt8(ascii: "c"): _ = ConfigFile(text).section(profile: "default", isConfig: true)
    case UInt8(ascii: "w"): _ = try? RowFilter(text, .requests(.standard))
    case UInt8(ascii: "g"): _ = try? GroundTruth(rest)
    case UInt8(ascii: "b"):
        for operation in RuntimeOperation.allCases {
            _ = try? RequestBody(RuntimeRequest(operation: operation, model: "m", body: rest))
        }
    default:
        _ = DurationText.parse(text)
        _ = TimeBound(text)
        _ = try? Fault(text)
    }
    return 0
}

/// Walks a value both ways: member by member, and in one step; what was read survives being written.
private func readJSON(_ bytes: [UInt8]) {
    var cursor = JSONCursor(bytes.span.bytes)
    let skipped = try? cursor.skipValue()
    guard let tree = try? JSONTree(bytes) else { return }
    precondition(skipped != nil, "a value was read that can't be passed over")
    var writer = JSONWriter()
    tree.write(&writer)
    let again = try? JSONTree(Array(writer.text.utf8))
    precondition(again == tree, "a value doesn't survive being written and read")
}
