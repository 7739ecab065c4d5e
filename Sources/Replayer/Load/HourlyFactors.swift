// How the time of day stretches a scenario's times: 24 factors, linear between the hours.

/// Factors for each hour of the day in UTC.
package struct HourlyFactors: Hashable, Sendable {
    /// 24 factors; the first is that of 00:00.
    package let factors: [Double]

    /// Makes factors; `nil` unless there are 24.
    package init?(_ factors: [Double]) {
        guard factors.count == 24 else { return nil }
        self.factors = factors
    }

    /// The factor at an instant of the wall clock.
    package func factor(secondsSinceEpoch seconds: Int64) -> Double {
        let secondOfDay = Int(((seconds % 86_400) + 86_400) % 86_400)
        let hour = secondOfDay / 3_600
        let share = Double(secondOfDay % 3_600) / 3_600
        return factors[hour] + (factors[(hour + 1) % 24] - factors[hour]) * share
    }
}
