// When an open loop's requests start: a process of rate one, stretched by the rate asked for (the time-change theorem;
// Lewis and Shedler 1979 for rates that vary), so that seed and rate alone decide every instant.

package import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How an open loop's starts are spread.
package enum Arrival: String, Sendable, CaseIterable {
    /// Every gap is the same.
    case constant
    /// Gaps are independent and exponential: users who know nothing of each other.
    case poisson
}

/// The starts of an open loop, one after the other, as offsets from its first instant.
package struct ArrivalSchedule: Sendable {
    private let arrival: Arrival
    /// Requests a second.
    private(set) var rate: Double
    /// For how long the rate grows from 0 to its value, in seconds.
    private let rampSeconds: Double
    private var random: PlanRandom
    /// Arrivals so far on the process of rate one.
    private var unit = 0.0
    private var isFirst = true
    /// Where the present rate began: seconds, and the process of rate one there.
    private var base = (seconds: 0.0, unit: 0.0)

    /// Makes a schedule; `rate` is in requests a second.
    package init(arrival: Arrival, rate: Double, ramp: Nanoseconds = .zero, seed: UInt64) {
        self.arrival = arrival
        self.rate = rate
        rampSeconds = max(0, ramp.seconds)
        // A stream of its own: the order of requests must not change with the way in which they arrive.
        random = PlanRandom(seed: seed ^ 0x6172_7269_7661_6C73, round: 0, pass: 0)
    }

    /// The next start.
    package mutating func next() -> Nanoseconds {
        switch arrival {
        case .constant: unit += isFirst ? 0 : 1
        case .poisson:
            // 53 random bits in (0, 1]: the logarithm is finite.
            unit -= log((Double(random.next() >> 11) + 1) * 0x1p-53)
        }
        isFirst = false
        return Nanoseconds(seconds: seconds(unit)) ?? Nanoseconds(.max)
    }

    /// Changes the rate for all starts after the last one given.
    package mutating func setRate(_ rate: Double) {
        base = (seconds(unit), unit)
        self.rate = rate
    }

    /// Inverts the expected number of arrivals: `r t² / 2R` up to the end of the ramp `R`, then `r (t − R/2)`.
    private func seconds(_ unit: Double) -> Double {
        guard rampSeconds > 0, base.unit == 0 else { return base.seconds + (unit - base.unit) / rate }
        let inRamp = rate * rampSeconds / 2
        return unit < inRamp ? (2 * rampSeconds * unit / rate).squareRoot() : rampSeconds / 2 + unit / rate
    }
}
