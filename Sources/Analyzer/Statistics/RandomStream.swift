// Random numbers that are the same on every machine: SplitMix64 seeds one xoshiro256++ stream per replicate
// (Steele, Lea and Flood 2014; Blackman and Vigna 2021).

/// SplitMix64: a 64-bit counter passed through a mixer; used for keys only.
struct SplitMix64: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// The finalizer: a bijection of 64 bits.
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// What picks one stream out of all: the user's seed and what the draws are for, such as `ci/mean/ttft_ms/<group>`.
package struct RandomKey: Hashable, Sendable {
    /// The seed that every report prints.
    package let seed: UInt64
    /// What the draws are for; two uses with different labels share no stream.
    package let label: String
    private let base: UInt64

    package init(seed: UInt64, label: String) {
        self.seed = seed
        self.label = label
        base = SplitMix64.mix(SplitMix64.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ Self.fnv1a(label))
    }

    /// The stream of one replicate: it depends on seed, label and number only, so not on threads or order.
    package func stream(replicate: UInt64) -> RandomStream {
        RandomStream(seed: base ^ SplitMix64.mix(replicate &+ 0xD1B5_4A32_D192_ED03))
    }

    /// A key for a part of this one's work.
    package func appending(_ part: String) -> RandomKey {
        RandomKey(seed: seed, label: label + "/" + part)
    }

    /// 64-bit FNV-1a over the label's UTF-8.
    static func fnv1a(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return hash
    }
}

/// xoshiro256++: 256 bits of state, one 64-bit draw per index.
package struct RandomStream: Sendable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    /// A stream whose state is the next four numbers of SplitMix64 from `seed`.
    init(seed: UInt64) {
        var source = SplitMix64(seed: seed)
        s0 = source.next()
        s1 = source.next()
        s2 = source.next()
        s3 = source.next()
    }

    /// A stream with a given state, not all zero.
    init(state: (UInt64, UInt64, UInt64, UInt64)) {
        (s0, s1, s2, s3) = state
    }

    /// The next 64 bits.
    @inline(__always)
    package mutating func next() -> UInt64 {
        let sum = s0 &+ s3
        let result = ((sum &<< 23) | (sum &>> 41)) &+ s0
        let t = s1 &<< 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = (s3 &<< 45) | (s3 &>> 19)
        return result
    }

    /// An index in `0 ..< bound` by the high half of a 128-bit product; its bias is at most bound / 2⁶⁴.
    @inline(__always)
    package mutating func index(below bound: UInt64) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: bound).high)
    }

    /// A number in [0, 1) with 53 random bits.
    @inline(__always)
    package mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}
