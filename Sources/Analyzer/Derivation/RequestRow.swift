// One row a request: who asked what, how it ended, and its metrics. The events are gone by then.

package import Core

/// A request as groups and exports see it.
package struct RequestRow: Sendable {
    /// The trace file's name.
    package var file: String
    package var id: AttemptID
    package var model: String
    package var region: String
    package var operation: String
    package var latency: String?
    package var tier: String?
    package var servedLatency: String?
    package var servedTier: String?
    package var taskType: String?
    package var experiment: String?
    package var promptID: String
    package var labels: [String: String]
    package var round: UInt32
    package var isWarmup: Bool
    package var dispatched: TraceInstant
    package var scheduled: TraceInstant
    package var completed: TraceInstant?
    /// `new` or `reused`; `nil` where no connection is known.
    package var connection: String?
    package var outcome: Outcome
    package var errorCode: String?
    package var httpStatus: Int?
    package var stopReason: String?
    package var usage: TokenUsage
    package var chunkCount: Int
    package var eventCount: Int
    package var metrics: RequestMetrics
    package var stamps: StampQuality
    /// How many requests of its trace were under way when it was dispatched, itself included; `nil` until all are known.
    package var concurrency: Int?

    /// Keeps what rows need of a timeline.
    package init(_ timeline: RequestTimeline, file: String, lens: Lens = .standard) {
        let request = timeline.request
        self.file = file
        id = request.id
        model = request.model
        region = request.region
        operation = request.operation
        latency = request.latency
        tier = request.tier
        servedLatency =
            timeline.metadata?.servedLatency
            ?? timeline.response?.header("x-amzn-bedrock-performanceconfig-latency")
        servedTier = timeline.metadata?.servedTier ?? timeline.response?.header("x-amzn-bedrock-service-tier")
        taskType = request.taskType
        experiment = request.experiment
        promptID = request.promptID
        labels = request.labels
        round = request.round
        isWarmup = request.isWarmup
        dispatched = request.dispatched
        scheduled = request.scheduled
        completed = timeline.completed
        connection = timeline.connection.map { $0.isReused ? "reused" : "new" }
        outcome = timeline.outcome
        errorCode = timeline.errorCode
        httpStatus = timeline.response?.status
        stopReason = timeline.stopReason
        usage = timeline.metadata?.usage ?? TokenUsage()
        chunkCount = timeline.chunkCount
        eventCount = timeline.events.count
        metrics = RequestMetrics(timeline, lens: lens)
        stamps = StampQuality(timeline.events)
    }

    /// The kind of end as the summary counts it: the outcome, with its code where it has one.
    package var outcomeWithCode: String {
        errorCode.map { "\(outcome.rawValue):\($0)" } ?? outcome.rawValue
    }
}
