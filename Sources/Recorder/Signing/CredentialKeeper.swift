// Keeps a recording in credentials: renews them before they expire, reads them again where the service refuses them, and
// learns the server's time where the host's clock is wrong.

import Core
import Dispatch
import Synchronization

/// Grants signatures for as long as its source gives credentials.
final class CredentialKeeper: SigningAuthority {
    private struct State {
        var found: FoundCredentials
        var source: String
        var generation = 0
        /// When the credentials were found.
        var foundAt: Int
        /// The server's clock less the host's.
        var skewSeconds = 0
        /// No work begins before this.
        var nextTry = 0
        var nextRefusalCheck = 0
        var isWorking = false
        var refusals = 0
        var events: [String] = []
    }

    private let context: CredentialContext
    /// Where to ask for the server's time.
    private let timeURLs: [String]
    private let caBundle: String?
    private let queue = DispatchQueue(label: "credentials")
    private let state: Mutex<State>

    /// Differences below this are the network's.
    private static let skewTolerance = 30
    private static let retryPause = 30
    private static let refusalPause = 60

    /// Finds credentials.
    ///
    /// - Parameters:
    ///   - context: Where to look, now and later.
    ///   - timeURLs: The endpoints whose `Date` is believed, where the service refuses signatures.
    ///   - caBundle: Certificates to trust.
    /// - Throws: One line that names every source tried.
    init(context: CredentialContext, timeURLs: [String] = [], caBundle: String? = nil) throws(CredentialError) {
        self.context = context
        self.timeURLs = timeURLs
        self.caBundle = caBundle
        let (found, source) = try CredentialChain.find(in: context)
        state = Mutex(State(found: found, source: source, foundAt: context.secondsSinceEpoch()))
    }

    /// Where the credentials came from, for people.
    var source: String { state.withLock { $0.source } }

    /// When the credentials expire, in seconds since the epoch.
    var expiration: Int? { state.withLock { $0.found.expiration } }

    var grant: SigningGrant? {
        let host = context.secondsSinceEpoch()
        return state.withLock { state in
            let now = host + state.skewSeconds
            if let expiration = state.found.expiration, expiration <= now { return nil }
            return SigningGrant(
                credentials: state.found.credentials,
                generation: state.generation,
                secondsSinceEpoch: now
            )
        }
    }

    /// Starts whatever is due, on a thread of its own, and gives what there is to tell since the last call.
    ///
    /// - Parameter refusals: How many answers have refused a signature so far.
    /// - Returns: Lines for a person.
    func tend(refusals: Int) -> [String] {
        let now = context.secondsSinceEpoch()
        let work = state.withLock { state -> (isDue: Bool, wasRefused: Bool) in
            guard !state.isWorking else { return (false, false) }
            let wasRefused = refusals > state.refusals && now >= state.nextRefusalCheck
            let isDue = Self.isDue(state, now: now) || wasRefused
            if wasRefused {
                state.refusals = refusals
                state.nextRefusalCheck = now + Self.refusalPause
            }
            state.isWorking = isDue
            return (isDue, wasRefused)
        }
        if work.isDue {
            queue.async { @Sendable in
                if work.wasRefused { self.learnTime() }
                self.renew()
                self.state.withLock { $0.isWorking = false }
            }
        }
        return state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }

    /// Waits until work that was begun is done.
    func waitForWork() {
        queue.sync {}
    }

    /// Botocore renews a quarter of an hour ahead; short-lived credentials when two thirds of their life are over.
    private static func isDue(_ state: State, now: Int) -> Bool {
        guard now >= state.nextTry else { return false }
        if let reread = state.found.rereadAfter, now >= state.foundAt + reread { return true }
        guard let expiration = state.found.expiration else { return false }
        return expiration - now < min(900, (expiration - state.foundAt) / 3)
    }

    /// Looks for credentials again; where there are none, the old ones serve for as long as they hold.
    func renew() {
        let result = Result { () throws(CredentialError) in try CredentialChain.find(in: context) }
        let now = context.secondsSinceEpoch()
        state.withLock { state in
            switch result {
            case .success(let (found, source)):
                let isNew = !found.credentials.isSame(as: state.found.credentials)
                if isNew {
                    state.generation += 1
                    let until = found.expiration.map { " until \(AmzDate.text(secondsSinceEpoch: $0))" } ?? ""
                    state.events.append("New credentials from \(source)\(until).")
                }
                state.found = found
                state.source = source
                state.foundAt = now
                state.nextTry = isNew || found.expiration == nil ? 0 : now + Self.retryPause
            case .failure(let error):
                state.nextTry = now + Self.retryPause
                state.events.append("Credentials were not renewed, next try in \(Self.retryPause) s: \(error)")
            }
        }
    }

    /// Asks an endpoint for its time, and signs with it from then on where the host's is far off.
    func learnTime() {
        for url in timeURLs {
            let call = HTTPCall(
                method: "HEAD",
                url: url,
                timeoutMilliseconds: 5_000,
                usesProxy: true,
                caBundle: caBundle
            )
            guard let answer = try? context.http(call), let date = answer.header("Date").flatMap({ DateText.http($0) })
            else { continue }
            let skew = date - context.secondsSinceEpoch()
            state.withLock { state in
                let wanted = abs(skew) < Self.skewTolerance ? 0 : skew
                guard abs(wanted - state.skewSeconds) >= Self.skewTolerance else { return }
                state.skewSeconds = wanted
                state.events.append(
                    wanted == 0
                        ? "The host's clock agrees with the server's again."
                        : "The host's clock is \(abs(skew)) s \(skew > 0 ? "behind" : "ahead of") the server's; "
                            + "signatures use the server's time."
                )
            }
            return
        }
    }
}

extension Credentials {
    fileprivate func isSame(as other: Credentials) -> Bool {
        switch (self, other) {
        case (.bearer(let one), .bearer(let two)): one == two
        case (.accessKey(let one), .accessKey(let two)):
            one.identifier == two.identifier && one.secret == two.secret && one.sessionToken == two.sessionToken
        default: false
        }
    }
}
