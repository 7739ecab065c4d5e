// The normal distribution and the gamma function, kept here so that results don't depend on a C library's version
// (Wichura 1988, AS 241; Marsaglia 2004, "Evaluating the Normal Distribution"; Loader 2000, saddle-point binomial).

/// Distribution functions and the constants they are made of; every function is total and returns no NaN for finite
/// arguments inside its stated domain.
enum SpecialFunctions {
    static let logSquareRootOfTwoPi = 0.918938533204672741780329736406

    // MARK: Gamma

    /// Stirling's error δ(x) = ln Γ(x+1) − (x+½) ln x + x − ½ ln 2π for x > 0 (Loader 2000, section 3).
    static func stirlingError(_ x: Double) -> Double {
        if x < 16 {
            return logGamma(x + 1) - (x + 0.5) * Elementary.log(x) + x - logSquareRootOfTwoPi
        }
        return stirlingSeries(x)
    }

    /// ln Γ(x) for x > 0; +∞ at 0.
    static func logGamma(_ x: Double) -> Double {
        guard x > 0 else { return .infinity }
        if x == 1 || x == 2 { return 0 }
        // Below 16 the asymptotic series is short of digits: go up by the recurrence Γ(x+1) = xΓ(x).
        var shifted = x
        var product = 1.0
        while shifted < 16 {
            product *= shifted
            shifted += 1
        }
        let tail = (shifted - 0.5) * Elementary.log(shifted) - shifted + logSquareRootOfTwoPi + stirlingSeries(shifted)
        return product == 1 ? tail : tail - Elementary.log(product)
    }

    /// The Bernoulli series of Stirling's error, good to the last digit from 16 on.
    private static func stirlingSeries(_ x: Double) -> Double {
        let inverse = 1 / x
        let square = inverse * inverse
        var sum = -691.0 / 360_360
        for coefficient in [1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12] {
            sum = sum * square + coefficient
        }
        return sum * inverse
    }

    /// ln C(n, k) for real 0 ≤ k ≤ n.
    static func logBinomialCoefficient(_ n: Double, _ k: Double) -> Double {
        logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
    }

    /// The regularized upper incomplete gamma function Q(a, x), for a > 0 and x ≥ 0.
    static func upperGamma(_ a: Double, _ x: Double) -> Double {
        guard x > 0 else { return 1 }
        guard x < .infinity else { return 0 }
        let prefactor = Elementary.exp(a * Elementary.log(x) - x - logGamma(a))
        if x < a + 1 {
            var term = 1 / a
            var sum = term
            var denominator = a
            while abs(term) > abs(sum) * 1e-17 {
                denominator += 1
                term *= x / denominator
                sum += term
            }
            return min(max(1 - sum * prefactor, 0), 1)
        }
        // Legendre's continued fraction by the modified Lentz method.
        var b = x + 1 - a
        var c = 1e300
        var d = 1 / b
        var fraction = d
        for i in 1...100_000 {
            let an = -Double(i) * (Double(i) - a)
            b += 2
            d = 1 / nonZero(an * d + b)
            c = nonZero(b + an / c)
            let step = d * c
            fraction *= step
            if abs(step - 1) < 1e-16 { break }
        }
        return min(max(prefactor * fraction, 0), 1)
    }

    /// P(χ² > x) with `degrees` degrees of freedom.
    static func chiSquareUpperTail(_ x: Double, degrees: Double) -> Double {
        upperGamma(degrees / 2, max(x, 0) / 2)
    }

    @inline(__always)
    static func nonZero(_ x: Double) -> Double {
        abs(x) < 1e-300 ? 1e-300 : x
    }

    // MARK: Normal

    /// φ(x) without the error that rounding x² would bring.
    private static func normalDensity(_ x: Double) -> Double {
        let coarse = (x * 16).rounded(.towardZero) / 16
        let rest = (x - coarse) * (x + coarse)
        return Elementary.exp(-coarse * coarse / 2) * Elementary.exp(-rest / 2) * 0.398942280401432677939946059934
    }

    /// Φ(x), the standard normal distribution function.
    static func normalCDF(_ x: Double) -> Double {
        guard x.isFinite else { return x > 0 ? 1 : 0 }
        if abs(x) < 1.5 {
            // Marsaglia's series: Φ(x) = ½ + φ(x)(x + x³/3 + x⁵/(3·5) + …).
            var term = x
            var sum = x
            var odd = 1.0
            while abs(term) > abs(sum) * 1e-17 {
                odd += 2
                term *= x * x / odd
                sum += term
            }
            return 0.5 + normalDensity(x) * sum
        }
        let tail = normalTail(abs(x))
        return x < 0 ? tail : 1 - tail
    }

    /// P(Z > x) for x ≥ 1.5: density times Mills' ratio, whose continued fraction is x + 1/(x + 2/(x + 3/(x + …))).
    private static func normalTail(_ x: Double) -> Double {
        guard x < 40 else { return 0 }
        // The number of terms that double precision needs falls with x².
        var fraction = x
        var k = (20 + 600 / (x * x)).rounded()
        while k >= 1 {
            fraction = x + k / fraction
            k -= 1
        }
        return normalDensity(x) / fraction
    }

    /// P(|Z| > |z|).
    static func normalTwoSidedP(_ z: Double) -> Double {
        min(1, 2 * normalCDF(-abs(z)))
    }

    /// Φ⁻¹(p) (Wichura 1988, algorithm PPND16); ∓∞ at 0 and 1.
    static func normalQuantile(_ p: Double) -> Double {
        guard p > 0 else { return -.infinity }
        guard p < 1 else { return .infinity }
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * polynomial(r, Wichura.a) / polynomial(r, Wichura.b)
        }
        var r = (-Elementary.log(q < 0 ? p : 1 - p)).squareRoot()
        let value: Double
        if r <= 5 {
            r -= 1.6
            value = polynomial(r, Wichura.c) / polynomial(r, Wichura.d)
        } else {
            r -= 5
            value = polynomial(r, Wichura.e) / polynomial(r, Wichura.f)
        }
        return q < 0 ? -value : value
    }

    private static func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
        var sum = 0.0
        for coefficient in coefficients.reversed() {
            sum = sum * x + coefficient
        }
        return sum
    }

    /// The rational approximations of AS 241, ascending powers.
    private enum Wichura {
        static let a = [
            3.3871328727963666080, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
            4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3,
        ]
        static let b = [
            1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
            2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3,
        ]
        static let c = [
            1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
            1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
        ]
        static let d = [
            1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
            1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
        ]
        static let e = [
            6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
            2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
        ]
        static let f = [
            1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
            7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
        ]
    }
}
