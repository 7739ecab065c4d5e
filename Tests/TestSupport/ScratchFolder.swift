// A folder of a test's own that goes when the test ends.

public import Foundation

/// A new empty folder, removed with everything in it when the last reference goes.
public final class ScratchFolder: Sendable {
    /// The folder.
    public let folder: URL

    /// Makes the folder below the system's temporary one.
    public init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bedrock-trace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// A path within the folder.
    public func url(_ name: String) -> URL {
        folder.appendingPathComponent(name)
    }

    /// Writes `text` to a file within the folder and gives its path.
    public func write(_ text: String, to name: String) throws -> URL {
        let file = url(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        return file
    }
}
