// Simulated latencies with the causes that real recordings have: the prompt, the time, and chance.

import Analyzer
import Glibc

/// A lognormal model: log latency = prompt effect + time effect + noise; time is a stationary AR(1) series of rounds.
struct RecordingModel: Sendable {
    var prompts: Int
    var rounds: Int
    var promptDeviation = 0.4
    var timeDeviation = 0.15
    var noiseDeviation = 0.3
    var correlation = 0.9

    /// One recording: prompt effects and time effects, from which any arm is drawn.
    struct Draw {
        var prompts: [Double]
        var times: [Double]
        var stream: NormalStream
    }

    /// Draws effects.
    func draw(_ key: RandomKey, _ repetition: Int) -> Draw {
        var stream = NormalStream(key, replicate: repetition)
        let effects = (0..<prompts).map { _ in promptDeviation * stream.next() }
        return Draw(prompts: effects, times: series(&stream), stream: stream)
    }

    /// The time effects of successive rounds.
    func series(_ stream: inout NormalStream) -> [Double] {
        var current = timeDeviation * stream.next()
        let innovation = timeDeviation * (1 - correlation * correlation).squareRoot()
        return (0..<rounds).map { _ in
            defer { current = correlation * current + innovation * stream.next() }
            return current
        }
    }

    /// Every prompt once in each of the rounds `times` is for.
    func arm(_ draw: inout Draw, times: [Double]? = nil, factor: Double = 1) -> Arm {
        let times = times ?? draw.times
        var values: [Double] = []
        var promptNumbers: [Int] = []
        var roundNumbers: [Int] = []
        for (round, time) in times.enumerated() {
            for (prompt, effect) in draw.prompts.enumerated() {
                values.append(factor * exp(effect + time + noiseDeviation * draw.stream.next()))
                promptNumbers.append(prompt)
                roundNumbers.append(round)
            }
        }
        return Arm(values: values, prompts: promptNumbers, rounds: roundNumbers)
    }

    // MARK: The truth

    /// The variance of what differs between two requests with the same prompt.
    private var variance: Double { timeDeviation * timeDeviation + noiseDeviation * noiseDeviation }

    /// The mean over prompts like these, or over the given prompt effects.
    func mean(fixedPrompts: [Double]? = nil) -> Double {
        guard let fixedPrompts else { return exp((promptDeviation * promptDeviation + variance) / 2) }
        return fixedPrompts.map { exp($0 + variance / 2) }.reduce(0, +) / Double(fixedPrompts.count)
    }

    /// The quantile over prompts like these, or of the mixture of the given prompts.
    func quantile(_ p: Double, fixedPrompts: [Double]? = nil) -> Double {
        let effects = fixedPrompts ?? [0]
        let deviation =
            fixedPrompts == nil ? (promptDeviation * promptDeviation + variance).squareRoot() : variance.squareRoot()
        func cumulative(_ logValue: Double) -> Double {
            effects.map { 0.5 * erfc(-(logValue - $0) / deviation / 2.0.squareRoot()) }.reduce(0, +)
                / Double(effects.count)
        }
        var low = -20.0
        var high = 20.0
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if cumulative(middle) < p { low = middle } else { high = middle }
        }
        return exp((low + high) / 2)
    }
}
