// A response that is an error before any stream began (AWS restJson1 protocol; Amazon Bedrock Runtime 2023-09-30).

/// The error that a response with a status other than 2xx tells.
public struct BedrockErrorResponse: Hashable, Sendable {
    /// The HTTP status.
    public var status: Int
    /// The error's name, for example `ThrottlingException`; `HTTP 502` where the response names none, as a proxy's.
    public var code: String
    /// The text for a person: the message in the body, else the body itself where it is text; `nil` where it is empty.
    public var message: String?

    /// Reads an error response.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - headers: The response's header; names are compared without regard to case.
    ///   - body: The whole body; it need not be JSON.
    public init(status: Int, headers: [HeaderField], body: RawSpan) {
        self.status = status
        let payload = ErrorPayload(body)
        let header = headers.first { $0.name.lowercased() == "x-amzn-errortype" }?.value
        code = header.flatMap(Self.shapeName) ?? payload.type.flatMap(Self.shapeName) ?? "HTTP \(status)"
        message = payload.message ?? Self.plainText(body)
    }

    /// The name within `namespace#Name:http://…`; `nil` where nothing is left.
    private static func shapeName(_ text: String) -> String? {
        let name = text.prefix { $0 != ":" }
        let start = name.lastIndex(of: "#").map { name.index(after: $0) } ?? name.startIndex
        let trimmed = name[start...].drop { $0 == " " }.prefix { $0 != " " }
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    private static func plainText(_ body: RawSpan) -> String? {
        let text = body.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
        guard let text, text.contains(where: { !$0.isWhitespace }) else { return nil }
        return text
    }
}
