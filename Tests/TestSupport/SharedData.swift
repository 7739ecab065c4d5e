// Where tests find the material that is kept beside the checkout and never committed.

public import Foundation

/// The data folder beside the checkout: test vectors, recorded streams, reference tables.
public enum SharedData {
    /// The root of this package.
    public static let packageRoot: URL = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder that holds `data` and `tools`.
    public static let root: URL = packageRoot.deletingLastPathComponent().appendingPathComponent("shared")

    /// A file or folder below the shared folder, for example `data/sigv4_vectors.json`.
    public static func url(_ path: String) -> URL {
        root.appendingPathComponent(path)
    }

    /// Whether a file or folder below the shared folder is there; tests that need it are skipped where it is not.
    public static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: url(path).path)
    }

    /// Every regular file below a shared folder, sorted by path; empty where the folder is absent.
    public static func files(below path: String, withExtension pathExtension: String? = nil) -> [URL] {
        let folder = url(path)
        guard let walk = FileManager.default.enumerator(atPath: folder.path) else { return [] }
        return walk.compactMap { $0 as? String }
            .map { folder.appendingPathComponent($0) }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
            .filter { pathExtension == nil || $0.pathExtension == pathExtension }
            .sorted { $0.path < $1.path }
    }
}
