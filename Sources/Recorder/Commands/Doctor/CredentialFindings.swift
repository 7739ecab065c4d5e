// What there is to sign with, said without a single character of it.

/// The credentials as a recording would find them.
struct CredentialFindings {
    /// What was found, or why nothing was.
    var result: Result<(found: FoundCredentials, source: String), CredentialError>
    /// The host's clock, in seconds since the epoch.
    var now: Int

    /// Looks where a recording would look.
    init(in context: CredentialContext) {
        result = Result { () throws(CredentialError) in try CredentialChain.find(in: context) }
        now = context.secondsSinceEpoch()
    }

    init(_ result: Result<(found: FoundCredentials, source: String), CredentialError>, now: Int) {
        self.result = result
        self.now = now
    }

    /// Credentials that hold for less than this are worth a word where nothing renews them.
    private static let longRun = 86_400

    var finding: Finding {
        switch result {
        case .failure(let error): return Finding(.fix, "credentials", error.description)
        case .success((let found, let source)):
            let text = "\(Self.kind(found.credentials)) from \(source)"
            let isOfEnvironment = source == EnvironmentKeys.source.name
            guard let expiration = found.expiration else {
                guard isOfEnvironment, case .accessKey(let key) = found.credentials, key.sessionToken != nil else {
                    return Finding(.ok, "credentials", text)
                }
                return Finding(
                    .better,
                    "credentials",
                    "\(text), temporary and never renewed: for a long recording name a --profile that gives new ones"
                )
            }
            let left = "\(text), for another \(DurationLine.text(seconds: Double(expiration - now)))"
            guard isOfEnvironment, expiration - now < Self.longRun else {
                return Finding(.ok, "credentials", isOfEnvironment ? left : "\(left), renewed before they expire")
            }
            return Finding(
                .better,
                "credentials",
                "\(left), never renewed: for a longer recording name a --profile that gives new ones"
            )
        }
    }

    /// The sources that were asked in vain.
    var passedOver: Finding? {
        guard case .success((_, let source)) = result else { return nil }
        let names = CredentialChain.standard.map(\.name).prefix { $0 != source }
        return names.isEmpty
            ? nil : Finding(.ok, "credentials", "none from \(names.joined(separator: ", ")), asked in this order")
    }

    private static func kind(_ credentials: Credentials) -> String {
        switch credentials {
        case .bearer: "a bearer token"
        case .accessKey(let key): key.sessionToken == nil ? "an access key" : "an access key with a session token"
        }
    }
}
