// One timeline for recordings of several machines, from the clock snapshots that each recording holds.
//
// A recording's timeline is its machine's monotonic clock, set by the wall clock at its start. Each recording is moved as
// a whole, by one span, so that no duration within it changes.

import Core

/// How far a recording is moved, and how sure that is.
struct ClockAlignment: Equatable, Sendable {
    /// What is added to the recording's instants to give wall-clock time.
    var shift: Nanoseconds
    /// How many snapshots the shift rests on; with none, nothing is moved.
    var snapshotCount: Int
    /// Whether those are snapshots of a synchronized clock.
    var isSynchronized: Bool
    /// From the smallest to the largest shift that the snapshots ask for: how far the wall clock wandered or was stepped.
    var spread: Nanoseconds
    /// The kernel's largest bound on the wall clock's error at the snapshots; `nil` where it told none.
    var maximumError: Nanoseconds?

    /// Aligns recordings with the wall clock.
    ///
    /// Recordings of one boot share one monotonic clock, which places them to each other exactly; a shift is the median
    /// of what the boot's snapshots ask for, of the synchronized ones where there are any.
    static func align(_ runs: [[ClockRecord]]) -> [ClockAlignment] {
        runs.indices.map { index in
            guard let first = runs[index].first else {
                return ClockAlignment(shift: .zero, snapshotCount: 0, isSynchronized: false, spread: .zero)
            }
            let boot = first.snapshot.bootID
            let clocks = boot.isEmpty ? runs[index] : runs.flatMap { $0 }.filter { $0.snapshot.bootID == boot }
            let synchronized = clocks.filter { $0.snapshot.synchronization?.isSynchronized == true }
            let used = synchronized.isEmpty ? clocks : synchronized
            let wall = used.map { distance($0.snapshot.realtimeNanoseconds, $0.snapshot.monotonicNanoseconds) }
            // Constant within a recording; a median, so that one odd reading doesn't count.
            let own = runs[index].map {
                distance($0.instant.nanosecondsSinceEpoch, $0.snapshot.monotonicNanoseconds)
            }
            return ClockAlignment(
                shift: Nanoseconds(median(wall) &- median(own)),
                snapshotCount: used.count,
                isSynchronized: !synchronized.isEmpty,
                spread: Nanoseconds((wall.max() ?? 0) &- (wall.min() ?? 0)),
                maximumError: used.compactMap { $0.snapshot.synchronization?.maximumErrorMicroseconds }.max()
                    .map { Nanoseconds($0.multipliedReportingOverflow(by: 1_000).partialValue) }
            )
        }
    }

    private static func distance(_ later: UInt64, _ earlier: UInt64) -> Int64 {
        Int64(bitPattern: later &- earlier)
    }

    /// The lower median: a value that was read, so that whole nanoseconds stay whole.
    private static func median(_ values: [Int64]) -> Int64 {
        values.sorted()[(values.count - 1) / 2]
    }
}

extension ClockAlignment: CustomStringConvertible {
    /// One clause for a person.
    var description: String {
        guard snapshotCount > 0 else { return "not moved: it holds no clock snapshots" }
        let milliseconds = NumberText.fixed(shift.milliseconds, decimals: 6)
        let error = maximumError.map { ", error bound \(NumberText.fixed($0.milliseconds, decimals: 3)) ms" } ?? ""
        return "moved by \(milliseconds) ms onto the wall clock (\(snapshotCount) "
            + (isSynchronized ? "synchronized" : "unsynchronized")
            + " snapshots, spread \(NumberText.fixed(spread.milliseconds, decimals: 3)) ms\(error))"
    }
}
