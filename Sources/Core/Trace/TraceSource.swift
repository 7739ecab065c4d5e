// Where a trace's bytes come from, read front to back with flat memory.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file or standard input, and the owner of its descriptor.
struct TraceSource: ~Copyable {
    let path: String
    private let descriptor: CInt
    private(set) var offset: UInt64 = 0
    /// The CRC-32 of all bytes so far, where they were read from the front without a step aside.
    private(set) var checksum: UInt32? = 0
    /// Of a pipe, which can't be looked at again: the last bytes that were read, as many as MCAP's magic has.
    private var lastBytes: [UInt8] = []
    private let isPipe: Bool
    private let growth: FileGrowth?

    /// Opens a file, or standard input for `-`; with `growth`, its end is where more may come.
    init(path: String, growth: FileGrowth? = nil) throws(TraceError) {
        self.path = path
        self.growth = growth
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: path, operation: "opened", errno: errno) }
        isPipe = Self.regularByteCount(descriptor) == nil
    }

    deinit {
        close(descriptor)
    }

    /// Reads `count` bytes, or as many as are left.
    mutating func read(_ count: Int) throws(TraceError) -> [UInt8] {
        let bytes = try readUnsummed(count)
        if isPipe { lastBytes = Array((lastBytes + bytes.suffix(MCAP.magic.count)).suffix(MCAP.magic.count)) }
        checksum = checksum.map { Checksum.crc32(bytes.span.bytes, continuing: $0) }
        return bytes
    }

    private mutating func readUnsummed(_ count: Int) throws(TraceError) -> [UInt8] {
        var bytes: [UInt8] = []
        // A damaged length must not allocate more than the file can hold.
        let step = 16 << 20
        while bytes.count < count {
            let wanted = min(step, count - bytes.count)
            var failure: CInt = 0
            let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
                while initialized < wanted {
                    let got = SystemCall.read(
                        descriptor,
                        buffer.baseAddress?.advanced(by: initialized),
                        wanted - initialized
                    )
                    if got > 0 {
                        initialized += got
                    } else if got == 0 {
                        guard let growth, growth.wait() else { break }
                    } else if errno != EINTR {
                        failure = errno
                        break
                    }
                }
            }
            guard failure == 0 else { throw .system(path: path, operation: "read", errno: failure) }
            offset += UInt64(piece.count)
            if bytes.isEmpty, piece.count == count { return piece }
            bytes.append(contentsOf: piece)
            if piece.count < wanted { break }
        }
        return bytes
    }

    /// Goes to a place; only regular files have places.
    mutating func seek(to offset: UInt64) throws(TraceError) {
        guard let place = off_t(exactly: offset), lseek(descriptor, place, SEEK_SET) == place else {
            throw .system(path: path, operation: "read at byte \(offset)", errno: errno)
        }
        if self.offset != offset { checksum = nil }
        self.offset = offset
    }

    /// Passes over bytes.
    mutating func skip(_ count: UInt64) throws(TraceError) {
        let (target, isTooFar) = offset.addingReportingOverflow(count)
        try seek(to: isTooFar ? .max : target)
    }

    /// The file's length; `nil` for pipes.
    var byteCount: UInt64? { Self.regularByteCount(descriptor) }

    private static func regularByteCount(_ descriptor: CInt) -> UInt64? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(status.st_size)
    }

    /// Whether MCAP's magic, which a writer puts last, ends the file; of a pipe, what was read of it.
    var endsWithMagic: Bool {
        guard let byteCount else { return lastBytes == MCAP.magic && offset >= UInt64(2 * MCAP.magic.count) }
        guard byteCount >= UInt64(2 * MCAP.magic.count), let place = off_t(exactly: byteCount) else { return false }
        var end = MCAP.magic
        let got = end.withUnsafeMutableBytes {
            pread(descriptor, $0.baseAddress, $0.count, place - off_t($0.count))
        }
        return got == MCAP.magic.count && end == MCAP.magic
    }

    /// How many bytes are left of a regular file; `nil` for pipes.
    var remaining: UInt64? {
        byteCount.map { $0 > offset ? $0 - offset : 0 }
    }
}

/// Waits for a file to grow.
public struct FileGrowth: Sendable {
    /// How long to wait between two looks, in milliseconds.
    private let intervalMilliseconds: Int32
    private let isWanted: @Sendable () -> Bool

    /// Looks every `intervalMilliseconds`, as long as `isWanted` says so.
    public init(intervalMilliseconds: Int32 = 100, while isWanted: @escaping @Sendable () -> Bool = { true }) {
        self.intervalMilliseconds = intervalMilliseconds
        self.isWanted = isWanted
    }

    /// Waits once; gives whether to look again.
    func wait() -> Bool {
        guard isWanted() else { return false }
        _ = poll(nil, 0, intervalMilliseconds)
        // What came during the wait is looked at, even where nothing more is wanted by now.
        return true
    }
}
