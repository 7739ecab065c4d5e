// What can be wrong with a trace file, each with what a person can do about it.

/// A fault in a trace, or in reading or writing one.
public enum TraceError: Error, Hashable, Sendable {
    /// The file can't be opened, read or written.
    case system(path: String, operation: String, errno: Int32)
    /// The disk is full; what was written up to here is readable.
    case diskFull(path: String)
    /// The file doesn't begin as an MCAP file does.
    case notMCAP(path: String)
    /// A record doesn't hold what its kind asks for.
    case damagedRecord(path: String, offset: UInt64, reason: String)
    /// The trace needs a reader that knows more than this one.
    case incompatible(path: String, features: [String])
    /// A folder holds no trace.
    case noTraces(folder: String)
    /// A compressor failed.
    case compression(reason: String)
}

extension TraceError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .system(let path, let operation, let errno):
            "\(path): cannot be \(operation): \(SystemErrorText.text(errno))"
        case .diskFull(let path):
            "\(path): the disk is full; everything recorded before is readable"
        case .notMCAP(let path):
            "\(path): not a trace: expected the eight magic bytes of an MCAP file at byte 0"
        case .damagedRecord(let path, let offset, let reason):
            "\(path): damaged at byte \(offset): \(reason); `bedrock-analyzer recover` saves what is whole"
        case .incompatible(let path, let features):
            "\(path): needs a newer version of this program, for: \(features.joined(separator: ", "))"
        case .noTraces(let folder):
            "\(folder): no .mcap file in this folder"
        case .compression(let reason):
            "compression failed: \(reason)"
        }
    }
}
