// When what is sent: the load's flags, checked against each other, and the loop that they describe.

import ArgumentParser
import Core

extension LoadOrder: ExpressibleByArgument {}
extension Arrival: ExpressibleByArgument {}

struct LoadOptions: ParsableArguments {
    @Option(help: "Closed loop: how many workers ask at once (default: 1).")
    var concurrency: Int?

    @Option(
        help: ArgumentHelp(
            "Open loop: requests a second (5, 0.2, 30/m), or auto for as many as are not throttled.",
            valueName: "rate"
        )
    )
    var rate: String?

    @Option(help: "Open loop: how starts are spread, constant or poisson (default: poisson).")
    var arrival: Arrival?

    @Option(
        help: ArgumentHelp("Open loop: how many requests may be in flight at once (default: 256).", valueName: "count")
    )
    var maxInFlight: Int?

    @Option(help: "How often each row is asked in a round.")
    var invocations = 1

    @Option(help: "How many rounds; without, one, or as many as --duration and --max-requests hold.")
    var rounds: Int?

    @Option(help: ArgumentHelp("Closed loop: the pause of a worker after each answer.", valueName: "seconds"))
    var sleep: Double?

    @Option(help: ArgumentHelp("Start nothing after this time, for example 90s, 30m or 24h.", valueName: "time"))
    var duration: String?

    @Option(help: "At most this many requests, warm-ups aside.")
    var maxRequests: Int?

    @Option(
        help: ArgumentHelp(
            "Send only within these hours, for example 09:00-18:00 or 'mon-fri 09:00-18:00'; may be repeated.",
            valueName: "hours"
        )
    )
    var window: [String] = []

    @Option(help: ArgumentHelp("The time zone of --window, for example Europe/Berlin.", valueName: "name"))
    var timeZone: String?

    @Option(help: "interleaved, shuffled or sequential.")
    var order = LoadOrder.interleaved

    @Option(help: "The seed of order and arrivals.")
    var seed: UInt64 = 1

    @Option(help: "Requests before the plan that are marked as warm-up and left out of statistics.")
    var warmup = 0

    @Option(help: ArgumentHelp("Grow to the full load over this time, for example 30s.", valueName: "time"))
    var ramp: String?

    func validate() throws {
        guard concurrency.map({ (1...4096).contains($0) }) ?? true else {
            throw ValidationError("--concurrency: expected 1 to 4096")
        }
        guard maxInFlight.map({ (1...4096).contains($0) }) ?? true else {
            throw ValidationError("--max-in-flight: expected 1 to 4096")
        }
        guard invocations >= 1 else { throw ValidationError("--invocations: expected at least 1") }
        guard rounds.map({ $0 >= 1 }) ?? true else { throw ValidationError("--rounds: expected at least 1") }
        guard sleep.map({ (0...86_400).contains($0) }) ?? true else {
            throw ValidationError("--sleep: expected 0 to 86400 seconds")
        }
        guard maxRequests.map({ $0 >= 1 }) ?? true else { throw ValidationError("--max-requests: expected at least 1") }
        guard (0...1_000_000).contains(warmup) else { throw ValidationError("--warmup: expected 0 or more") }
        for (name, value) in [("--duration", duration), ("--ramp", ramp)] {
            guard value.map({ DurationText.parse($0) != nil }) ?? true else {
                throw ValidationError("\(name): expected a time such as 90s, 30m or 24h")
            }
        }
        for text in window where RecordingWindow(text) == nil {
            throw ValidationError(
                "--window: expected hours such as 09:00-18:00 or 'mon-fri 22:00-06:00', found '\(text)'"
            )
        }
        guard window.isEmpty || timeZone != nil else {
            throw ValidationError("--window: name its time zone with --time-zone, for example Europe/Berlin or UTC")
        }
        try validateLoop()
    }

    private func validateLoop() throws {
        guard let rate else {
            for (name, isSet) in [("--arrival", arrival != nil), ("--max-in-flight", maxInFlight != nil)] where isSet {
                throw ValidationError("\(name): belongs to an open loop; name its --rate")
            }
            return
        }
        guard rate == "auto" || Self.perSecond(rate) != nil else {
            throw ValidationError("--rate: expected requests a second such as 5, 0.2 or 30/m, or auto; found '\(rate)'")
        }
        for (name, isSet) in [("--concurrency", concurrency != nil), ("--sleep", sleep != nil)] where isSet {
            throw ValidationError("\(name): belongs to a closed loop and --rate to an open one; choose one of them")
        }
        guard rate != "auto" || ramp == nil else {
            throw ValidationError("--ramp: --rate auto grows by itself")
        }
    }

