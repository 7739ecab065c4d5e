// Tables of text: aligned for a terminal, and as Markdown.

/// A table of text cells; the first column is aligned left, the others right.
struct TextTable {
    var header: [String]
    var rows: [[String]]
    /// Shorter names of the rows, parallel to them, for a terminal that is too narrow.
    var shortNames: [String]?
    /// Columns that a terminal too narrow for all does without, the first of them first.
    var expendable: [String] = []

    /// Columns padded to their widest cell.
    ///
    /// - Parameter style: The look; with a width, the table makes itself narrower as far as it can.
    /// - Returns: Lines, the header and a rule first.
    func aligned(_ style: TextStyle = .plain) -> String {
        let table = fitted(style.width)
        let widths = table.widths
        func line(_ cells: [String], _ styled: (Int, String) -> String) -> String {
            var text = ""
            var pending = ""
            for (column, cell) in cells.enumerated() {
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                if column > 0 { pending += "  " }
                if column > 0 { pending += padding }
                if !cell.isEmpty {
                    text += pending + styled(column, cell)
                    pending = ""
                }
                if column == 0 { pending += padding }
            }
            return text
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        let lines =
            [line(table.header) { style.styled($1, .strong) }, style.styled(rule, .quiet)]
            + table.rows.map { row in line(row) { Self.styledCell($1, column: $0, style) } }
        let left = header.filter { !table.header.contains($0) }
        let note =
            left.isEmpty ? "" : style.styled("(wider terminals show \(left.joined(separator: ", ")))", .quiet) + "\n"
        return lines.map { $0 + "\n" }.joined() + note
    }

    /// A table of GitHub's Markdown.
    func markdown() -> String {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        let rule = header.indices.map { $0 == 0 ? "---" : "---:" }
        return line(header) + line(rule) + rows.map(line).joined()
    }

    /// The number before its interval, the interval in the background, verdicts in their colours.
    private static func styledCell(_ cell: String, column: Int, _ style: TextStyle) -> String {
        guard style.isColoured, column > 0 else { return cell }
        if cell.hasPrefix("faster") { return style.styled(cell, .good) }
        if cell.hasPrefix("slower") { return style.styled(cell, .bad) }
        guard let bracket = cell.firstIndex(of: "[") else { return cell }
        return cell[..<bracket] + style.styled(String(cell[bracket...]), .quiet)
    }

    /// Every character we print takes one column.
    private var widths: [Int] {
        header.indices.map { column in
            ([header] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
    }

    /// The table made narrower: short names first, then without one expendable column after the other.
    private func fitted(_ width: Int?) -> TextTable {
        guard let width else { return self }
        var table = self
        func isTooWide() -> Bool { table.widths.reduce(0, +) + 2 * (table.header.count - 1) > width }
        if isTooWide(), let shortNames {
            for (index, name) in zip(table.rows.indices, shortNames) where !table.rows[index].isEmpty {
                table.rows[index][0] = name
            }
        }
        for name in expendable where isTooWide() {
            guard let column = table.header.firstIndex(of: name) else { continue }
            table.header.remove(at: column)
            for index in table.rows.indices where column < table.rows[index].count {
                table.rows[index].remove(at: column)
            }
        }
        return table
    }
}
