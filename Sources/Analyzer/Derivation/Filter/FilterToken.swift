// The words of a filter expression, each with its place, so that an error can point at it.

/// A word of an expression.
struct FilterToken: Equatable {
    enum Kind: Equatable {
        /// A column's name, or one of `true`, `false`, `null`.
        case name(String)
        case text(String)
        case integer(Int64)
        case real(Double)
        /// An operator or a parenthesis.
        case symbol(String)
        case end
    }

    var kind: Kind
    /// The place of its first character, from 1.
    var position: Int

    /// What the user wrote, for an error.
    var written: String {
        switch kind {
        case .name(let name): "'\(name)'"
        case .text(let text): "\"\(text)\""
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }
}

/// What is wrong with an expression, and where.
package struct FilterError: Error, Equatable, CustomStringConvertible {
    /// The place of the character, from 1.
    package var position: Int
    package var reason: String

    package var description: String { "character \(position): \(reason)" }
}

/// Cuts an expression into words.
struct FilterLexer {
    private let characters: [Character]
    private var index = 0

    /// The longer symbols come first, so that `<=` is not read as `<`.
    private static let symbols = ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")"]

    private init(_ expression: String) {
        characters = Array(expression)
    }

    /// Every word of `expression`, and the end.
    static func tokens(of expression: String) throws(FilterError) -> [FilterToken] {
        var lexer = FilterLexer(expression)
        var tokens: [FilterToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(FilterError) -> FilterToken {
        while index < characters.count, characters[index].isWhitespace { index += 1 }
        let start = index
        guard index < characters.count else { return FilterToken(kind: .end, position: start + 1) }
        let character = characters[index]
        let kind: FilterToken.Kind
        if character == "\"" || character == "'" {
            kind = .text(try text(closedBy: character))
        } else if character.isNumberStart {
            kind = try number()
        } else if character.isNameStart {
            kind = .name(take { $0.isNameStart || $0.isDigit || $0 == "." || $0 == "-" })
        } else if let symbol = Self.symbols.first(where: { characters[index...].starts(with: $0) }) {
            index += symbol.count
            kind = .symbol(symbol)
        } else {
            throw FilterError(position: start + 1, reason: hint(for: character))
        }
        return FilterToken(kind: kind, position: start + 1)
    }

    private func hint(for character: Character) -> String {
        switch character {
        case "=": "'=' is not an operator here: write =="
        case "&": "'&' is not an operator here: write &&"
        case "|": "'|' is not an operator here: write ||"
        default: "'\(character)' is not part of an expression"
        }
    }

    private mutating func take(while isPart: (Character) -> Bool) -> String {
        let start = index
        while index < characters.count, isPart(characters[index]) { index += 1 }
        return String(characters[start..<index])
    }

    /// Text in quotes; a backslash takes the next character as it is.
    private mutating func text(closedBy quote: Character) throws(FilterError) -> String {
        let start = index
        index += 1
        var text = ""
        while index < characters.count, characters[index] != quote {
            if characters[index] == "\\", index + 1 < characters.count { index += 1 }
            text.append(characters[index])
            index += 1
        }
        guard index < characters.count else {
            throw FilterError(position: start + 1, reason: "the text that begins here has no closing \(quote)")
        }
        index += 1
        return text
    }

    private mutating func number() throws(FilterError) -> FilterToken.Kind {
        let start = index
        var text = String(characters[index])
        index += 1
        while index < characters.count {
            let character = characters[index]
            let isExponentSign = (character == "-" || character == "+") && (text.last == "e" || text.last == "E")
            guard character.isDigit || character.isNameStart || character == "." || isExponentSign else { break }
            text.append(character)
            index += 1
        }
        if let integer = Int64(text) { return .integer(integer) }
        guard let real = Double(text), real.isFinite, text.last?.isDigit == true else {
            throw FilterError(position: start + 1, reason: "'\(text)' is not a number")
        }
        return .real(real)
    }
}

extension Character {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isNumberStart: Bool { isDigit || self == "-" || self == "+" || self == "." }
    fileprivate var isNameStart: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }
}
