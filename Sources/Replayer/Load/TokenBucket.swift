// A token bucket (Turner 1986): what quotas per minute look like to a client.

/// Admits amounts as long as they fit what has gathered since; holds at most one minute's worth.
struct TokenBucket: Hashable, Sendable {
    /// What gathers within a minute.
    let perMinute: Double
    private var level: Double
    private var latest: UInt64?

    /// A full bucket.
    init(perMinute: Double) {
        self.perMinute = perMinute
        level = perMinute
    }

    /// Lets what has gathered by `now`, in monotonic nanoseconds, into the bucket.
    mutating func refill(now: UInt64) {
        if let latest, now > latest {
            level = min(perMinute, level + perMinute * Double(now - latest) / 60e9)
        }
        latest = max(latest ?? now, now)
    }

    /// Whether `amount` fits; call ``refill(now:)`` first.
    func holds(_ amount: Double) -> Bool { amount <= level }

    /// Takes `amount` out.
    mutating func take(_ amount: Double) { level -= amount }
}
