// Collects a response's head line by line as libcurl hands it over (RFC 9112, section 2), without taking it apart.

/// The bytes of one response head, in memory that is kept from attempt to attempt.
struct ResponseHead: ~Copyable {
    /// What the head has come to.
    enum State: Hashable {
        case empty, partial, complete
    }

    private var storage: UnsafeMutableRawBufferPointer
    private var count = 0
    private(set) var state = State.empty

    init() {
        storage = .allocate(byteCount: 4096, alignment: 16)
    }

    deinit {
        storage.deallocate()
    }

    /// The head so far.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }

    /// Forgets the head and keeps the memory.
    mutating func removeAll() {
        count = 0
        state = .empty
    }

    /// Takes the next line, its line end included; lines after the empty one are trailers and are left out.
    mutating func append(_ line: UnsafeRawBufferPointer) {
        guard state != .complete else { return }
        if count + line.count > storage.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(storage.count * 2, count + line.count),
                alignment: 16
            )
            larger.copyMemory(from: bytes)
            storage.deallocate()
            storage = larger
        }
        UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: line)
        count += line.count
        state = line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") ? .complete : .partial
    }
}
