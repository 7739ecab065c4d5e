// The incomplete beta function and the distributions that are made of it: binomial, beta, Student's t
// (DLMF 8.17.22 for the continued fraction; Loader 2000, "Fast and accurate computation of binomial probabilities").

extension SpecialFunctions {
    /// x ln(x/m) + m − x without cancellation near x = m (Loader 2000, "bd0").
    static func deviance(_ x: Double, _ mean: Double) -> Double {
        guard x > 0 else { return mean }
        let difference = x - mean
        if abs(difference) < 0.1 * (x + mean) {
            let v = difference / (x + mean)
            var sum = difference * v
            var term = 2 * x * v
            var odd = 1.0
            while true {
                term *= v * v
                odd += 2
                let next = sum + term / odd
                if next == sum { return next }
                sum = next
            }
        }
        return x * Elementary.log(x / mean) + mean - x
    }

    /// ln of C(n, k) pᵏ qⁿ⁻ᵏ for real 0 ≤ k ≤ n; both p and q = 1 − p are given so that neither loses digits.
    static func logBinomialMass(_ k: Double, _ n: Double, p: Double, q: Double) -> Double {
        guard p > 0 else { return k == 0 ? 0 : -.infinity }
        guard q > 0 else { return k == n ? 0 : -.infinity }
        if k == 0 { return p < 0.1 ? n * Elementary.log1p(-p) : n * Elementary.log(q) }
        if k == n { return q < 0.1 ? n * Elementary.log1p(-q) : n * Elementary.log(p) }
        let correction =
            stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n * p) - deviance(n - k, n * q)
        return correction + 0.5 * Elementary.log(n / (k * (n - k))) - logSquareRootOfTwoPi
    }

    /// I_x(a, b) and its complement, for a, b > 0; `y` = 1 − x is given beside x so that neither loses digits.
    static func incompleteBeta(_ a: Double, _ b: Double, x: Double, y: Double) -> (lower: Double, upper: Double) {
        guard x > 0 else { return (0, 1) }
        guard y > 0 else { return (1, 0) }
        // xᵃ yᵇ / B(a, b), by way of the binomial mass of which it is a multiple.
        let prefactor = Elementary.exp(logBinomialMass(a, a + b, p: x, q: y)) * (a * b / (a + b))
        if x <= a / (a + b) {
            let lower = min(max(prefactor * betaFraction(a, b, x: x, y: y), 0), 1)
            return (lower, 1 - lower)
        }
        let upper = min(max(prefactor * betaFraction(b, a, x: y, y: x), 0), 1)
        return (1 - upper, upper)
    }

    /// The continued fraction of Didonato and Morris 1992, equation 9, which converges in O(√max(a, b)) for x < a/(a+b).
    private static func betaFraction(_ a: Double, _ b: Double, x: Double, y: Double) -> Double {
        let excess = a * y - b * x
        // Lentz's method on a₁/(β₀+ a₂/(β₁+ …)) with αₘ, βₘ of the paper.
        var c = (a / (a + 1)) * (excess + 1)
        c = nonZero(c)
        var d = 0.0
        var fraction = c
        for step in 1...200_000 {
            let m = Double(step)
            let odd = a + 2 * m - 1
            let alpha = ((a + m - 1) / odd) * ((a + b + m - 1) / odd) * m * (b - m) * x * x
            let beta =
                m + (m * (b - m) * x) / odd + ((a + m) / (odd + 2)) * (excess + 1 + m * (1 + y))
            d = 1 / nonZero(beta + alpha * d)
            c = nonZero(beta + alpha / c)
            let ratio = c * d
            fraction *= ratio
            if abs(ratio - 1) < 2e-16 { break }
        }
        return 1 / fraction
    }

    // MARK: Binomial

    /// P(Bin(n, p) ≥ r) and its complement P(Bin(n, p) < r).
    static func binomialTail(_ n: Int, p: Double, atLeast r: Int) -> (atLeast: Double, below: Double) {
        if r <= 0 { return (1, 0) }
        if r > n { return (0, 1) }
        let parts = incompleteBeta(Double(r), Double(n - r + 1), x: p, y: 1 - p)
        return (parts.lower, parts.upper)
    }

    // MARK: Student's t

    /// From so many degrees of freedom on, Student's distribution is the normal to ten digits.
    private static let normalFrom = 1e10

    /// P(T ≤ t) with `degrees` > 0 degrees of freedom, which may be fractional.
    static func studentCDF(_ t: Double, degrees: Double) -> Double {
        guard t.isFinite else { return t > 0 ? 1 : 0 }
        guard degrees < normalFrom else { return normalCDF(t) }
        let square = t * t
        guard square.isFinite else { return t > 0 ? 1 : 0 }
        let x = degrees / (degrees + square)
        let tail = incompleteBeta(degrees / 2, 0.5, x: x, y: square / (degrees + square)).lower / 2
        return t > 0 ? 1 - tail : tail
    }

    /// P(|T| > |t|).
    static func studentTwoSidedP(_ t: Double, degrees: Double) -> Double {
        min(1, 2 * studentCDF(-abs(t), degrees: degrees))
    }

    /// The quantile of Student's t by safeguarded Newton steps from the normal's.
    static func studentQuantile(_ p: Double, degrees: Double) -> Double {
        guard p > 0 else { return -.infinity }
        guard p < 1 else { return .infinity }
        if p == 0.5 { return 0 }
        guard degrees < normalFrom else { return normalQuantile(p) }
        if p > 0.5 { return -studentQuantile(1 - p, degrees: degrees) }
        var high = 0.0
        var low = min(normalQuantile(p), -1)
        while studentCDF(low, degrees: degrees) > p, low > -1e300 { low *= 2 }
        var t = max(min(normalQuantile(p), high), low)
        let logScale =
            logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - 0.5 * Elementary.log(degrees * Double.pi)
        for _ in 0..<200 {
            let excess = studentCDF(t, degrees: degrees) - p
            if excess == 0 { return t }
            if excess > 0 { high = t } else { low = t }
            let density = Elementary.exp(logScale - (degrees + 1) / 2 * Elementary.log1p(t * t / degrees))
            var next = t - excess / density
            if !(next > low && next < high) { next = low + (high - low) / 2 }
            if abs(next - t) <= 1e-15 * abs(t) { return next }
            t = next
        }
        return t
    }
}
