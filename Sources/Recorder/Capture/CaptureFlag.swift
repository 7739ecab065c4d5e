// A flag between threads.

import Synchronization

/// A flag that is set once.
final class CaptureFlag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
