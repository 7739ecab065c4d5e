// Distribution functions against 50-digit mpmath, and against values that follow by hand.

import Testing

@testable import Analyzer

@Suite("special functions", .enabled(if: Oracle.isPresent, Oracle.absent))
struct SpecialFunctionsOracleTests {
    private let special = Oracle.root["special"]

    @Test("the normal distribution function keeps its digits in both tails")
    func normal() throws {
        #expect(special["norm_cdf"].items.count > 10)
        for row in special["norm_cdf"].items {
            let x = try #require(row[0].number)
            #expect(agrees(SpecialFunctions.normalCDF(x), row[1].number, relative: 4e-15), "x = \(x)")
        }
    }

    @Test("the normal quantile agrees to 1e-15")
    func normalQuantile() throws {
        for row in special["norm_ppf"].items {
            let p = try #require(row[0].number)
            #expect(
                agrees(SpecialFunctions.normalQuantile(p), row[1].number, relative: 2e-15, absolute: 1e-16),
                "p = \(p)"
            )
        }
    }

    @Test("the incomplete beta function agrees to 1e-13")
    func beta() throws {
        for row in special["betainc"].items {
            let a = try #require(row[0].number)
            let b = try #require(row[1].number)
            let x = try #require(row[2].number)
            let value = SpecialFunctions.incompleteBeta(a, b, x: x, y: 1 - x).lower
            #expect(agrees(value, row[3].number, relative: 1e-13), "I_\(x)(\(a), \(b))")
        }
    }

    @Test("Student's distribution and quantile agree")
    func student() throws {
        for row in special["t_cdf"].items {
            let t = try #require(row[0].number)
            let degrees = try #require(row[1].number)
            #expect(agrees(SpecialFunctions.studentCDF(t, degrees: degrees), row[2].number, relative: 1e-14))
        }
        for row in special["t_ppf_975"].items {
            let degrees = try #require(row[0].number)
            #expect(
                agrees(SpecialFunctions.studentQuantile(0.975, degrees: degrees), row[1].number, relative: 1e-13),
                "\(degrees) degrees"
            )
        }
    }

    @Test("binomial tails agree at sizes up to 100,000")
    func binomial() throws {
        for row in special["binom_cdf"].items {
            let k = try #require(row[0].int)
            let n = try #require(row[1].int)
            let p = try #require(row[2].number)
            let value = SpecialFunctions.binomialTail(n, p: p, atLeast: k + 1).below
            #expect(agrees(value, row[3].number, relative: 1e-12), "P(Bin(\(n), \(p)) <= \(k))")
        }
    }

    @Test("the log-gamma function agrees")
    func gamma() throws {
        for row in special["lgamma"].items {
            let x = try #require(row[0].number)
            #expect(agrees(SpecialFunctions.logGamma(x), row[1].number, relative: 1e-14, absolute: 4e-15), "x = \(x)")
        }
    }
}

@Suite("special functions by hand")
struct SpecialFunctionsTests {
    @Test("the binomial tail is the sum of its terms", arguments: [1, 2, 5, 17, 40, 99], [0.01, 0.3, 0.5, 0.9, 0.999])
    func binomialSums(n: Int, p: Double) {
        // Plain summation of C(n, k) pᵏ qⁿ⁻ᵏ, the coefficients by Pascal's rule.
        var row = [1.0]
        for _ in 0..<n { row = zip(row + [0], [0] + row).map { $0 + $1 } }
        for r in 0...n {
            var sum = 0.0
            for k in r...n {
                var term = row[k]
                for _ in 0..<k { term *= p }
                for _ in 0..<(n - k) { term *= 1 - p }
                sum += term
            }
            let tail = SpecialFunctions.binomialTail(n, p: p, atLeast: r)
            #expect(agrees(tail.atLeast, min(sum, 1), relative: 1e-12), "n \(n), p \(p), r \(r)")
            #expect(abs(tail.atLeast + tail.below - 1) < 1e-12)
        }
    }

    @Test(
        "the quantile undoes the distribution function",
        arguments: [-8.0, -3, -1.5, -1.49, -0.1, 0, 0.4, 1.5, 2.5, 5]
    )
    func inverse(z: Double) {
        #expect(abs(SpecialFunctions.normalQuantile(SpecialFunctions.normalCDF(z)) - z) < 1e-9)
    }

    @Test("the chi-square tail with two degrees is exp(-x/2)", arguments: [0.0, 0.1, 1, 2.9, 3.1, 10, 100, 1400])
    func chiSquare(x: Double) {
        #expect(agrees(SpecialFunctions.chiSquareUpperTail(x, degrees: 2), Elementary.exp(-x / 2), relative: 1e-12))
    }

    @Test("arguments at the edge give limits, not NaN")
    func edges() {
        #expect(SpecialFunctions.normalCDF(.infinity) == 1)
        #expect(SpecialFunctions.normalCDF(-.infinity) == 0)
        #expect(SpecialFunctions.normalCDF(-40) == 0)
        #expect(SpecialFunctions.normalQuantile(0) == -.infinity)
        #expect(SpecialFunctions.normalQuantile(1) == .infinity)
        #expect(SpecialFunctions.studentQuantile(1, degrees: 3) == .infinity)
        #expect(SpecialFunctions.studentCDF(1e200, degrees: 3) == 1)
        #expect(SpecialFunctions.logGamma(0) == .infinity)
        #expect(SpecialFunctions.studentCDF(1, degrees: .infinity) == SpecialFunctions.normalCDF(1))
        #expect(SpecialFunctions.studentQuantile(0.1, degrees: .infinity) == SpecialFunctions.normalQuantile(0.1))
    }
}
