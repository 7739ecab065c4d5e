// What one model of a scenario can take: quotas and places. The only part of a scenario that depends on arrivals.

import Core
import Synchronization

/// The limits of one scenario entry; `nil` where there is none.
package struct ServiceLimits: Hashable, Sendable {
    /// Requests that the quota admits each minute.
    package var requestsPerMinute: Double?
    /// Input and output tokens that the quota admits each minute.
    package var tokensPerMinute: Double?
    /// How many answers are generated at a time; further requests wait.
    package var capacity: Int?

    /// Makes limits.
    package init(requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil, capacity: Int? = nil) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.capacity = capacity
    }
}

/// When a request was whole, by the clocks that answers may depend on.
package struct Arrival: Hashable, Sendable {
    /// `CLOCK_MONOTONIC`, in nanoseconds.
    package var monotonic: UInt64
    /// The wall clock, in whole seconds since the Unix epoch.
    package var secondsSinceEpoch: Int64
    /// The request's number in the order in which the server's requests were whole, from 1.
    package var number: UInt64

    /// Makes an instant.
    package init(monotonic: UInt64, secondsSinceEpoch: Int64, number: UInt64 = 1) {
        self.monotonic = monotonic
        self.secondsSinceEpoch = secondsSinceEpoch
        self.number = number
    }
}

/// The quotas and places of one scenario entry, shared by all its requests.
final class ServiceLoad: Sendable {
    private struct State {
        var requests: TokenBucket?
        var tokens: TokenBucket?
        var queue: ServiceQueue?
    }

    private let state: Mutex<State>

    init(_ limits: ServiceLimits) {
        state = Mutex(
            State(
                requests: limits.requestsPerMinute.map { TokenBucket(perMinute: $0) },
                tokens: limits.tokensPerMinute.map { TokenBucket(perMinute: $0) },
                queue: limits.capacity.map { ServiceQueue(capacity: $0) }
            )
        )
    }

    /// Admits a request, or not.
    ///
    /// - Returns: How long the request waits for a place; `nil` where a quota is used up.
    func admit(at now: UInt64, tokens: Int, duration: Nanoseconds) -> Nanoseconds? {
        state.withLock { state in
            state.requests?.refill(now: now)
            state.tokens?.refill(now: now)
            guard state.requests?.holds(1) ?? true, state.tokens?.holds(Double(tokens)) ?? true else { return nil }
            state.requests?.take(1)
            state.tokens?.take(Double(tokens))
            return state.queue?.enter(at: now, for: duration) ?? .zero
        }
    }
}
