// A request to the runtime, as an answer needs it: operation, model, body and the few members that shape the answer.

import Core

/// The operations of the Bedrock runtime that can be answered.
package enum RuntimeOperation: Hashable, Sendable, CaseIterable {
    case converseStream
    case invokeModelWithResponseStream
    case converse
    case invokeModel
    case countTokens

    /// The last component of the operation's path.
    package var pathComponent: String {
        switch self {
        case .converseStream: "converse-stream"
        case .invokeModelWithResponseStream: "invoke-with-response-stream"
        case .converse: "converse"
        case .invokeModel: "invoke"
        case .countTokens: "count-tokens"
        }
    }

    /// The operation's name in logs, and for streams in a trace.
    package var traceName: String {
        switch self {
        case .converseStream: BedrockOperation.converseStream.rawValue
        case .invokeModelWithResponseStream: BedrockOperation.invokeModelWithResponseStream.rawValue
        case .converse: "converse"
        case .invokeModel: "invoke-model"
        case .countTokens: "count-tokens"
        }
    }

    /// Whether the request's body is Converse's, and not a model family's own.
    var isConverse: Bool { self == .converseStream || self == .converse }
    /// Whether the answer is an event stream.
    var isStream: Bool { self == .converseStream || self == .invokeModelWithResponseStream }
}

/// One whole request.
package struct RuntimeRequest: Sendable {
    package var operation: RuntimeOperation
    /// The model id, inference-profile id or ARN, decoded.
    package var model: String
    /// The request target as sent.
    package var target: String
    /// The header fields, names in lower case, repeated fields joined by commas.
    package var headers: [String: String]
    package var body: [UInt8]

    /// Makes a request.
    package init(
        operation: RuntimeOperation,
        model: String,
        target: String = "",
        headers: [String: String] = [:],
        body: [UInt8]
    ) {
        self.operation = operation
        self.model = model
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The request's digest: equal for equal operation, model and body.
    var digest: UInt64 { RequestDigest.of(operation: operation, model: model, body: body) }
}
