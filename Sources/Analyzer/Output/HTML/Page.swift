// Puts sections together into one self-contained page that asks nobody for anything.

import Core

/// A page under a content security policy that allows its own style and script, and nothing else.
struct Page {
    var title: String
    var header: Markup
    var sections: [Section]

    /// A part of the page under a heading of its own.
    struct Section {
        var identifier: String
        var heading: String
        var content: Markup
    }

    /// The whole document, UTF-8 HTML.
    func html() -> String {
        let style = PageStyle.sheet
        let script = PageScript.source
        let policy =
            "default-src 'none'; style-src 'sha256-\(Self.digest(style))'; script-src 'sha256-\(Self.digest(script))'; "
            + "base-uri 'none'; form-action 'none'"
        let contents = sections.map { section in
            Markup.element("li", [:], .element("a", ["href": "#" + section.identifier], Markup(section.heading)))
        }
        let body = sections.map { section in
            Markup.element(
                "section",
                ["id": section.identifier, "aria-labelledby": section.identifier + "-heading"],
                .element("h2", ["id": section.identifier + "-heading"], Markup(section.heading)),
                section.content
            )
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(Markup.escaped(policy))">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(Markup.escaped(title))</title>
            <style>\(style)</style></head>
            <body><header>\(header.text)</header>
            <main><nav aria-label="Contents"><details><summary>Contents</summary><ul>\(Markup(contents).text)</ul></details></nav>
            \(Markup(body).text)</main>
            <script>\(script)</script></body></html>

            """
    }

    private static func digest(_ text: String) -> String {
        var digest = SHA256()
        digest.update(text.utf8)
        return String(decoding: Base64.encode(digest.finalize()), as: UTF8.self)
    }
}

/// A chart with its caption and its data to copy.
struct Figure {
    var identifier: String
    var caption: String
    /// The drawings to choose between, each with its name; the first is shown without a script.
    var drawings: [(name: String, markup: Markup)]
    var csv: String

    /// The figure; nothing where there is no drawing.
    func markup() -> Markup {
        guard let first = drawings.first else { return .empty }
        var content = Markup.empty
        if drawings.count > 1 {
            let options = drawings.map { Markup.element("option", ["value": $0.name], Markup($0.name)) }
            content += .element(
                "label",
                ["data-needs-script": "", "hidden": ""],
                Markup("Scale "),
                .element("select", ["data-chooses": identifier], Markup(options))
            )
        }
        for drawing in drawings {
            content += .element(
                "div",
                [
                    "data-choice": identifier, "data-value": drawing.name,
                    "hidden": drawing.name == first.name ? nil : "",
                ],
                drawing.markup
            )
        }
        content += .element("figcaption", [:], Markup(caption))
        content += .element(
            "details",
            [:],
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
}
