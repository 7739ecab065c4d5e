// Charts as values: scales, bins, steps, and that nothing in a name is read as markup.

import Core
import Testing

@testable import Analyzer

@Suite("Charts")
struct ChartTests {
    static func series(_ values: [[Double]]) -> [Series] {
        values.enumerated().map { Series(SeriesStyle(name: "g\($0)", index: $0), values: $1) }
    }

    @Test(
        "a scale's ends are nice, its ticks within them, and it can be inverted",
        arguments: [
            (3.0, 97.0), (0.012, 0.019), (120, 121_000), (5, 5), (-40, 60),
        ]
    )
    func linear(low: Double, high: Double) throws {
        let scale = Scale(.linear, over: low...high, from: 50, to: 450)
        #expect(scale.domain.contains(low) && scale.domain.contains(high))
        let ticks = scale.ticks
        #expect((2...14).contains(ticks.count))
        #expect(ticks == ticks.sorted())
        for value in [low, high] { #expect(abs(scale.value(at: scale.position(value)) - value) <= abs(high) * 1e-9) }
        let exact = Scale(.linear, over: 0...7.3, from: 0, to: 1, isExact: true)
        #expect(exact.domain == 0...7.3)
    }

    @Test("a logarithmic scale puts equal ratios at equal distances")
    func logarithmic() {
        let scale = Scale(.logarithmic, over: 1...1000, from: 0, to: 300)
        let steps = [1.0, 10, 100, 1000].map(scale.position)
        for (left, right) in zip(steps, steps.dropFirst()) {
            #expect(abs((right - left) - (steps[1] - steps[0])) < 1e-9)
        }
        #expect(abs(scale.value(at: scale.position(42)) - 42) < 1e-9)
    }

    @Test("a gap of nothing does not keep a logarithmic chart from being drawn")
    func zeros() throws {
        let series = Self.series([[0, 0, 1, 10, 100]])
        let chart = EmpiricalDistributionChart(
            title: "t",
            unit: "ms",
            counted: "gaps",
            scale: .logarithmic,
            series: series
        )
        #expect(try #require(chart.markup()).text.contains("<svg"))
        let isDrawn = Self.series([[0, 0]]).scale(.logarithmic, .half) != nil
        #expect(!isDrawn)
    }

    @Test(
        "the shares of a histogram's bins add up to one, whatever the scale",
        arguments: [
            Scale.Kind.linear, .logarithmic,
        ]
    )
    func shares(kind: Scale.Kind) throws {
        let series = Self.series([(1...500).map { Double($0) }, [3, 3, 3, 700]])
        let scale = try #require(series.scale(kind, .half))
        let bins = HistogramBins(series, over: scale)
        #expect(bins.edges == bins.edges.sorted())
        for shares in bins.shares { #expect(abs(shares.reduce(0, +) - 1) < 1e-12) }
    }

    @Test("the share at or below a value counts ties")
    func cumulative() {
        let one = Self.series([[1, 2, 2, 4]])[0]
        #expect([0.5, 1, 2, 3, 4].map { one.share(upTo: $0) } == [0, 0.25, 0.75, 0.75, 1])
    }

    @Test("a hundred thousand values draw no more steps than two hundred")
    func budget() throws {
        let series = Self.series([(0..<100_000).map { Double($0) }])
        let chart = EmpiricalDistributionChart(
            title: "t",
            unit: "ms",
            counted: "requests",
            scale: .linear,
            series: series
        )
        #expect(chart.csv().split(separator: "\n").count == 201)
        #expect(try #require(chart.markup()).text.utf8.count < 20_000)
    }

    @Test("names are text, not markup")
    func escaping() throws {
        let evil = "<script>alert('\"&')</script>"
        let series = [Series(SeriesStyle(name: evil, index: 0), values: [1, 2, 3])]
        let chart = HistogramChart(title: evil, unit: "ms", counted: "requests", scale: .linear, series: series)
        let text = try #require(chart.markup()).text
        #expect(!text.contains("<script"))
        #expect(text.contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)"))
    }

    @Test("few requests are dots, many are cells")
    func pairs() throws {
        func chart(_ count: Int) -> PairChart {
            PairChart(
                title: "t",
                horizontalTitle: "input tokens",
                verticalTitle: "ms",
                clouds: [
                    PairChart.Cloud(
                        style: SeriesStyle(name: "g", index: 0),
                        points: (0..<count).map { (Double($0 % 100), Double($0 % 7)) }
                    )
                ]
            )
        }
        #expect(try #require(chart(50).markup()).text.contains("<circle"))
        let many = try #require(chart(5_000).markup()).text
        #expect(!many.contains("<circle"))
        #expect(many.contains("requests near"))
        #expect(chart(0).markup()?.text == nil)
    }

    @Test("lines of blocks are as long as each other; the tallest is full")
    func blocks() {
        let texts = SparkHistogram.texts(Self.series([[1, 1, 1, 9], [5, 5], []]))
        #expect(texts[0].count == texts[1].count)
        #expect(texts[0].contains("█") && texts[1].contains("█"))
        #expect(texts[2].isEmpty)
    }
}
