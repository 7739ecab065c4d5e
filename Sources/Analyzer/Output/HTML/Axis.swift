// Draws the frame of a chart: grid lines, tick labels, axis titles.

/// The place of a chart's data within its drawing, in SVG units.
struct PlotArea: Sendable {
    var left = 58.0
    var right = 16.0
    var top = 12.0
    var bottom = 42.0
    var width = 490.0
    var height = 270.0

    /// A chart that takes half of the page's width.
    static let half = PlotArea()
    /// A chart that takes all of it.
    static let whole = PlotArea(width: 1010)

    var x0: Double { left }
    var x1: Double { width - right }
    var y0: Double { height - bottom }
    var y1: Double { top }
}

extension PlotArea {
    /// The horizontal axis with its grid, below the plot.
    func horizontalAxis(_ scale: Scale, title: String, label: (Double) -> String = NumberText.readable) -> Markup {
        var axis = Markup.empty
        var free = -Double.infinity
        for tick in scale.ticks {
            let x = scale.position(tick)
            axis += .line("grid", from: (x, y0), to: (x, y1))
            let text = label(tick)
            // A label that would touch the one before is left out; its line stays.
            let half = Self.textWidth(text) / 2
            guard x - half > free else { continue }
            free = x + half + 6
            axis += .text("tick", at: (min(x, width - half), y0 + 16), anchor: "middle", text)
        }
        return axis + .text("axis-title", at: ((x0 + x1) / 2, height - 6), anchor: "middle", title)
    }

    /// The vertical axis with its grid, left of the plot.
    func verticalAxis(_ scale: Scale, title: String, label: (Double) -> String = NumberText.readable) -> Markup {
        var axis = Markup.empty
        var free = Double.infinity
        for tick in scale.ticks {
            let y = scale.position(tick)
            axis += .line("grid", from: (x0, y), to: (x1, y))
            guard y < free else { continue }
            free = y - 14
            axis += .text("tick", at: (x0 - 7, y + 4), anchor: "end", label(tick))
        }
        let middle = NumberText.coordinate((y0 + y1) / 2)
        axis += .element(
            "text",
            [
                "class": "axis-title", "x": "12", "y": middle, "text-anchor": "middle",
                "transform": "rotate(-90 12 \(middle))",
            ],
            Markup(title)
        )
        return axis
    }

    /// The whole drawing, with a name that a screen reader reads and the keyboard reaches.
    func drawing(name: String, _ content: Markup) -> Markup {
        .element(
            "svg",
            [
                "viewBox": "0 0 \(NumberText.coordinate(width)) \(NumberText.coordinate(height))", "role": "img",
                "aria-label": name, "tabindex": "0", "class": width > PlotArea.half.width ? "whole" : nil,
            ],
            content
        )
    }

    /// About how wide a text of the charts' size is.
    static func textWidth(_ text: String) -> Double { 7.2 * Double(text.count) }
}

extension Markup {
    typealias Point = (x: Double, y: Double)

    /// A straight line.
    static func line(_ style: String, from start: Point, to end: Point) -> Markup {
        .shape(
            "line",
            [
                "class": style, "x1": NumberText.coordinate(start.x), "y1": NumberText.coordinate(start.y),
                "x2": NumberText.coordinate(end.x), "y2": NumberText.coordinate(end.y),
            ]
        )
    }

    /// A text of one line.
    static func text(_ style: String, at place: Point, anchor: String = "start", _ text: String) -> Markup {
        .element(
            "text",
            [
                "class": style, "x": NumberText.coordinate(place.x), "y": NumberText.coordinate(place.y),
                "text-anchor": anchor == "start" ? nil : anchor,
            ],
            Markup(text)
        )
    }

    /// A rectangle; with `tip`, one that says more under the pointer.
    static func box(
        _ style: String,
        at place: Point,
        width: Double,
        height: Double,
        opacity: Double? = nil,
        tip: String? = nil
    ) -> Markup {
        .element(
            "rect",
            [
                "class": style, "x": NumberText.coordinate(place.x), "y": NumberText.coordinate(place.y),
                "width": NumberText.coordinate(max(width, 0)), "height": NumberText.coordinate(max(height, 0)),
                "fill-opacity": opacity.map { NumberText.fixed($0, decimals: 2) },
            ],
            tip.map(Markup.tip) ?? .empty
        )
    }

    /// What the pointer, or an arrow key, reads out; browsers show it without a script as well.
    static func tip(_ text: String) -> Markup {
        .element("title", [:], Markup(text))
    }
}
