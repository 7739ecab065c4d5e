// The discrete Fourier transform of power-of-two length (Cooley and Tukey 1965), in place, decimation in time.

/// Twiddle factors of one length, used for any number of transforms.
struct FastFourierTransform {
    /// The number of points, a power of two.
    let count: Int
    private let cosines: [Double]
    private let sines: [Double]

    init(log2Count: Int) {
        count = 1 << log2Count
        let step = -2 * Double.pi / Double(count)
        cosines = (0..<(count / 2)).map { Elementary.cos(step * Double($0)) }
        sines = (0..<(count / 2)).map { Elementary.sin(step * Double($0)) }
    }

    /// Replaces the sequence by Σ xⱼ exp(−2πi jk / n), without scaling; swap the two arguments for the inverse.
    func transform(real: inout [Double], imaginary: inout [Double]) {
        guard real.count == count, imaginary.count == count, count > 1 else { return }
        real.withUnsafeMutableBufferPointer { re in
            imaginary.withUnsafeMutableBufferPointer { im in
                cosines.withUnsafeBufferPointer { cosines in
                    sines.withUnsafeBufferPointer { sines in
                        Self.reverseBits(re, im)
                        Self.butterflies(re, im, cosines, sines)
                    }
                }
            }
        }
    }

    private static func reverseBits(_ re: UnsafeMutableBufferPointer<Double>, _ im: UnsafeMutableBufferPointer<Double>)
    {
        var j = 0
        for i in 1..<re.count {
            var bit = re.count >> 1
            while j & bit != 0 {
                j ^= bit
                bit >>= 1
            }
            j |= bit
            if i < j {
                re.swapAt(i, j)
                im.swapAt(i, j)
            }
        }
    }

    private static func butterflies(
        _ re: UnsafeMutableBufferPointer<Double>,
        _ im: UnsafeMutableBufferPointer<Double>,
        _ cosines: UnsafeBufferPointer<Double>,
        _ sines: UnsafeBufferPointer<Double>
    ) {
        let n = re.count
        var half = 1
        while half < n {
            let stride = n / (2 * half)
            var start = 0
            while start < n {
                for k in 0..<half {
                    let c = cosines[k &* stride]
                    let s = sines[k &* stride]
                    let upper = start &+ k
                    let lower = upper &+ half
                    let real = re[lower] * c - im[lower] * s
                    let imaginary = re[lower] * s + im[lower] * c
                    re[lower] = re[upper] - real
                    im[lower] = im[upper] - imaginary
                    re[upper] += real
                    im[upper] += imaginary
                }
                start += 2 * half
            }
            half *= 2
        }
    }
}
