// Datasets on disk: a file, or a folder of `.jsonl` files read in the order of their names.

import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

package enum DatasetFiles {
    /// A dataset with what identifies it.
    package struct Dataset: Sendable {
        package var rows: [DatasetRow]
        /// SHA-256 of the files' bytes, one after the other.
        package var sha256: String
    }

    /// Reads every row below `path`.
    package static func read(_ path: String, defaults: RowDefaults) throws(DatasetError) -> Dataset {
        var rows: [DatasetRow] = []
        var digest = SHA256()
        for file in try files(at: path) {
            guard let bytes = contents(of: file) else {
                throw DatasetError(file: file, expected: "cannot be read: \(String(cString: strerror(errno)))")
            }
            digest.update(bytes)
            rows += try DatasetReader.rows(of: bytes, file: file, defaults: defaults) { contents(of: $0) }
        }
        return Dataset(rows: rows, sha256: SHA256.hexadecimal(digest.finalize()))
    }

    private static func files(at path: String) throws(DatasetError) -> [String] {
        guard let directory = opendir(path) else {
            guard errno == ENOTDIR else {
                throw DatasetError(file: path, expected: "cannot be read: \(String(cString: strerror(errno)))")
            }
            return [path]
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".jsonl"), !name.hasPrefix(".") { names.append(name) }
        }
        guard !names.isEmpty else {
            throw DatasetError(file: path, expected: "expected .jsonl files in this folder, found none")
        }
        let prefix = path.hasSuffix("/") ? path : path + "/"
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { prefix + $0 }
    }

    /// A whole file; `nil` where it cannot be read.
    package static func contents(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = piece.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            bytes.append(contentsOf: piece[..<count])
        }
    }
}

/// `read(2)`, under a name that the enum's own `read` does not hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
