// A fault and the requests that it meets, and how both are written: `throttle=5%`, `reset=requests:1-3`.

/// Which requests a fault meets.
package enum FaultTrigger: Hashable, Sendable, CustomStringConvertible {
    /// A share of all requests, from 0 to 1, drawn from the seed and each request.
    case rate(Double)
    /// Requests by their number, counted from 1 in the order in which they arrive.
    case requests([ClosedRange<UInt64>])
    /// Requests with this text in their prompt.
    case prompt(String)

    /// What a trigger looks like, for messages.
    static let expectation = "for example 5%, 0.05, requests:1-3,7 or prompt:TEXT"

    /// Reads a trigger; `nil` where `text` is none.
    package init?(_ text: String) {
        if text.hasPrefix("requests:") {
            var ranges: [ClosedRange<UInt64>] = []
            for part in text.dropFirst("requests:".count).split(separator: ",", omittingEmptySubsequences: false) {
                let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
                guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first >= 1,
                    first <= last
                else { return nil }
                ranges.append(first...last)
            }
            self = .requests(ranges)
        } else if text.hasPrefix("prompt:") {
            let wanted = text.dropFirst("prompt:".count)
            guard !wanted.isEmpty else { return nil }
            self = .prompt(String(wanted))
        } else {
            guard let share = Rate.parse(text) else { return nil }
            self = .rate(share)
        }
    }

    /// The text that reads back as the same trigger.
    package var description: String {
        switch self {
        case .rate(let share): "\(share)"
        case .requests(let ranges):
            "requests:"
                + ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
                .joined(separator: ",")
        case .prompt(let text): "prompt:\(text)"
        }
    }
}

/// A fault and the requests it meets.
package struct Fault: Hashable, Sendable {
    /// The name the fault was given by, which the log repeats.
    package var name: String
    package var kind: FaultKind
    package var trigger: FaultTrigger

    /// Makes a fault; `nil` where no fault has that name.
    package init?(name: String, trigger: FaultTrigger) {
        guard let kind = FaultKind(name: name) else { return nil }
        self.name = name
        self.kind = kind
        self.trigger = trigger
    }

    /// Reads a fault's name and trigger.
    package init(name: String, trigger text: String) throws(FaultSyntaxError) {
        guard FaultKind(name: name) != nil else {
            throw FaultSyntaxError(
                description: "'\(name)' is no fault; expected one of: \(FaultKind.names.joined(separator: ", "))"
            )
        }
        guard let trigger = FaultTrigger(text), let fault = Fault(name: name, trigger: trigger) else {
            throw FaultSyntaxError(
                description: "'\(text)' says not which requests it meets; expected \(FaultTrigger.expectation)"
            )
        }
        self = fault
    }

    /// Reads `name=trigger`.
    package init(_ text: String) throws(FaultSyntaxError) {
        guard let equals = text.firstIndex(of: "=") else {
            throw FaultSyntaxError(
                description:
                    "'\(text)' says not which requests it meets; expected NAME=WHICH, \(FaultTrigger.expectation)"
            )
        }
        try self.init(name: String(text[..<equals]), trigger: String(text[text.index(after: equals)...]))
    }
}

/// What is wrong with the text of a fault.
package struct FaultSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
}
