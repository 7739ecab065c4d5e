// The bootstrap distribution of the mean without resampling: all resamples of a small sample, else the n-fold convolution
// of the sample's own distribution by Fourier transform (Fisher and Hall 1991; docs/statistics.md).

/// The law of the mean of n draws with replacement.
package struct ExactMeanBootstrap: BootstrapLaw {
    package let estimate: Double
    /// The standard deviation of the law, which is known in closed form.
    package let standardError: Double
    private let law: Law

    private enum Law {
        case atoms(DiscreteLaw)
        /// P(θ* ≤ start + (i + ½) step) for the i-th entry: each grid point's mass is spread over its cell.
        case grid(start: Double, step: Double, cumulative: [Double])
    }

    /// Samples up to this size have few enough distinct resamples to list them all.
    static let largestListed = 8
    private static let log2GridSize = 14
    /// Half the width of the grid in standard deviations of the sum; beyond it lies nothing that a level could reach.
    private static let reach = 12.0

    /// Computes the law; `nil` for no values or for values whose spread leaves the range of a double.
    package init?(_ values: [Double]) {
        guard let mean = Moments.mean(values), mean.isFinite else { return nil }
        let n = values.count
        estimate = mean
        guard n > 1, let deviation = Moments.standardDeviation(values) else {
            guard n == 1 else { return nil }
            standardError = 0
            law = .atoms(DiscreteLaw(estimate: mean, atoms: [(mean, 1)]))
            return
        }
        let spread = deviation * (Double(n - 1) / Double(n)).squareRoot()
        standardError = spread / Double(n).squareRoot()
        if spread == 0 {
            law = .atoms(DiscreteLaw(estimate: mean, atoms: [(mean, 1)]))
        } else if n <= Self.largestListed {
            law = .atoms(DiscreteLaw(estimate: mean, atoms: Self.listResamples(values)))
        } else {
            law = Self.convolve(values, mean: mean, spread: spread)
        }
    }

    // MARK: Small samples

    /// Every multiset of n draws with its probability n! / (Π kᵢ! nⁿ).
    private static func listResamples(_ values: [Double]) -> [(value: Double, mass: Double)] {
        let n = values.count
        var atoms: [(value: Double, mass: Double)] = []
        func draw(_ index: Int, _ left: Int, _ sum: Double, _ ways: Double) {
            if index == n - 1 {
                atoms.append(((sum + Double(left) * values[index]) / Double(n), ways))
                return
            }
            // `ways` is multiplied by C(left, k) as k grows.
            var choose = 1.0
            for k in 0...left {
                draw(index + 1, left - k, sum + Double(k) * values[index], ways * choose)
                choose *= Double(left - k) / Double(k + 1)
            }
        }
        draw(0, n, 0, 1)
        return atoms
    }

    // MARK: Convolution

    private static func convolve(_ values: [Double], mean: Double, spread: Double) -> Law {
        let n = values.count
        let transform = FastFourierTransform(log2Count: log2GridSize)
        let size = transform.count
        // In units of the spread, so that neither tiny nor huge values leave the range of a double.
        let step = 2 * reach * Double(n).squareRoot() / Double(size)
        var real = [Double](repeating: 0, count: size)
        var imaginary = [Double](repeating: 0, count: size)
        // Linear binning keeps the mean and widens the variance by f (1 − f) step², which is undone at the end.
        var widening = 0.0
        for value in values {
            let position = (value - mean) / spread / step
            let cell = position.rounded(.down)
            let fraction = position - cell
            let index = Int(cell)
            real[index & (size - 1)] += (1 - fraction) / Double(n)
            real[(index + 1) & (size - 1)] += fraction / Double(n)
            widening += fraction * (1 - fraction)
        }
        transform.transform(real: &real, imaginary: &imaginary)
        for k in 0...(size / 2) {
            let power = raise(real[k], imaginary[k], to: n)
            real[k] = power.real
            imaginary[k] = power.imaginary
            // The transform of real numbers is its own mirror image, conjugated.
            if k > 0, k < size / 2 {
                real[size - k] = power.real
                imaginary[size - k] = -power.imaginary
            }
        }
        transform.transform(real: &imaginary, imaginary: &real)

        var cumulative = [Double](repeating: 0, count: size)
        var sum = 0.0
        for i in 0..<size {
            // Tiny negative masses are rounding.
            sum += max(0, real[(i + size / 2) & (size - 1)])
            cumulative[i] = sum
        }
        for i in 0..<size { cumulative[i] /= sum }
        let narrowing = 1 / (1 + widening / Double(n) * step * step).squareRoot()
        let scaledStep = spread * (step * narrowing / Double(n))
        return .grid(start: mean - Double(size / 2) * scaledStep, step: scaledStep, cumulative: cumulative)
    }

    /// zⁿ by repeated squaring: no logarithm, no angle.
    @inline(__always)
    private static func raise(_ re: Double, _ im: Double, to n: Int) -> (real: Double, imaginary: Double) {
        var base = (re, im)
        var result = (1.0, 0.0)
        var exponent = n
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = (result.0 * base.0 - result.1 * base.1, result.0 * base.1 + result.1 * base.0)
            }
            base = (base.0 * base.0 - base.1 * base.1, 2 * base.0 * base.1)
            exponent >>= 1
        }
        return result
    }

    // MARK: Reading

    package var isDegenerate: Bool { standardError == 0 }

    package var probabilityBelowEstimate: Double {
        switch law {
        case .atoms(let law): law.probabilityBelowEstimate
        case .grid(_, _, let cumulative):
            (cumulative[cumulative.count / 2 - 1] + cumulative[cumulative.count / 2]) / 2
        }
    }

    package func quantile(level: Double) -> Double? {
        switch law {
        case .atoms(let law):
            return law.quantile(level: level)
        case .grid(let start, let step, let cumulative):
            let index = cumulative.firstIndexSorted { $0 >= level }
            guard index < cumulative.count else { return start + (Double(cumulative.count) - 0.5) * step }
            let before = index == 0 ? 0 : cumulative[index - 1]
            let mass = cumulative[index] - before
            let part = mass > 0 ? (level - before) / mass : 0
            return start + (Double(index) - 0.5 + part) * step
        }
    }
}
