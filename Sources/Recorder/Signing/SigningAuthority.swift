// What a signature needs, asked for each request, so that a recording outlives any one set of credentials.

/// Credentials that hold now, and the time to sign with.
package struct SigningGrant: Sendable {
    package var credentials: Credentials
    /// Differs from grant to grant only where the credentials do.
    package var generation: Int
    /// The server's time as far as it is known, in seconds since the epoch.
    package var secondsSinceEpoch: Int

    /// Makes a grant.
    package init(credentials: Credentials, generation: Int = 0, secondsSinceEpoch: Int) {
        self.credentials = credentials
        self.generation = generation
        self.secondsSinceEpoch = secondsSinceEpoch
    }
}

/// Gives grants; asked on the capture thread, so it answers at once.
package protocol SigningAuthority: Sendable {
    /// What to sign with now; `nil` while nothing holds.
    var grant: SigningGrant? { get }
}

/// Credentials that hold for ever.
package struct FixedAuthority: SigningAuthority {
    private let credentials: Credentials

    /// Grants `credentials` at the host's own time.
    package init(credentials: Credentials) {
        self.credentials = credentials
    }

    package var grant: SigningGrant? {
        let seconds = Int(ClockReading.realtimeNanoseconds / 1_000_000_000)
        return SigningGrant(credentials: credentials, secondsSinceEpoch: seconds)
    }
}
