// Confidence intervals for a mean of independent observations: studentized bootstrap by default
// (Efron 1982, section 10.10, "bootstrap-t"; Hall 1988), Student's t below ten values.

/// Estimates of the mean.
package enum MeanInterval {
    /// Which interval to make.
    package enum Method: Sendable, CaseIterable {
        /// Studentized replicates; needs ten values.
        case bootstrapT
        /// Student's t.
        case student
        /// The percentile interval of resampled means.
        case percentile
        /// The BCa interval of resampled means.
        case bca
        /// The percentile interval of the exact law.
        case exactPercentile
        /// The basic interval of the exact law.
        case exactBasic
        /// The BCa interval of the exact law.
        case exactBCa
    }

    /// Up to this many values the studentized bootstrap draws; beyond, the exact BCa interval, which is as accurate to
    /// the same order and needs no draw, stands in.
    package static let largestResampled = 20_000

    /// The mean with its interval.
    ///
    /// - Parameters:
    ///   - sample: The observations; a censored one withholds the mean.
    ///   - confidence: The two-sided level.
    ///   - wanted: Which interval; unless stated bootstrap-t, or the exact BCa above ``largestResampled`` values.
    ///   - plan: Replicates and streams, for the methods that resample.
    /// - Returns: An estimate whose value is `nil` for an empty or a censored sample.
    package static func estimate(
        of sample: Sample,
        confidence: Double,
        method wanted: Method? = nil,
        plan: ResamplingPlan
    ) -> Estimate {
        if sample.censoredCount > 0 {
            return Estimate(
                value: nil,
                count: sample.count,
                flags: [.withheldForCensoring(sample.censoredCount)]
            )
        }
        let values = sample.values
        guard let mean = Moments.mean(values) else { return Estimate(value: nil, count: 0, flags: [.noData]) }
        guard values.count > 1, let deviation = Moments.standardDeviation(values) else {
            return Estimate(value: mean, count: values.count, flags: [.singleObservation])
        }
        let error = deviation / Double(values.count).squareRoot()
        var result = Estimate(value: mean, standardError: error, count: values.count)
        if sample.sorted.first == sample.sorted.last {
            result.interval = Interval(low: mean, high: mean, confidence: confidence)
            result.method = .student
            result.flags = [.degenerate]
            return result
        }
        let method = wanted ?? (values.count > largestResampled ? .exactBCa : .bootstrapT)
        switch method {
        case .student:
            result.interval = student(mean: mean, error: error, count: values.count, confidence: confidence)
            result.method = .student
        case .bootstrapT:
            studentized(values, mean: mean, error: error, confidence: confidence, plan: plan, into: &result)
        case .percentile, .bca:
            let law = BootstrapDistribution(estimate: mean, replicates: BootstrapReplicates.means(values, plan: plan))
            read(law, values, confidence, corrected: method == .bca, (.percentile, .bca), into: &result)
        case .exactBasic:
            guard let law = ExactMeanBootstrap(values) else { break }
            result.interval = law.basic(confidence: confidence)
            result.method = .exactBasic
        case .exactPercentile, .exactBCa:
            guard let law = ExactMeanBootstrap(values) else { break }
            read(law, values, confidence, corrected: method == .exactBCa, (.exactPercentile, .exactBCa), into: &result)
        }
        return result
    }

    /// mean ± t · SE with n − 1 degrees of freedom.
    package static func student(mean: Double, error: Double, count: Int, confidence: Double) -> Interval {
        let reach = -SpecialFunctions.studentQuantile((1 - confidence) / 2, degrees: Double(count - 1)) * error
        return Interval(low: mean - reach, high: mean + reach, confidence: confidence)
    }

    private static func read(
        _ law: some BootstrapLaw,
        _ values: [Double],
        _ confidence: Double,
        corrected: Bool,
        _ names: (plain: IntervalMethod, corrected: IntervalMethod),
        into result: inout Estimate
    ) {
        guard corrected else {
            result.interval = law.percentile(confidence: confidence)
            result.method = names.plain
            return
        }
        let bca = law.bca(acceleration: BCa.accelerationOfMean(values), confidence: confidence)
        result.interval = bca.interval
        result.method = bca.flags.contains(.bcaUndefined) ? names.plain : names.corrected
        result.flags += bca.flags
    }

    private static func studentized(
        _ values: [Double],
        mean: Double,
        error: Double,
        confidence: Double,
        plan: ResamplingPlan,
        into result: inout Estimate
    ) {
        if values.count < 10 {
            result.interval = student(mean: mean, error: error, count: values.count, confidence: confidence)
            result.method = .student
            result.flags.append(.studentForSmallSample)
            return
        }
        let replicates = BootstrapReplicates.studentizedMeans(values, mean: mean, plan: plan)
        let usable = FloatSort.ascending(replicates.filter { !$0.isNaN })
        let dropped = replicates.count - usable.count
        if dropped > 0 { result.flags.append(.droppedReplicates(dropped)) }
        let alpha = (1 - confidence) / 2
        guard
            let low = Quantile.value(sorted: usable, p: alpha),
            let high = Quantile.value(sorted: usable, p: 1 - alpha)
        else {
            result.interval = student(mean: mean, error: error, count: values.count, confidence: confidence)
            result.method = .student
            return
        }
        result.interval = Interval(low: mean - high * error, high: mean - low * error, confidence: confidence)
        result.method = .bootstrapT
    }
}

extension BootstrapReplicates {
    /// (mean* − mean) / SE* of every replicate, NaN where a replicate has no variance; the draws are those of `means`.
    static func studentizedMeans(_ values: [Double], mean: Double, plan: ResamplingPlan) -> [Double] {
        guard values.count > 1 else { return [] }
        let largest = values.reduce(0) { max($0, abs($1 - mean)) }
        guard largest > 0, largest.isFinite else { return [] }
        let deviations = values.map { ($0 - mean) / largest }
        return Parallel.fill(count: plan.replicates, threads: plan.threads) { range, slots in
            deviations.withUnsafeBufferPointer { x in
                let size = Double(x.count)
                let bound = UInt64(x.count)
                for replicate in range {
                    var stream = plan.key.stream(replicate: UInt64(replicate))
                    var sum = 0.0
                    var squares = 0.0
                    for _ in 0..<x.count {
                        let value = x[stream.index(below: bound)]
                        sum += value
                        squares += value * value
                    }
                    let spread = squares - sum * sum / size
                    // SE* = √(Σd²/(n − 1)/n); less than rounding means that all draws were equal.
                    slots[replicate] =
                        spread > squares * 1e-13
                        ? sum / size / (spread / (size - 1) / size).squareRoot()
                        : .nan
                }
            }
        }
    }
}