    /// `5`, `5/s`, `30/m` or `100/h` as requests a second; `nil` for anything else.
    static func perSecond(_ text: String) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let seconds: [Substring: Double] = ["s": 1, "m": 60, "h": 3600]
        guard (1...2).contains(parts.count), let count = Double(parts[0]),
            let unit = parts.count == 1 ? 1 : seconds[parts[1]]
        else { return nil }
        let rate = count / unit
        return rate.isFinite && rate >= 1e-6 && rate <= 100_000 ? rate : nil
    }
}

extension LoadOptions {
    /// The order of a dataset's rows.
    func plan(rowCount: Int) -> LoadPlan {
        var plan = LoadPlan(rowCount: rowCount)
        plan.invocations = invocations
        plan.rounds = rounds ?? (duration == nil && maxRequests == nil ? 1 : nil)
        plan.order = order
        plan.seed = seed
        plan.warmup = warmup
        plan.maxRequests = maxRequests
        return plan
    }

    /// The loop as the flags say.
    var shape: LoadShape {
        guard let rate else {
            return .closed(concurrency: concurrency ?? 1, sleep: Nanoseconds(seconds: sleep ?? 0) ?? .zero)
        }
        let control: RateControl =
            if let perSecond = Self.perSecond(rate) {
                .fixed(perSecond, arrival ?? .poisson)
            } else {
                .adaptive(AdaptiveRate(), arrival ?? .poisson)
            }
        return .open(control, maxInFlight: maxInFlight ?? 256)
    }

    /// What bounds the load.
    ///
    /// - Parameters:
    ///   - readFile: Reads the time zone's file.
    ///   - environment: Where `TZ` may stand.
    ///   - realtimeNanoseconds: The wall clock.
    /// - Returns: The limits.
    /// - Throws: `CommandFailure` for a window or a time zone that is none.
    func limits(
        readFile: (String) -> [UInt8]?,
        environment: [String: String],
        realtimeNanoseconds: @escaping @Sendable () -> UInt64
    ) throws(CommandFailure) -> LoadLimits {
        var limits = LoadLimits()
        limits.duration = duration.flatMap(DurationText.parse)
        limits.ramp = ramp.flatMap(DurationText.parse) ?? .zero
        limits.realtimeNanoseconds = realtimeNanoseconds
        guard !window.isEmpty else { return limits }
        let name = timeZone ?? "UTC"
        limits.hours.windows = window.compactMap { RecordingWindow($0) }
        guard name != "UTC" else { return limits }
        let folder = environment["TZDIR"] ?? "/usr/share/zoneinfo"
        let isName = !name.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == ".." || $0.isEmpty }
        guard isName, let bytes = readFile("\(folder)/\(name)") else {
            throw .usage(
                "--time-zone \(name): not found in \(folder); expected a name such as Europe/Berlin (package tzdata)"
            )
        }
        guard let zone = TimeZoneTable(name: name, bytes: bytes) else {
            throw .usage("--time-zone \(name): \(folder)/\(name) is no time zone file")
        }
        limits.hours.zone = zone
        return limits
    }
}

/// A closed or an open loop.
enum LoadShape: Sendable {
    case closed(concurrency: Int, sleep: Nanoseconds)
    case open(RateControl, maxInFlight: Int)

    /// The most requests in flight.
    var maxInFlight: Int {
        switch self {
        case .closed(let concurrency, _): concurrency
        case .open(_, let maxInFlight): maxInFlight
        }
    }

    /// The source that gives the capture loop its requests.
    func source(
        plan: LoadPlan,
        factory: RequestFactory,
        limits: LoadLimits,
        monitor: LoadMonitor
    ) -> any RequestSource {
        switch self {
        case .closed(let concurrency, let sleep):
            ClosedLoop(
                plan: plan,
                factory: factory,
                concurrency: concurrency,
                sleep: sleep,
                limits: limits,
                monitor: monitor
            )
        case .open(let rate, _):
            OpenLoop(plan: plan, factory: factory, rate: rate, limits: limits, monitor: monitor)
        }
    }
}
