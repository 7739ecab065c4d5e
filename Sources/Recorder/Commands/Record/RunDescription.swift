// What a trace says of the program and the host that recorded it; never the host's name.

import CCurl
import CLinux
import Core
import Glibc

enum RunDescription {
    /// The metadata of a new recording.
    static func metadata(
        plan: ResolvedPlan,
        configuration: CaptureConfiguration,
        resumedRuns: [String] = []
    ) -> RunMetadata {
        var system = utsname()
        uname(&system)
        func text<Value>(_ field: Value) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        let pages = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        var values = [
            "recorder": BedrockTrace.version,
            "libcurl": curl_version().map { String(cString: $0) } ?? "",
            // The version without its suffix, which may name whose machine it is.
            "kernel": "\(text(system.sysname)) \(text(system.release).prefix { $0 != "-" })",
            "machine": text(system.machine),
            "cores": "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))",
            "memory_bytes": "\(pages)",
            "kernel_stamps": configuration.usesKernelStamps ? "asked for" : "off",
            "plan": plan.json,
            "dataset_sha256": plan.datasetSHA256,
        ]
        if !resumedRuns.isEmpty { values["resumes"] = resumedRuns.joined(separator: ",") }
        return RunMetadata(runID: identifier(), values: values)
    }

    /// A random UUID (RFC 9562, version 4).
    private static func identifier() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(Digest.hexadecimal(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
