// Maps values to places on a chart, and chooses the ticks a reader expects (Heckbert, "Nice numbers for graph labels",
// Graphics Gems I, 1990).

/// A linear or logarithmic mapping of a domain of values to a range of coordinates.
struct Scale: Sendable {
    /// How distances between values become distances on the page.
    enum Kind: Sendable {
        case linear
        case logarithmic
    }

    let kind: Kind
    let domain: ClosedRange<Double>
    let start: Double
    let end: Double

    /// Makes a scale whose domain is widened to nice ends, unless its ends are exact; an empty domain becomes a small one
    /// around its value.
    init(_ kind: Kind, over values: ClosedRange<Double>, from start: Double, to end: Double, isExact: Bool = false) {
        self.kind = kind
        self.start = start
        self.end = end
        switch kind {
        case .linear:
            var (low, high) = (values.lowerBound, values.upperBound)
            if high - low <= 0 {
                let margin = max(abs(low) * 0.1, 1e-9)
                (low, high) = (low - margin, high + margin)
            }
            let step = Self.niceStep(high - low, count: 5)
            domain =
                isExact
                ? low...high
                : ((low / step).rounded(.down) * step)...((high / step).rounded(.up) * step)
        case .logarithmic:
            let low = max(values.lowerBound, 1e-6)
            let high = max(values.upperBound, low * 1.1)
            domain = (low / 1.05)...(high * 1.05)
        }
    }

    /// The coordinate of `value`; values outside the domain fall on its ends.
    func position(_ value: Double) -> Double {
        let clamped = min(max(value, domain.lowerBound), domain.upperBound)
        let share: Double
        switch kind {
        case .linear:
            share = (clamped - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
        case .logarithmic:
            share =
                Logarithm.base10(clamped / domain.lowerBound) / Logarithm.base10(domain.upperBound / domain.lowerBound)
        }
        return start + share * (end - start)
    }

    /// The value at a coordinate: the inverse of ``position(_:)``.
    func value(at coordinate: Double) -> Double {
        let share = (coordinate - start) / (end - start)
        switch kind {
        case .linear: return domain.lowerBound + share * (domain.upperBound - domain.lowerBound)
        case .logarithmic:
            let decades = Logarithm.base10(domain.upperBound / domain.lowerBound)
            return domain.lowerBound * Logarithm.raise10(share * decades)
        }
    }

    /// The values to mark, within the domain, rising.
    var ticks: [Double] {
        switch kind {
        case .linear:
            let step = Self.niceStep(domain.upperBound - domain.lowerBound, count: 6)
            let first = (domain.lowerBound / step - 1e-9).rounded(.up)
            let last = (domain.upperBound / step + 1e-9).rounded(.down)
            guard first <= last, last - first < 100 else { return [domain.lowerBound, domain.upperBound] }
            return (0...Int(last - first)).map { (first + Double($0)) * step }
        case .logarithmic:
            let decades = Logarithm.base10(domain.upperBound / domain.lowerBound)
            let mantissas: [Double] = decades > 3 ? [1] : decades > 1.2 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8]
            var ticks: [Double] = []
            var decade = Logarithm.power10(Int(Logarithm.base10(domain.lowerBound).rounded(.down)))
            while decade <= domain.upperBound {
                ticks += mantissas.map { $0 * decade }.filter { domain.contains($0) }
                decade *= 10
            }
            return ticks.isEmpty ? [domain.lowerBound, domain.upperBound] : ticks
        }
    }

    private static func niceStep(_ span: Double, count: Int) -> Double {
        let rough = span / Double(count)
        let decade = Logarithm.power10(Int(Logarithm.base10(rough).rounded(.down)))
        let mantissa = rough / decade
        return (mantissa < 1.5 ? 1 : mantissa < 3 ? 2 : mantissa < 7 ? 5 : 10) * decade
    }
}
