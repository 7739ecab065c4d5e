// A quantile with its interval and the warnings that small samples need (docs/statistics.md; docs/metrics.md, "Aggregates").

extension QuantileInterval {
    /// Which interval to make.
    package enum Method: Sendable, CaseIterable {
        /// Interpolated order statistics: the default for independent observations.
        case nyblom
        /// The percentile interval of the exact bootstrap law.
        case exactPercentile
        /// The basic interval of the exact bootstrap law.
        case exactBasic
        /// The BCa interval of the exact bootstrap law.
        case exactBCa
    }

    /// The type-7 quantile with its interval.
    ///
    /// - Parameters:
    ///   - sample: The observations; a quantile below the censored ones is still exact.
    ///   - p: The probability.
    ///   - confidence: The two-sided level.
    ///   - method: Which interval.
    /// - Returns: An estimate whose value is `nil` for an empty sample or beyond the censoring.
    package static func estimate(
        of sample: Sample,
        p: Double,
        confidence: Double,
        method: Method = .nyblom
    ) -> Estimate {
        let sorted = sample.sorted
        guard let value = Quantile.value(sorted: sorted, p: p) else {
            return Estimate(value: nil, count: sorted.count, flags: [.noData])
        }
        var result = Estimate(value: value, count: sorted.count)
        if value == .infinity { result.flags.append(.beyondCensoring) }
        result.flags += sizeFlags(count: sorted.count, p: p)
        guard sorted.count > 1 else {
            result.flags.insert(.singleObservation, at: 0)
            return result
        }
        if sorted.first == sorted.last { result.flags.append(.degenerate) }
        switch method {
        case .nyblom:
            result.interval = nyblom(sorted: sorted, p: p, confidence: confidence)
            result.method = .nyblom
        case .exactPercentile, .exactBasic, .exactBCa:
            guard let law = ExactQuantileBootstrap(sorted: sorted, p: p) else { break }
            result.standardError = law.standardError
            read(law, method, confidence, into: &result)
        }
        if let interval = result.interval, !interval.isComplete { result.flags.append(.endNotIdentified) }
        return result
    }

    private static func read(
        _ law: ExactQuantileBootstrap,
        _ method: Method,
        _ confidence: Double,
        into result: inout Estimate
    ) {
        switch method {
        case .exactBasic:
            result.interval = law.basic(confidence: confidence)
            result.method = .exactBasic
        case .exactBCa:
            let bca = law.bca(confidence: confidence)
            result.interval = bca.interval
            result.method = bca.flags.contains(.bcaUndefined) ? .exactPercentile : .exactBCa
            result.flags += bca.flags.filter { !result.flags.contains($0) }
        case .exactPercentile, .nyblom:
            result.interval = law.percentile(confidence: confidence)
            result.method = .exactPercentile
        }
    }

    /// What must be said about a quantile of so few observations.
    package static func sizeFlags(count n: Int, p: Double) -> [EstimateFlag] {
        guard n > 1, p > 0, p < 1 else { return [] }
        var flags: [EstimateFlag] = []
        let position = Quantile.Position(count: n, p: p)
        if p > 0.5, position.rank == n - 1, position.fraction > 0 { flags.append(.interpolatesTopTwo) }
        if Double(n) * min(p, 1 - p) < 10 - 1e-9 { flags.append(.smallForQuantile) }
        return flags
    }
}
