// Prices of models, for the bound that a dry run states: a YAML file of the user's, since prices change and differ.

import Yams

/// What models cost, per million tokens.
struct Prices: Sendable {
    struct Price: Hashable, Sendable {
        var input: Double
        var output: Double
    }

    var currency: String
    /// In the file's order; a pattern may end in `*`.
    private var prices: [(pattern: String, price: Price)]

    /// Reads `currency` and `models`, each model's `input` and `output` per million tokens.
    init(_ text: String, file: String) throws(YAMLFault) {
        currency = "USD"
        prices = []
        for (key, line, node) in try YAMLFile.mapping(text, file: file) {
            switch key {
            case "currency":
                guard let text = node.scalar?.string, !text.isEmpty else {
                    throw YAMLFault(file, line: line, key: key, "expected a currency such as USD")
                }
                currency = text
            case "models":
                guard let mapping = node.mapping else {
                    throw YAMLFault(file, line: line, key: key, "expected model ids, each with its prices")
                }
                for (model, line, prices) in try YAMLFile.members(mapping, file) {
                    self.prices.append((model, try Self.price(prices, model, line, file)))
                }
            default:
                throw YAMLFault(file, line: line, key: key, "is unknown; expected currency or models")
            }
        }
        guard !prices.isEmpty else { throw YAMLFault(file, line: nil, key: "models", "is missing") }
    }

    private static func price(
        _ node: Node,
        _ model: String,
        _ line: Int?,
        _ file: String
    ) throws(YAMLFault) -> Price {
        var values: [String: Double] = [:]
        guard let mapping = node.mapping else {
            throw YAMLFault(file, line: line, key: model, "expected {input: 0.8, output: 4} per million tokens")
        }
        for (name, line, value) in try YAMLFile.members(mapping, file) {
            guard ["input", "output"].contains(name), let number = value.scalar.flatMap({ Double($0.string) }),
                number.isFinite, number >= 0
            else {
                throw YAMLFault(file, line: line, key: "\(model).\(name)", "expected input or output, from 0")
            }
            values[name] = number
        }
        guard let input = values["input"], let output = values["output"] else {
            throw YAMLFault(file, line: line, key: model, "expected both input and output")
        }
        return Price(input: input, output: output)
    }

    /// A model's price: that of its id, else that of the first pattern that fits.
    func price(of model: String) -> Price? {
        if let exact = prices.first(where: { $0.pattern == model }) { return exact.price }
        return prices.first { $0.pattern.hasSuffix("*") && model.hasPrefix($0.pattern.dropLast()) }?.price
    }
}
