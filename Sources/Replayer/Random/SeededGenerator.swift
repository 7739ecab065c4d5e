// Seeded random numbers: xoshiro256++ 1.0 (Blackman and Vigna 2019), its state filled by SplitMix64 (Steele et al. 2014).

/// Mixes 64 bits so that every input bit reaches every output bit (SplitMix64's finalizer).
func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

/// A generator whose numbers depend on its seed alone, so that an answer is the same in any order of arrival.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Starts the sequence that belongs to `seed`.
    package init(seed: UInt64) {
        var counter = seed
        func next() -> UInt64 {
            counter &+= 0x9E37_79B9_7F4A_7C15
            return mix(counter)
        }
        state = (next(), next(), next(), next())
    }

    /// Goes on from a state, which must not be all zeros.
    init(state: (UInt64, UInt64, UInt64, UInt64)) {
        self.state = state
    }

    package mutating func next() -> UInt64 {
        let sum = state.0 &+ state.3
        let result = (sum << 23 | sum >> 41) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }

    /// A number uniform in the open interval from 0 to 1.
    mutating func unitInterval() -> Double {
        (Double(next() >> 11) + 0.5) * 0x1p-53
    }
}

/// What a random draw is for: each purpose has a sequence of its own, so that a change to one leaves the others alone.
enum DrawPurpose: UInt64 {
    case timing = 1
    case length
    case text
    case padding
    case identifiers
    case faults
}
