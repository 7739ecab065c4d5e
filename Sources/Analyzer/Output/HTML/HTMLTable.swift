// A table whose numbers carry their full precision, and whose rows belong to groups that the reader may hide.

/// A table with a caption and a header row; the first column names its rows.
struct HTMLTable {
    /// What stands in one cell.
    enum Cell {
        case text(String)
        /// A number; `field` is what the JSON of `summary` calls it.
        case value(Double?, field: String?)
        /// An estimate above its interval.
        case estimated(Estimate?, field: String)
        case drawing(Markup)

        static func number(_ value: Double?, field: String? = nil) -> Cell { .value(value, field: field) }
        static func estimate(_ estimate: Estimate?, field: String) -> Cell { .estimated(estimate, field: field) }
    }

    /// One row.
    struct Row {
        /// The group that it belongs to, with its colour; `nil` for a row of none.
        var group: SeriesStyle?
        /// The row's full name.
        var title: String
        var cells: [Cell]
    }

    var identifier: String
    var caption: String
    var header: [String]
    var rows: [Row]

    /// The table, which scrolls by itself where the page is narrow.
    func markup() -> Markup {
        let head = header.enumerated().map { index, name in
            Markup.element("th", ["scope": "col", "class": isText(index) ? "text" : nil], Markup(Self.breakable(name)))
        }
        return .element(
            "div",
            ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
            .element(
                "table",
                ["id": identifier],
                .element("caption", [:], Markup(caption)),
                .element("thead", [:], .element("tr", [:], Markup(head))),
                .element("tbody", [:], Markup(rows.map(written)))
            )
        )
    }

    /// A column's name, which may be broken after a colon: `http_error:ThrottlingException` is wide.
    private static func breakable(_ name: String) -> String { name.replacing(":", with: ":\u{200B}") }

    /// Whether a column holds words, which begin at its left.
    private func isText(_ column: Int) -> Bool {
        guard column > 0 else { return true }
        guard let cells = rows.first?.cells, column <= cells.count, case .text = cells[column - 1] else { return false }
        return true
    }

    private func written(_ row: Row) -> Markup {
        var name = Markup.empty
        if let group = row.group {
            name += .element("i", ["class": "swatch \(group.colourClass)"])
            name += .element("span", ["title": row.title], Markup(group.name))
        } else {
            name += Markup(row.title)
        }
        var cells = Markup.element("th", ["scope": "row"], name)
        for cell in row.cells { cells += written(cell) }
        return .element(
            "tr",
            ["data-group": row.group.map { String($0.index) }, "data-key": row.group == nil ? nil : row.title],
            cells
        )
    }

    private func written(_ cell: Cell) -> Markup {
        switch cell {
        case .text(let text): return .element("td", ["class": "text"], Markup(text))
        case .drawing(let drawing): return .element("td", ["class": "drawn"], drawing)
        case .value(let value, let field): return .element("td", ["data-field": field], Self.data(value))
        case .estimated(let estimate, let field):
            let mark = estimate?.flags.contains(.smallForQuantile) == true ? "*" : ""
            var content = Self.data(estimate?.value) + Markup(mark)
            if let interval = estimate?.interval, estimate?.value != nil {
                let ends = Self.data(interval.low) + Markup(", ") + Self.data(interval.high)
                content += .element("small", [:], Markup("[") + ends + Markup("]"))
            }
            return .element("td", ["data-field": field], content)
        }
    }

    /// A number as people read it, with all of its digits beside.
    private static func data(_ value: Double?) -> Markup {
        guard let value else { return Markup("–") }
        return .element("data", ["value": "\(value)"], Markup(NumberText.readable(value)))
    }
}
