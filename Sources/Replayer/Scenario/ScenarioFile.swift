// A scenario file becomes a source of answers.

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

enum ScenarioFile {
    /// The largest scenario file that is read.
    private static let maximumByteCount = 16 * 1_024 * 1_024

    /// Reads the file at `path`; flags win over what the file says.
    static func source(
        _ path: String,
        seed: UInt64?,
        speed: Double,
        faults: [Fault]
    ) throws(ScenarioError) -> ScenarioSource {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw ScenarioError(file: path, line: nil, key: "", problem: "cannot be read")
        }
        guard data.count <= maximumByteCount else {
            throw ScenarioError(file: path, line: nil, key: "", problem: "is larger than \(maximumByteCount) bytes")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ScenarioError(file: path, line: nil, key: "", problem: "is not UTF-8 text")
        }
        var scenario = try ScenarioDecoder.decode(text, file: path)
        scenario.name = path.split(separator: "/").last.map { String($0) } ?? path
        if let seed { scenario.seed = seed }
        let replaced = Set(faults.map(\.kind))
        scenario.faults = scenario.faults.filter { !replaced.contains($0.kind) } + faults
        return ScenarioSource(scenario, speed: speed)
    }
}
