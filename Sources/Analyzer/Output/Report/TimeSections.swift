// A recording cut into sections of equal length, so that what changed meanwhile can be seen and tested.

import Core

/// Equal sections of time from the first dispatch to the last.
struct TimeSections: Sendable {
    let start: TraceInstant
    let count: Int
    private let length: Nanoseconds

    /// More sections than this can't be told apart on a page.
    static let maximumCount = 48

    /// Cuts the span of `instants`, so that each of `groups` has about three of them in a section; `nil` without any.
    init?(_ instants: [TraceInstant], groups: Int) {
        guard let first = instants.min(), let last = instants.max() else { return nil }
        start = first
        count = min(Self.maximumCount, max(1, instants.count / (3 * max(groups, 1))))
        // The last instant belongs to the last section.
        length = Nanoseconds((last - first).count / Int64(count) + 1)
    }

    var sectionSeconds: Double { length.seconds }

    /// The section that an instant falls into.
    func index(of instant: TraceInstant) -> Int {
        min(count - 1, max(0, Int((instant - start).count / length.count)))
    }

    /// The middle of a section, in seconds since the start.
    func middleSeconds(_ index: Int) -> Double {
        (Double(index) + 0.5) * length.seconds
    }

    /// The beginning of a section.
    func begin(_ index: Int) -> TraceInstant {
        start.advanced(by: Nanoseconds(length.count * Int64(index)))
    }
}
