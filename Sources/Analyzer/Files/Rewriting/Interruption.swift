// The wish of a user to stop (SIGINT, SIGTERM, SIGHUP), asked for between records, so that nothing half-written is left.

import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A signal that asked the program to end.
struct Interruption: Error {
    /// The signal's number.
    var number: Int32

    /// The exit status that shells expect: 130 for SIGINT.
    var status: Int32 { 128 + number }
}

extension Interruption {
    private static let received = Atomic<Int32>(0)

    /// From now on the three signals are noted instead of ending the program.
    static func noteSignals() {
        // Touched here, so that the handler never is the first to make it.
        received.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in Interruption.received.store(number, ordering: .relaxed) }
        }
    }

    /// Throws once a signal came.
    static func check() throws {
        let number = received.load(ordering: .relaxed)
        if number != 0 { throw Interruption(number: number) }
    }
}
