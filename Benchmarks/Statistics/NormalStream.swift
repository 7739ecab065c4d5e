// Normal and lognormal draws for simulated recordings (Box and Muller 1958), from one numbered stream.

import Analyzer
import Glibc

/// A seeded stream of normal draws.
struct NormalStream {
    private var stream: RandomStream
    private var spare: Double?

    init(_ key: RandomKey, replicate: Int) {
        stream = key.stream(replicate: UInt64(replicate))
    }

    /// A standard normal number.
    mutating func next() -> Double {
        if let spare {
            self.spare = nil
            return spare
        }
        let radius = (-2 * log(1 - stream.unit())).squareRoot()
        let angle = 2 * Double.pi * stream.unit()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }

    /// A number whose logarithm is normal with mean 0.
    mutating func lognormal(sigma: Double) -> Double {
        exp(sigma * next())
    }

    /// One of 0..<bound.
    mutating func index(below bound: Int) -> Int {
        stream.index(below: UInt64(bound))
    }
}
