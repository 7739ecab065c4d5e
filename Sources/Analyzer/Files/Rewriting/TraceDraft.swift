// A new file that appears under its name only when it is whole.

import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file under a temporary name beside its target, and the owner of that name: what is never committed is removed.
struct TraceDraft: ~Copyable {
    /// Where to write.
    let path: String
    private let target: String
    private let replacesExisting: Bool
    private var isCommitted = false

    /// Names a draft for `target`.
    ///
    /// - Parameters:
    ///   - target: What the file will be called.
    ///   - sources: Files that are read meanwhile; none of them may be the target, whatever it is called.
    ///   - replacesExisting: Whether a file of that name is replaced.
    /// - Throws: `UsageError` where the target may not be written.
    init(for target: String, reading sources: [String], replacesExisting: Bool) throws {
        self.target = target
        self.replacesExisting = replacesExisting
        // The process's number keeps two programs with the same target apart.
        path = "\(target).\(getpid()).part"
        if let own = FileIdentity(target) {
            if let source = sources.first(where: { FileIdentity($0) == own }) {
                throw UsageError(description: "\(target): is the trace that is read (\(source)); name another output")
            }
            guard own.isRegular else { throw UsageError(description: "\(target): is no regular file") }
        }
        try refuseExisting()
    }

    deinit {
        if !isCommitted { unlink(path) }
    }

    /// Gives the file its name; what was written must have reached the disk before.
    consuming func commit() throws {
        try refuseExisting()
        guard rename(path, target) == 0 else {
            throw TraceError.system(path: target, operation: "created", errno: errno)
        }
        isCommitted = true
        synchronizeFolder()
    }

    private func refuseExisting() throws {
        guard replacesExisting || access(target, F_OK) != 0 else {
            throw UsageError(description: "\(target): is there already; --force overwrites it")
        }
    }

    /// A name reaches the disk with its folder; file systems that can't say so have done what they can.
    private func synchronizeFolder() {
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// What makes two paths the same file.
private struct FileIdentity: Equatable {
    private var device: UInt64
    private var number: UInt64
    private(set) var isRegular: Bool

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }
}
