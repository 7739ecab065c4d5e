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
    /// Gives the space free that was kept for the end of a trace on a full disk.
    ///
    /// - Returns: Whether there was any, so that writing again may succeed.
    mutating func releaseReserve() -> Bool
}

extension TraceOutput where Self: ~Copyable {
    public mutating func releaseReserve() -> Bool { false }
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
///
/// A write either reaches the file whole or leaves it as long as it was.
public struct FileOutput: TraceOutput, ~Copyable {
    /// The file.
    public let path: String
    private let descriptor: CInt
    private var byteCount: off_t = 0
    private var reserve: DiskReserve?

    /// Creates the file.
    ///
    /// - Parameters:
    ///   - path: Where; the folder must exist.
    ///   - replacesExisting: Whether a file that is there already is overwritten; else it is an error.
    ///   - reserveByteCount: Disk space to set aside at once, so that the trace can be closed when the disk is full.
    /// - Throws: `TraceError.system` when the file cannot be created, `.diskFull` where the reserve doesn't fit.
    public init(
        path: String,
        replacesExisting: Bool = false,
        reserveByteCount: Int = 0
    ) throws(TraceError) {
        let reserve = reserveByteCount > 0 ? try DiskReserve(beside: path, byteCount: reserveByteCount) : nil
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (replacesExisting ? O_TRUNC : O_EXCL)
        let opened = open(path, flags, 0o644)
        guard opened >= 0 else { throw .system(path: path, operation: "created", errno: errno) }
        self.path = path
        self.reserve = reserve
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    public mutating func write(_ bytes: [UInt8]) throws(TraceError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { raw in
                SystemCall.write(descriptor, raw.baseAddress?.advanced(by: offset), raw.count - offset)
            }
            if written >= 0 {
                offset += written
            } else if errno != EINTR {
                let failure = errno
                // Pipes can't be cut back; what is short there is short.
                _ = ftruncate(descriptor, byteCount)
                _ = lseek(descriptor, byteCount, SEEK_SET)
                throw Self.error(path, "written", failure)
            }
        }
        byteCount += off_t(bytes.count)
    }

    public mutating func releaseReserve() -> Bool {
        guard reserve != nil else { return false }
        reserve = nil
        return true
    }

    public mutating func synchronize() throws(TraceError) {
        #if canImport(Glibc)
        let status = fdatasync(descriptor)
        #else
        let status = fsync(descriptor)
        #endif
        // Pipes and some file systems have nothing to synchronize.
        guard status == 0 || errno == EINVAL || errno == EROFS else {
            throw Self.error(path, "synchronized", errno)
        }
    }

    private static func error(_ path: String, _ operation: String, _ number: CInt) -> TraceError {
        number == ENOSPC || number == EDQUOT
            ? .diskFull(path: path) : .system(path: path, operation: operation, errno: number)
    }
}

/// Disk space that a nameless file holds until it is given free, or until the process ends in whatever way.
struct DiskReserve: ~Copyable {
    private let descriptor: CInt

    init(beside path: String, byteCount: Int) throws(TraceError) {
        let name = path + ".reserve"
        let opened = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .system(path: name, operation: "created", errno: errno) }
        unlink(name)
        #if canImport(Glibc)
        let failure = posix_fallocate(opened, 0, off_t(byteCount))
        // Where a file system can't set space aside, there is no reserve, and nothing is worse than without.
        if failure == ENOSPC || failure == EDQUOT {
            close(opened)
            throw .diskFull(path: path)
        }
        #endif
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }
}

/// System calls whose names the types here hide.
enum SystemCall {
    static func write(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
        #else
        Darwin.write(descriptor, bytes, count)
        #endif
    }

    static func read(_ descriptor: CInt, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, bytes, count)
        #else
        Darwin.read(descriptor, bytes, count)
        #endif
    }
}

enum SystemErrorText {
    static func text(_ number: Int32) -> String {
        String(cString: strerror(number))
    }
}
