// Pieces of work for several threads while one goes on reading; what they make is given in the order of the pieces.

import Dispatch
import Synchronization

/// Runs `make` on pieces; only so many wait that memory stays flat.
final class OrderedWork<Piece: Sendable, Made: Sendable>: Sendable {
    private let make: @Sendable (Piece) -> Made
    private let queue = DispatchQueue(label: "bedrock-trace.analysis", attributes: .concurrent)
    private let group = DispatchGroup()
    /// As many pieces as threads are under way, and no more.
    private let places: DispatchSemaphore
    private let made = Mutex<[Int: Made]>([:])
    private let count = Mutex(0)

    init(threads: Int, make: @escaping @Sendable (Piece) -> Made) {
        self.make = make
        places = DispatchSemaphore(value: threads)
    }

    /// Hands a piece over; waits while enough pieces are under way.
    func add(_ piece: Piece) {
        places.wait()
        let number = count.withLock { count in
            count += 1
            return count - 1
        }
        queue.async(group: group) { [self] in
            let value = make(piece)
            made.withLock { $0[number] = value }
            places.signal()
        }
    }

    /// Waits for all pieces and gives what they made.
    func finish() -> [Made] {
        group.wait()
        return made.withLock { made in made.keys.sorted().compactMap { made[$0] } }
    }
}
