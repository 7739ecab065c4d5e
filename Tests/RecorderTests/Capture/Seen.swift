// Collects what a server's threads saw.

import Synchronization

/// Notes in the order in which they were made.
final class Seen: Sendable {
    private let notes = Mutex<[String]>([])
    func note(_ text: String) { notes.withLock { $0.append(text) } }
    var all: [String] { notes.withLock { $0 } }
}
