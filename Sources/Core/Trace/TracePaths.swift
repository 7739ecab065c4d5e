// Files and folders as the list of trace files that they stand for.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds trace files.
public enum TracePaths {
    /// The trace files that `arguments` name: files as they are, `-` for standard input, a folder's `.mcap` files sorted
    /// by name.
    ///
    /// - Parameter arguments: Paths.
    /// - Returns: The files, in order.
    /// - Throws: `TraceError` for a path that cannot be read, or a folder without a trace.
    public static func expand(_ arguments: [String]) throws(TraceError) -> [String] {
        var files: [String] = []
        for path in arguments {
            if path == "-" {
                files.append(path)
                continue
            }
            var status = stat()
            guard stat(path, &status) == 0 else { throw .system(path: path, operation: "opened", errno: errno) }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                files.append(path)
                continue
            }
            let found = try traces(in: path)
            guard !found.isEmpty else { throw .noTraces(folder: path) }
            files += found
        }
        return files
    }

    private static func traces(in folder: String) throws(TraceError) -> [String] {
        guard let directory = opendir(folder) else {
            throw .system(path: folder, operation: "opened", errno: errno)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".mcap"), !name.hasPrefix(".") { names.append(name) }
        }
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { prefix + $0 }
    }
}
