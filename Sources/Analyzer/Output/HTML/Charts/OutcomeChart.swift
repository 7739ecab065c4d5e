// How requests ended over the time of the recording: one bar a section, failures by kind on top of the successes.

/// Draws stacked bars.
struct OutcomeChart {
    /// The section of time that each bar stands for, in seconds.
    var sectionSeconds: Double
    /// The kinds of end, `ok` first.
    var kinds: [String]
    /// Requests by section and kind.
    var counts: [[Int]]

    /// The drawing; `nil` without a request.
    func markup() -> Markup? {
        guard let most = counts.map({ $0.reduce(0, +) }).max(), most > 0 else { return nil }
        var area = PlotArea.whole
        area.height = 210
        let time = ElapsedUnit(longestSeconds: sectionSeconds * Double(counts.count))
        let end = sectionSeconds * Double(counts.count) / time.seconds
        let horizontal = Scale(.linear, over: 0...end, from: area.x0, to: area.x1, isExact: true)
        let vertical = Scale(.linear, over: 0...Double(most), from: area.y0, to: area.y1)
        var content = area.horizontalAxis(horizontal, title: "time since the first request, \(time.name)")
        content += area.verticalAxis(vertical, title: "requests")
        for (section, own) in counts.enumerated() {
            let from = horizontal.position(sectionSeconds * Double(section) / time.seconds)
            let to = horizontal.position(sectionSeconds * Double(section + 1) / time.seconds)
            var (below, bars) = (0, Markup.empty)
            for (kind, count) in own.enumerated() where count > 0 {
                let (bottom, top) = (vertical.position(Double(below)), vertical.position(Double(below + count)))
                bars += .box(
                    kind == 0 ? "bar ok" : "bar fill s\((kind - 1 + 1) % SeriesStyle.colourCount)",
                    at: (from + 1, top),
                    width: to - from - 2,
                    height: bottom - top
                )
                below += count
            }
            guard below > 0 else { continue }
            let parts = zip(kinds, own).filter { $0.1 > 0 }.map { "\n\($0.0): \($0.1)" }.joined()
            let span =
                "\(NumberText.readable(sectionSeconds * Double(section) / time.seconds)) to "
                + "\(NumberText.readable(sectionSeconds * Double(section + 1) / time.seconds)) \(time.name)"
            content += .element("g", ["class": "hover"], .tip(span + parts), bars)
        }
        return area.drawing(name: "Requests over time, by how they ended", content)
    }

    /// What the colours mean.
    func legend() -> Markup {
        let entries = kinds.enumerated().map { kind, name in
            Markup.element(
                "span",
                [:],
                .element("i", ["class": kind == 0 ? "block ok" : "block s\(kind % SeriesStyle.colourCount)"]),
                Markup(name)
            )
        }
        return .element("p", ["class": "legend"], Markup(entries))
    }

    /// The bars as comma-separated text, the header first.
    func csv() -> String {
        var text = "from_s,to_s," + kinds.map(CSVText.field).joined(separator: ",") + "\n"
        for (section, own) in counts.enumerated() {
            let from = NumberText.data(sectionSeconds * Double(section))
            let to = NumberText.data(sectionSeconds * Double(section + 1))
            text += "\(from),\(to)," + own.map(String.init).joined(separator: ",") + "\n"
        }
        return text
    }
}
