// Secrets, in types that never print themselves.

/// What requests are signed with.
package enum Credentials: Sendable {
    /// An access key, for Signature Version 4.
    case accessKey(AccessKey)
    /// A Bedrock API key, sent as it is.
    case bearer(token: String)
}

/// An AWS access key.
package struct AccessKey: Sendable {
    /// The public half.
    package var identifier: String
    package var secret: String
    package var sessionToken: String?

    /// Makes a key.
    package init(identifier: String, secret: String, sessionToken: String? = nil) {
        self.identifier = identifier
        self.secret = secret
        self.sessionToken = sessionToken
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .accessKey: "access key (hidden)"
        case .bearer: "bearer token (hidden)"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension AccessKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "access key (hidden)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
