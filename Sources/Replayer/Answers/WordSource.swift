// English-like text: common words in sentences, one word a token, so that a text's tokens can be counted by eye.

/// Draws words one after the other.
struct WordSource {
    private var generator: SeededGenerator
    private var wordsLeft = 0
    private var isFirst = true

    /// Draws from `generator`.
    init(_ generator: SeededGenerator) {
        self.generator = generator
    }

    /// Begins a new text: no space before its first word.
    mutating func startText() {
        isFirst = true
        wordsLeft = 0
    }

    /// The text of the next `count` tokens.
    mutating func text(of count: Int) -> String {
        var text = ""
        for _ in 0..<count { append(to: &text) }
        return text
    }

    /// A small whole number.
    mutating func number() -> Int { Int(generator.next() % 100) }

    private mutating func append(to text: inout String) {
        let startsSentence = wordsLeft == 0
        if startsSentence { wordsLeft = 6 + Int(generator.next() % 12) }
        wordsLeft -= 1
        let word = Self.words[Int(generator.next() % UInt64(Self.words.count))]
        if !isFirst { text += " " }
        text += startsSentence ? word.prefix(1).uppercased() + word.dropFirst() : word
        if wordsLeft == 0 { text += "." }
        isFirst = false
    }

    private static let words: [String] = """
        the of and to in is that for it as was with be by on not he his but at are this have from or had an they which \
        one you were all her she there would their we him been has when who will no more if out so up said what its \
        about than into them can only other time new some could these two may first then do any like my now over such \
        our man me even most made after also did many off before must well back through years much where your way down \
        should because long each just state those people too mister how little good world make very year still see \
        work between life being under three never day same another know while last might great old off come since go \
        against right came take used himself few house use place during high without again home around small however \
        found part once general school upon every water light number order model answer token river mountain garden \
        window letter music paper summer winter morning evening city street bridge market story table question reason \
        result method system measure value server stream signal
        """.split(separator: " ").map(String.init)
}
