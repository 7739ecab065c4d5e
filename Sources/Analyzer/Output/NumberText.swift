// Numbers as people read them: fixed short decimals, no locale, the same on every machine.

/// How tables, charts and pages write numbers.
enum NumberText {
    /// A coordinate: one decimal, no trailing zero.
    static func coordinate(_ value: Double) -> String {
        fixed(value, decimals: 1)
    }

    /// A value for a person: about four significant digits.
    static func readable(_ value: Double) -> String {
        let size = abs(value)
        return fixed(value, decimals: size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4)
    }

    /// A p-value: four decimals, and never 0.
    static func probability(_ value: Double?) -> String {
        guard let value else { return "–" }
        return value < 0.0001 ? "<0.0001" : fixed(value, decimals: 4)
    }

    /// A value of a chart's data, to be computed with: six decimals.
    static func data(_ value: Double) -> String {
        fixed(value, decimals: 6)
    }

    /// A change for a person, with its sign: `+4.2`, `−12`.
    static func signed(_ value: Double, decimals: Int) -> String {
        signed(fixed(value, decimals: decimals))
    }

    /// A change of about four significant digits, with its sign.
    static func signedReadable(_ value: Double) -> String {
        signed(readable(value))
    }

    private static func signed(_ text: String) -> String {
        if text.hasPrefix("-") { return "−" + text.dropFirst() }
        return text == "0" ? text : "+" + text
    }

    /// Rounds half away from zero to `decimals` and drops trailing zeros.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return "–" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded(.toNearestOrAwayFromZero)
        guard abs(scaled) < 9e15 else { return value.description }
        let whole = Int64(scaled)
        let sign = whole < 0 ? "-" : ""
        let digits = whole.magnitude
        let divisor = UInt64(scale)
        var text = "\(sign)\(digits / divisor)"
        var fraction = String(digits % divisor)
        guard decimals > 0, digits % divisor != 0 else { return text }
        fraction = String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        text += ".\(fraction)"
        return text
    }
}
