// What every statistic hands on: a value, an interval whose ends may be unknown, how it was made, and what to say beside it.

/// A confidence interval; an end that the sample cannot identify is `nil`, never the sample's extreme.
package struct Interval: Equatable, Sendable {
    /// The lower end; `nil` when the sample is too small or too dependent to bound the value from below.
    package var low: Double?
    /// The upper end; `nil` when the sample cannot bound the value from above.
    package var high: Double?
    /// The nominal two-sided level, such as 0.95.
    package var confidence: Double
    /// The sample size from which on both ends would exist; `nil` when both do or when no size is known to suffice.
    package var requiredSampleSize: Int?

    package init(low: Double?, high: Double?, confidence: Double, requiredSampleSize: Int? = nil) {
        self.low = low.flatMap { $0.isFinite ? $0 : nil }
        self.high = high.flatMap { $0.isFinite ? $0 : nil }
        self.confidence = confidence
        self.requiredSampleSize = requiredSampleSize
    }

    /// Whether both ends are known.
    package var isComplete: Bool { low != nil && high != nil }

    /// The interval under a rising transformation, such as `exp`.
    package func mapped(_ transform: (Double) -> Double) -> Interval {
        Interval(
            low: low.map(transform),
            high: high.map(transform),
            confidence: confidence,
            requiredSampleSize: requiredSampleSize
        )
    }
}

/// How an interval was made; the raw value is the name that reports print.
package enum IntervalMethod: String, Sendable, CaseIterable {
    case none = "none"
    case nyblom = "Nyblom interpolated order statistics"
    case exactPercentile = "exact bootstrap percentile"
    case exactBasic = "exact bootstrap basic"
    case exactBCa = "exact bootstrap BCa"
    case percentile = "bootstrap percentile"
    case basic = "bootstrap basic"
    case bca = "bootstrap BCa"
    case bootstrapT = "bootstrap-t"
    case student = "Student t"
    case timeSections = "time sections t (these prompts)"
    case twoWay = "two-way cluster t (prompts like these)"
    case promptClusters = "prompt cluster t (prompts like these)"
    case promptBootstrap = "prompt cluster bootstrap"
    case circularBlockBootstrap = "circular block bootstrap"
    case stationaryBootstrap = "stationary bootstrap"
    case pigeonholeBootstrap = "pigeonhole bootstrap"
    case promptBootstrapT = "prompt cluster bootstrap t (prompts like these)"
    case sectionBootstrapT = "time section bootstrap t (these prompts)"
    case twoWayBootstrapT = "two-way cluster bootstrap t (prompts like these)"
    case poissonBlocks = "Poisson bootstrap of time blocks"
    case hodgesLehmann = "Hodges-Lehmann, Mann-Whitney ranks"
    case alwaysValid = "always-valid ranks"
}

/// What a reader must know beside an estimate.
package enum EstimateFlag: Hashable, Sendable {
    /// No finite value was left.
    case noData
    /// One value: an estimate, but no interval.
    case singleObservation
    /// All values are equal, so the interval is a point.
    case degenerate
    /// BCa's corrections don't exist for this sample; the percentile interval stands in.
    case bcaUndefined
    /// Fewer than ten values: Student's t stands in for bootstrap-t.
    case studentForSmallSample
    /// The quantile lies between the two largest values of a sample too small to carry it.
    case interpolatesTopTwo
    /// Fewer than 10/(1 − p) values carry this percentile (or 10/p for a low one).
    case smallForQuantile
    /// An end of the interval is not identified.
    case endNotIdentified
    /// A value is not above 0, so that no ratio is formed.
    case ratioRefused
    /// The value lies in the part of the sample that was cut off by a timeout.
    case beyondCensoring
    /// Means are withheld because that many values were cut off by a timeout.
    case withheldForCensoring(Int)
    /// Replicates without variance were left out of the studentized distribution.
    case droppedReplicates(Int)
    /// Fewer than 30 effective periods lie in the recording.
    case fewEffectivePeriods
    /// Too few rounds for a time term: the interval carries the prompt term only.
    case promptTermOnly
    /// One prompt: the interval speaks about this prompt, not about prompts like it.
    case onePrompt
    /// The interval treats requests as independent: neither prompts nor rounds repeat, or it was asked for.
    case independentRequests
    /// Too few prompts or rounds to draw from.
    case tooFewToResample
    /// The method has no interval for a mean.
    case noIntervalForMean
}

extension EstimateFlag: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noData: "no data"
        case .singleObservation: "n=1, no interval"
        case .degenerate: "all values are equal"
        case .bcaUndefined: "BCa undefined, percentile interval instead"
        case .studentForSmallSample: "fewer than 10 values, Student t"
        case .interpolatesTopTwo: "interpolation of the top two values"
        case .smallForQuantile: "small sample for this percentile"
        case .endNotIdentified: "an end is not identified"
        case .ratioRefused: "a value is not above 0, no ratio"
        case .beyondCensoring: "beyond the timeouts"
        case .withheldForCensoring(let count): "withheld: \(count) timeouts"
        case .droppedReplicates(let count): "\(count) replicates without variance dropped"
        case .fewEffectivePeriods: "fewer than 30 effective periods"
        case .promptTermOnly: "fewer than 10 rounds, prompt term only"
        case .onePrompt: "one prompt: speaks for this prompt only"
        case .independentRequests: "requests taken as independent"
        case .tooFewToResample: "too few prompts or rounds to resample"
        case .noIntervalForMean: "this method has no interval for a mean"
        }
    }
}

/// A statistic of one sample with its interval.
package struct Estimate: Equatable, Sendable {
    /// The point estimate; `nil` when there is none, and then `flags` says why.
    package var value: Double? { didSet { value = Self.finite(value) } }
    /// The confidence interval; `nil` when none can be made.
    package var interval: Interval?
    /// How the interval was made.
    package var method: IntervalMethod
    /// The standard error where the method has one.
    package var standardError: Double? { didSet { standardError = Self.finite(standardError) } }
    /// The number of values that entered, censored ones included.
    package var count: Int
    /// What to say beside the number, in the order found.
    package var flags: [EstimateFlag]

    package init(
        value: Double?,
        interval: Interval? = nil,
        method: IntervalMethod = .none,
        standardError: Double? = nil,
        count: Int,
        flags: [EstimateFlag] = []
    ) {
        self.value = Self.finite(value)
        self.interval = interval
        self.method = method
        self.standardError = Self.finite(standardError)
        self.count = count
        self.flags = flags
    }

    /// Output never meets NaN or an infinity: what is not a number is absent.
    private static func finite(_ value: Double?) -> Double? {
        value.flatMap { $0.isFinite ? $0 : nil }
    }
}
