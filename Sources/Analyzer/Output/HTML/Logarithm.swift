// Base-10 logarithms for axes, with whole powers exact.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum Logarithm {
    /// The base-10 logarithm of a positive value.
    static func base10(_ value: Double) -> Double {
        log10(value)
    }

    /// Ten to a whole power, exact where a `Double` can be.
    static func power10(_ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<min(abs(exponent), 308) { power *= 10 }
        return exponent < 0 ? 1 / power : power
    }

    /// Ten to any power.
    static func raise10(_ exponent: Double) -> Double {
        pow(10, exponent)
    }
}

extension Double {
    /// The real cube root.
    var cubeRoot: Double { cbrt(self) }
}
