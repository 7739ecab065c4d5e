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

    /// Opens a file, or standard input for `-`.
    init(path: String) throws(TraceError) {
        self.path = path
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: path, operation: "opened", errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Reads `count` bytes, or as many as are left.
    mutating func read(_ count: Int) throws(TraceError) -> [UInt8] {
        var bytes: [UInt8] = []
        // A damaged length must not allocate more than the file can hold.
        let step = 16 << 20
        while bytes.count < count {
            let wanted = min(step, count - bytes.count)
            var failure: CInt = 0
            let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
                while initialized < wanted {
                    #if canImport(Glibc)
                    let got = Glibc.read(
                        descriptor,
                        buffer.baseAddress?.advanced(by: initialized),
                        wanted - initialized
                    )
                    #else
                    let got = Darwin.read(
                        descriptor,
                        buffer.baseAddress?.advanced(by: initialized),
                        wanted - initialized
                    )
                    #endif
                    if got > 0 {
                        initialized += got
                    } else if got == 0 {
                        break
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

    /// Whether the file ends with MCAP's magic, which its writer puts there last; unknown for pipes.
    static func endsWithMagic(path: String) -> Bool? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 16 else { return end < 0 ? nil : false }
        var tail = [UInt8](repeating: 0, count: 8)
        let got = tail.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, 8, end - 8) }
        return got == 8 && tail == MCAP.magic
    }
}
