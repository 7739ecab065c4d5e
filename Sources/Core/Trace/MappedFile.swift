// A whole file as bytes, mapped, not read: any place can be looked at, and memory stays flat where what was seen is
// released.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A read-only mapping, and its owner.
struct MappedFile: ~Copyable {
    private let base: UnsafeMutableRawPointer?
    let byteCount: Int

    /// Maps a regular file.
    init(path: String) throws(TraceError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: path, operation: "opened", errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .system(path: path, operation: "mapped (a regular file is needed)", errno: EINVAL)
        }
        let count = Int(status.st_size)
        // An empty file can't be mapped, and needn't be.
        let mapped = count > 0 ? mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0) : nil
        guard mapped != MAP_FAILED else { throw .system(path: path, operation: "mapped", errno: errno) }
        byteCount = count
        base = mapped
    }

    deinit {
        if let base { munmap(base, byteCount) }
    }

    /// Gives the memory of a part back whose reading is over; its bytes are read anew where they are looked at again.
    func release(_ part: Range<Int>) {
        let page = max(Int(sysconf(Int32(_SC_PAGESIZE))), 1)
        let start = part.lowerBound / page * page
        let end = min(part.upperBound, byteCount) / page * page
        guard let base, start < end else { return }
        madvise(base + start, end - start, MADV_DONTNEED)
    }

    /// The file's bytes; valid as long as the mapping.
    var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // The mapping lives as long as `self`, which the span can't outlive.
            let span = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: base, count: byteCount))
            return _overrideLifetime(span, borrowing: self)
        }
    }
}

/// Releases a mapped file behind a reader that goes from its front to its back, in steps that cost nothing.
struct MappedFileTrail {
    private var released = 0
    private static let step = 16 << 20

    /// Tells that everything before `offset` was read.
    mutating func advance(to offset: Int, in file: borrowing MappedFile) {
        guard offset - released >= Self.step else { return }
        file.release(released..<offset)
        released = offset
    }
}
