// Draws the frame of a chart: grid lines, tick labels, axis titles.

/// The place of a chart's data within its drawing, in SVG units.
struct PlotArea: Sendable {
    var left = 64.0
    var right = 16.0
    var top = 12.0
    var bottom = 44.0
    var width = 720.0
    var height = 300.0

    var x0: Double { left }
    var x1: Double { width - right }
    var y0: Double { height - bottom }
    var y1: Double { top }
}

extension PlotArea {
    /// The horizontal axis with its grid, below the plot.
    func horizontalAxis(_ scale: Scale, title: String, label: (Double) -> String = NumberText.readable) -> Markup {
        var axis = Markup.empty
        for tick in scale.ticks {
            let x = NumberText.coordinate(scale.position(tick))
            axis += .shape(
                "line",
                [
                    "class": "grid", "x1": x, "x2": x, "y1": NumberText.coordinate(y0),
                    "y2": NumberText.coordinate(y1),
                ]
            )
            axis += .element(
                "text",
                ["class": "tick", "x": x, "y": NumberText.coordinate(y0 + 16), "text-anchor": "middle"],
                Markup(label(tick))
            )
        }
        axis += .element(
            "text",
            [
                "class": "axis-title", "x": NumberText.coordinate((x0 + x1) / 2),
                "y": NumberText.coordinate(height - 6), "text-anchor": "middle",
            ],
            Markup(title)
        )
        return axis
    }

    /// The vertical axis with its grid, left of the plot.
    func verticalAxis(_ scale: Scale, title: String, label: (Double) -> String = NumberText.readable) -> Markup {
        var axis = Markup.empty
        for tick in scale.ticks {
            let y = scale.position(tick)
            axis += .shape(
                "line",
                [
                    "class": "grid", "x1": NumberText.coordinate(x0), "x2": NumberText.coordinate(x1),
                    "y1": NumberText.coordinate(y), "y2": NumberText.coordinate(y),
                ]
            )
            axis += .element(
                "text",
                [
                    "class": "tick", "x": NumberText.coordinate(x0 - 8), "y": NumberText.coordinate(y + 4),
                    "text-anchor": "end",
                ],
                Markup(label(tick))
            )
        }
        let middle = NumberText.coordinate((y0 + y1) / 2)
        axis += .element(
            "text",
            [
                "class": "axis-title", "x": "14", "y": middle, "text-anchor": "middle",
                "transform": "rotate(-90 14 \(middle))",
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
                "aria-label": name, "tabindex": "0", "preserveAspectRatio": "xMidYMid meet",
            ],
            content
        )
    }
}
