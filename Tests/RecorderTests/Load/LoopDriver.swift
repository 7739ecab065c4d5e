// A capture loop without a network: asks a source as the real one does, on a clock of its own.

import Core

@testable import Recorder

struct LoopDriver<Source: RequestSource> {
    struct Start: Hashable {
        var planIndex: Int
        var row: Int
        var round: Int
        var isWarmup: Bool
        /// Nanoseconds since the driver's beginning.
        var at: Int
        var scheduled: Int?
        var inFlight: Int
    }

    static var zero: UInt64 { 1_000_000_000_000 }

    var source: Source
    var maxInFlight = 4096
    /// How long an answer takes, by row; `nil` for a server that never answers.
    var service: (Int) -> UInt64? = { _ in 10_000_000 }
    var status: (UInt64) -> Int = { _ in 200 }
    var limit: UInt64 = .max

    private var running: [(end: UInt64, planIndex: Int, started: UInt64)] = []
    private(set) var starts: [Start] = []
    private(set) var endedAt: UInt64 = 0
    private(set) var highestInFlight = 0

    init(_ source: Source) {
        self.source = source
    }

    /// Runs until the source is finished and nothing is in flight, or the limit is reached.
    mutating func run() {
        var now = Self.zero
        var isFinished = false
        while now - Self.zero < limit {
            var wake: UInt64 = .max
            asking: while !isFinished, running.count < maxInFlight {
                switch source.next(nowMonotonicNanoseconds: now, inFlight: running.count) {
                case .start(let request): start(request, now)
                case .waitUntil(let instant):
                    wake = max(instant, now + 1)
                    break asking
                case .waitForEnd: break asking
                case .finished: isFinished = true
                }
            }
            if isFinished, running.isEmpty { break }
            let nextEnd = running.map(\.end).min() ?? .max
            guard min(wake, nextEnd) < .max else { break }
            now = min(wake, nextEnd)
            for one in running.filter({ $0.end <= now }) {
                source.ended(
                    AttemptEnd(
                        planIndex: one.planIndex,
                        id: AttemptID(request: UInt64(one.planIndex + 1)),
                        outcome: status(now - Self.zero) == 200 ? .ok : .httpError,
                        httpStatus: status(now - Self.zero),
                        dispatchedMonotonicNanoseconds: one.started,
                        endedMonotonicNanoseconds: one.end
                    )
                )
            }
            running.removeAll { $0.end <= now }
        }
        endedAt = now - Self.zero
    }

    private mutating func start(_ request: PreparedRequest, _ now: UInt64) {
        let row = Int(request.record.promptID) ?? -1
        starts.append(
            Start(
                planIndex: request.planIndex,
                row: row,
                round: Int(request.record.round),
                isWarmup: request.record.isWarmup,
                at: Int(now - Self.zero),
                scheduled: request.scheduledMonotonicNanoseconds.map { Int($0) - Int(Self.zero) },
                inFlight: running.count
            )
        )
        running.append((service(row).map { now + $0 } ?? .max, request.planIndex, now))
        highestInFlight = max(highestInFlight, running.count)
    }
}

enum LoadFixtures {
    /// AWS's documented example key.
    static let key = AccessKey(identifier: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

    /// Rows whose prompt ids are their numbers.
    static func factory(
        rowCount: Int,
        authority: any SigningAuthority = FixedAuthority(credentials: .accessKey(key))
    ) throws -> RequestFactory {
        let lines = (0..<rowCount).map { #"{"id":"\#($0)","text_prompt":"A","model_id":"m\#($0 % 2)","region":"r"}"# }
        let rows = try DatasetReader.rows(
            of: Array(lines.joined(separator: "\n").utf8),
            file: "d.jsonl",
            defaults: RowDefaults()
        )
        return RequestFactory(rows: rows, endpoint: nil, authority: authority, experiment: nil)
    }
}
