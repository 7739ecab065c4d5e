// A scenario learnt from answers gives answers that cannot be told from them.

import Core
import Foundation
import Testing

@testable import Replayer

@Suite("Learning")
struct LearningTests {
    /// The two-sample Kolmogorov–Smirnov statistic over its critical value at 1 % (Smirnov's asymptotic 1.628).
    static func kolmogorovSmirnov(_ one: [Double], _ other: [Double]) -> Double {
        let (a, b) = (one.sorted(), other.sorted())
        var (i, j, distance) = (0, 0, 0.0)
        while i < a.count, j < b.count {
            let value = min(a[i], b[j])
            while i < a.count, a[i] == value { i += 1 }
            while j < b.count, b[j] == value { j += 1 }
            distance = max(distance, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
        }
        let (n, m) = (Double(a.count), Double(b.count))
        return distance / (1.628 * ((n + m) / (n * m)).squareRoot())
    }

    /// A recording of `count` answers of a source, every chunk exactly on time.
    static func recording(_ source: ScenarioSource, count: Int, latency: String? = nil) -> Recording {
        var recording = Recording()
        for index in 0..<count {
            let request = Answers.converse("hello \(index)", latency: latency)
            let script = source.answer(to: request)
            recording.add(
                request,
                start: Double(index) * 10_000,
                chunks: script.chunks.map { ($0.offset.milliseconds, $0.bytes) },
                outcome: script.head?.status == 200 ? .ok : .httpError,
                status: script.head?.status ?? 0,
                headers: script.head?.headers ?? [],
                latency: latency
            )
        }
        return recording
    }

    static func measurements(_ recording: Recording) -> [AnswerMeasurements] {
        recording.answers.compactMap { AnswerMeasurements($0) }
    }

    @Test("times of learnt answers pass the Kolmogorov–Smirnov test against those they were learnt from")
    func distributions() throws {
        let original = Self.recording(ScenarioSource(Answers.scenario()), count: 600)
        let learnt = try #require(ScenarioLearner.scenario(from: original.answers, name: "learnt"))
        // Through the file, as a user does it.
        let file = ScenarioWriter.text(learnt, comment: "learnt")
        var again = try ScenarioDecoder.decode(file, file: "learnt")
        again.seed = 99
        let copy = Self.recording(ScenarioSource(again), count: 600)
        let (one, other) = (Self.measurements(original), Self.measurements(copy))
        #expect(one.count == 600)
        #expect(other.count == 600)
        let ttft = Self.kolmogorovSmirnov(one.map { $0.deltas_ms[0] }, other.map { $0.deltas_ms[0] })
        #expect(ttft < 1)
        let gaps = { (item: AnswerMeasurements) in zip(item.deltas_ms.dropFirst(), item.deltas_ms).map { $0 - $1 } }
        #expect(Self.kolmogorovSmirnov(one.flatMap(gaps), other.flatMap(gaps)) < 1)
        let tokens = Self.kolmogorovSmirnov(one.map { Double($0.outputTokens) }, other.map { Double($0.outputTokens) })
        #expect(tokens < 1)
        // The test can tell: half as fast is found out.
        #expect(Self.kolmogorovSmirnov(one.map { $0.deltas_ms[0] }, other.map { $0.deltas_ms[0] * 2 }) > 1)
    }

    @Test("profiles, fallbacks, rates of refusals and input tokens are learnt")
    func everythingElse() throws {
        var fast = Answers.profile(ttft: .constant(10))
        fast.standardShare = 0.5
        let scenario = Answers.scenario(
            Answers.profile(ttft: .constant(500)),
            optimized: fast,
            faults: [try Fault("throttle=20%")]
        )
        let source = ScenarioSource(scenario)
        let answers =
            Self.recording(source, count: 200).answers
            + Self.recording(source, count: 200, latency: "optimized").answers
        let learnt = try #require(ScenarioLearner.scenario(from: answers, name: "learnt"))
        let model = try #require(learnt.models.first)
        #expect(model.match == Glob(Answers.model))
        #expect(model.family == .anthropic)
        #expect(model.standard.timeToFirstToken_ms == .constant(500))
        #expect(model.optimized?.timeToFirstToken_ms == .constant(10))
        #expect(abs((model.optimized?.standardShare ?? 0) - 0.5) < 0.2)
        #expect(learnt.faults.map(\.kind) == [.error("ThrottlingException")])
        guard case .rate(let share) = try #require(learnt.faults.first).trigger else {
            Issue.record("expected a rate")
            return
        }
        #expect(abs(share - 0.2) < 0.1)
        #expect(abs(model.charactersPerToken - 4) < 1)
    }

    @Test("a written scenario reads back as itself")
    func roundTrip() throws {
        var optimized = Answers.profile(reasoning: .uniform(low: 1, high: 2.5))
        optimized.standardShare = 0.125
        var scenario = Answers.scenario(
            Answers.profile(ttft: .empirical(values: [1, 2.25, 3e-7])),
            optimized: optimized,
            family: .nova,
            faults: [
                try Fault("reset=0.015"), try Fault("AccessDeniedException=1%"),
                try Fault("AccessDeniedException=requests:1-3,9"), try Fault(#"stall=prompt:say "stall: 5%", please"#),
            ]
        )
        scenario.models[0].match = Glob(#"a "quoted" \ name*"#)
        scenario.models[0].isPadded = false
        scenario.models[0].toolUseShare = 0.5
        scenario.models[0].limits = ServiceLimits(requestsPerMinute: 10, tokensPerMinute: 20.5, capacity: 3)
        scenario.models[0].hours = HourlyFactors((1...24).map { Double($0) / 8 })
        scenario.models[0].standard.timeToFirstToken_ms = .empirical(values: [3e-7, 1, 2.25])
        let text = ScenarioWriter.text(scenario, comment: "a test")
        #expect(try ScenarioDecoder.decode(text, file: scenario.name) == scenario)
    }

    @Test("warm-ups teach nothing")
    func warmups() {
        let script = ScenarioSource(Answers.scenario(TestServer.quick)).answer(to: Answers.converse())
        var recording = Recording()
        let chunks = script.chunks.map { ($0.offset.milliseconds, $0.bytes) }
        recording.add(Answers.converse(), chunks: chunks.map { ($0.0 + 500, $0.1) }, isWarmup: true)
        #expect(ScenarioLearner.scenario(from: recording.answers, name: "x") == nil)
        recording.add(Answers.converse(), start: 5_000, chunks: chunks)
        let learnt = ScenarioLearner.scenario(from: recording.answers, name: "x")
        #expect(learnt?.models.first?.standard.timeToFirstToken_ms == .constant(20))
    }

    @Test("what holds no whole stream teaches nothing")
    func nothing() {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: TraceSourceTests.chunks)
        #expect(ScenarioLearner.scenario(from: recording.answers, name: "x") == nil)
    }
}
