// How well a recorder did over a whole trace: the sum of its own measurements, second by second.

package import Core

/// The recorder's self-measurement, added up over a trace's `/quality` records.
package struct MeasurementQuality: Sendable {
    package private(set) var seconds: UInt64 = 0
    package private(set) var span = Nanoseconds.zero
    package private(set) var chunks: UInt64 = 0
    package private(set) var kernelStampedChunks: UInt64 = 0
    package private(set) var loopLateness = LatencyHistogram()
    package private(set) var callbackLag = LatencyHistogram()
    package private(set) var startLateness = LatencyHistogram()
    /// The largest p99 of callback lag that any one second had.
    package private(set) var worstCallbackLag = Nanoseconds.zero
    package private(set) var processorTime = Nanoseconds.zero
    /// `nil` where no second said.
    package private(set) var stolenTime: Nanoseconds?
    package private(set) var highestRingLevel: UInt64 = 0
    package private(set) var ringCapacity: UInt64 = 0
    package private(set) var pauses: UInt64 = 0

    /// Begins with nothing.
    package init() {}

    /// Takes a second in.
    package mutating func add(_ record: QualityRecord) {
        seconds += 1
        span = span + record.span
        chunks &+= record.chunks
        kernelStampedChunks &+= record.kernelStampedChunks
        loopLateness.add(record.loopLateness)
        callbackLag.add(record.callbackLag)
        startLateness.add(record.startLateness)
        worstCallbackLag = max(worstCallbackLag, record.callbackLag.quantile(0.99))
        processorTime = processorTime + record.processorTime
        if let stolen = record.stolenTime { stolenTime = (stolenTime ?? .zero) + stolen }
        highestRingLevel = max(highestRingLevel, record.highestRingLevel)
        ringCapacity = max(ringCapacity, record.ringCapacity)
        pauses &+= record.pauses
    }

    /// How late the loops of several recordings woke, together.
    static func loopLateness(of recordings: [MeasurementQuality]) -> LatencyHistogram {
        recordings.reduce(into: LatencyHistogram()) { $0.add($1.loopLateness) }
    }

    /// What a person should know, one fact a line; empty where the trace holds no self-measurement.
    package var facts: [(name: String, value: String)] {
        guard seconds > 0 else { return [] }
        var facts: [(name: String, value: String)] = [
            ("kernel stamps", "\(Self.percent(kernelStampedChunks, of: chunks)) of \(chunks) chunks"),
            ("loop lateness", Self.text(loopLateness)),
        ]
        if callbackLag.count > 0 {
            let worst = MicrosecondText.text(worstCallbackLag)
            facts.append(("callback lag", Self.text(callbackLag) + "; worst second's p99 \(worst)"))
        }
        if startLateness.count > 0 { facts.append(("start lateness", Self.text(startLateness))) }
        let share = Self.percent(processorTime.seconds, of: span.seconds)
        let cost =
            chunks == 0
            ? "" : ", \(NumberText.fixed(Double(processorTime.count) / Double(chunks) / 1e3, decimals: 1)) µs a chunk"
        facts.append(("capture thread", "\(share) of a core\(cost)"))
        facts.append(
            ("ring", "highest level \(Self.percent(highestRingLevel, of: ringCapacity)), full \(pauses) times")
        )
        if let stolenTime {
            facts.append(("stolen time", "\(Self.percent(stolenTime.seconds, of: span.seconds)) of a core"))
        }
        return facts
    }

    /// Median, p99 and maximum, for a person.
    static func text(_ histogram: LatencyHistogram) -> String {
        guard histogram.count > 0 else { return "not measured" }
        let parts = [("p50", histogram.quantile(0.5)), ("p99", histogram.quantile(0.99)), ("max", histogram.longest)]
        return parts.map { "\($0.0) \(MicrosecondText.text($0.1))" }.joined(separator: ", ")
    }

    private static func percent(_ part: UInt64, of whole: UInt64) -> String {
        percent(Double(part), of: Double(whole))
    }

    private static func percent(_ part: Double, of whole: Double) -> String {
        whole > 0 ? "\(NumberText.fixed(part / whole * 100, decimals: 1)) %" : "–"
    }
}

/// Short spans for people.
enum MicrosecondText {
    /// For example `34.1 µs`.
    static func text(_ span: Nanoseconds) -> String {
        "\(NumberText.fixed(Double(span.count) / 1e3, decimals: 1)) µs"
    }
}
