// Puts sections together into one self-contained page that asks nobody for anything.

import Core

/// A page under a content security policy that allows its own style and script, and nothing else.
struct Page {
    var title: String
    var header: Markup
    /// What stays in sight while the page scrolls.
    var controls: Markup
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
            <meta name="referrer" content="no-referrer">
            <title>\(Markup.escaped(title))</title>
            <style>\(style)</style></head>
            <body><header>\(header.text)
            <nav aria-label="Contents"><ul>\(Markup(contents).text)</ul></nav></header>
            <main>\(controls.text)
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
