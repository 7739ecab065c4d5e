// A chart with its caption and its data to copy.

/// One or several drawings of the same data; without a script the first is shown.
struct Figure {
    /// One drawing, and the choice that shows it.
    struct Drawing {
        var value: String
        var markup: Markup
    }

    /// Who chooses between the drawings.
    enum Choice {
        /// There is nothing to choose.
        case none
        /// A control of the whole page, of this name.
        case page(String)
        /// A control of the figure's own, under this label.
        case own(String)
    }

    var identifier: String
    /// What the figure is about, where its section doesn't say so.
    var title: String?
    var caption = ""
    var choice = Choice.none
    var drawings: [Drawing]
    var csv: String

    /// The figure; nothing where there is no drawing.
    func markup() -> Markup {
        guard let first = drawings.first else { return .empty }
        let name: String?
        var head = title.map { Markup.element("strong", [:], Markup($0)) } ?? .empty
        if !caption.isEmpty { head += (title == nil ? .empty : Markup(" · ")) + Markup(caption) }
        var content = Markup.element("figcaption", [:], head)
        switch choice {
        case .none: name = nil
        case .page(let page): name = page
        case .own(let label):
            name = identifier
            if drawings.count > 1 { content += select(label) }
        }
        for drawing in drawings {
            content += .element(
                "div",
                [
                    "class": "drawing", "data-choice": name, "data-value": name == nil ? nil : drawing.value,
                    "hidden": drawing.value == first.value ? nil : "",
                ],
                drawing.markup
            )
        }
        content += .element(
            "details",
            ["class": "data"],
            .element("summary", [:], Markup("Data")),
            .element(
                "button",
                ["type": "button", "data-copies": identifier + "-csv", "data-needs-script": "", "hidden": ""],
                Markup("Copy as CSV")
            ),
            .element("pre", ["id": identifier + "-csv", "tabindex": "0"], Markup(csv))
        )
        return .element("figure", ["id": identifier], content)
    }

    private func select(_ label: String) -> Markup {
        let options = drawings.map { Markup.element("option", ["value": $0.value], Markup($0.value)) }
        return .element(
            "label",
            ["class": "chooser", "data-needs-script": "", "hidden": ""],
            Markup(label + " "),
            .element("select", ["data-chooses": identifier], Markup(options))
        )
    }
}
