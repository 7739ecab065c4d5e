// Histograms of durations: their error, their sum, their way through JSON.

import Core
import Testing

@Suite("Latency histogram")
struct LatencyHistogramTests {
    @Test("quantiles are at most a sixteenth too high, never too low", arguments: [15, 16, 31, 1_000, 123_456_789])
    func quantiles(scale: Int64) {
        var histogram = LatencyHistogram()
        for rank in 1...100 { histogram.record(Nanoseconds(scale * Int64(rank))) }
        for (q, rank) in [(0.5, 50), (0.99, 99), (1, 100)] as [(Double, Int64)] {
            let exact = scale * rank
            let found = histogram.quantile(q).count
            #expect(found >= exact)
            #expect(found <= exact + exact / 16)
        }
        #expect(histogram.longest == Nanoseconds(scale * 100))
    }

    @Test("histograms add up, and forget")
    func adding() {
        var (one, other) = (LatencyHistogram(), LatencyHistogram())
        one.record(Nanoseconds(3))
        other.record(Nanoseconds(-5))
        other.record(Nanoseconds(.max))
        one.add(other)
        #expect(one.count == 3)
        #expect(one.quantile(0) == .zero)
        #expect(one.quantile(0.5) == Nanoseconds(3))
        #expect(one.quantile(1) == Nanoseconds(.max))
        one.prepare()
        #expect(one == LatencyHistogram())
        #expect(one.quantile(0.99) == .zero)
    }

    @Test("a histogram is its buckets and its longest")
    func buckets() {
        var histogram = LatencyHistogram()
        for value in [0, 1, 15, 16, 17, 1_000, 1_001, 5_000_000_000] as [Int64] { histogram.record(Nanoseconds(value)) }
        let copy = LatencyHistogram(histogram.buckets.reversed(), longest: histogram.longest)
        #expect(copy == histogram)
        // Below 32 every value is a bucket of its own.
        #expect(histogram.buckets.prefix(5).map(\.upperEdge.count) == [0, 1, 15, 16, 17])
        #expect(histogram.buckets.map(\.count) == [1, 1, 1, 1, 1, 2, 1])
        #expect(LatencyHistogram([]) == LatencyHistogram())
    }
}
