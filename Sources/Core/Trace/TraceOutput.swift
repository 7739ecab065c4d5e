// Where a trace's bytes go.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Takes a trace's bytes in order.
public protocol TraceOutput: ~Copyable {
    /// Appends bytes.
    mutating func write(_ bytes: [UInt8]) throws(TraceError)
    /// Returns when what was written has reached the disk.
    mutating func synchronize() throws(TraceError)
}

/// Keeps a trace in memory.
public struct MemoryOutput: TraceOutput {
    /// The bytes so far.
    public private(set) var bytes: [UInt8] = []

    /// Starts empty.
    public init() {}

    public mutating func write(_ bytes: [UInt8]) throws(TraceError) {
        self.bytes.append(contentsOf: bytes)
    }

    public mutating func synchronize() throws(TraceError) {}
}

/// Writes a trace to a new file, and owns its descriptor.
public struct FileOutput: TraceOutput, ~Copyable {
    /// The file.
    public let path: String
    private let descriptor: CInt

    /// Creates the file.
    ///
    /// - Parameters:
    ///   - path: Where; the folder must exist.
    ///   - replacesExisting: Whether a file that is there already is overwritten; else it is an error.
    /// - Throws: `TraceError.system` when the file cannot be created.
    public init(path: String, replacesExisting: Bool = false) throws(TraceError) {
        self.path = path
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (replacesExisting ? O_TRUNC : O_EXCL)
        descriptor = open(path, flags, 0o644)
        guard descriptor >= 0 else { throw .system(path: path, operation: "created", errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    public mutating func write(_ bytes: [UInt8]) throws(TraceError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { raw in
                #if canImport(Glibc)
                Glibc.write(descriptor, raw.baseAddress?.advanced(by: offset), raw.count - offset)
                #else
                Darwin.write(descriptor, raw.baseAddress?.advanced(by: offset), raw.count - offset)
                #endif
            }
            if written >= 0 {
                offset += written
            } else if errno == ENOSPC || errno == EDQUOT {
                throw .diskFull(path: path)
            } else if errno != EINTR {
                throw .system(path: path, operation: "written", errno: errno)
            }
        }
    }

    public mutating func synchronize() throws(TraceError) {
        #if canImport(Glibc)
        let status = fdatasync(descriptor)
        #else
        let status = fsync(descriptor)
        #endif
        // Pipes and some file systems have nothing to synchronize.
        guard status == 0 || errno == EINVAL || errno == EROFS else {
            throw .system(path: path, operation: "synchronized", errno: errno)
        }
    }
}

enum SystemErrorText {
    static func text(_ number: Int32) -> String {
        String(cString: strerror(number))
    }
}
