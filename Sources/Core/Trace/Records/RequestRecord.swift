// What was asked, and when: the message of channel `/request`.

/// An HTTP header field as it stood on the wire.
public struct HeaderField: Hashable, Sendable {
    /// The name, spelled as sent.
    public var name: String
    /// The value, without surrounding white space.
    public var value: String

    /// Makes a field.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The two streaming operations of the Bedrock runtime.
public enum BedrockOperation: String, Sendable, CaseIterable {
    /// `POST /model/{id}/converse-stream`.
    case converseStream = "converse-stream"
    /// `POST /model/{id}/invoke-with-response-stream`.
    case invokeModelWithResponseStream = "invoke-model-with-response-stream"
}

/// The start of an attempt: what went over the wire and what the plan meant by it.
///
/// Never holds an `Authorization`, `X-Amz-Security-Token` or cookie header.
public struct RequestRecord: Hashable, Sendable {
    /// The attempt.
    public var id: AttemptID
    /// When the load plan wanted the request to start; equals `dispatched` in a closed loop.
    public var scheduled: TraceInstant
    /// When the recorder handed the request to libcurl.
    public var dispatched: TraceInstant

    public var method: String
    public var url: String
    public var headers: [HeaderField]
    /// The request's body, UTF-8 JSON.
    public var body: String

    /// The operation asked for; the raw value of ``BedrockOperation``.
    public var operation: String
    /// The model id, inference-profile id or ARN, decoded from the URL.
    public var model: String
    public var region: String
    /// The performance profile asked for (`optimized` or `standard`); `nil` when the request named none.
    public var latency: String?
    /// The service tier asked for; `nil` when the request named none.
    public var tier: String?

    /// The prompt's identity within the dataset.
    public var promptID: String
    public var taskType: String?
    public var experiment: String?
    public var labels: [String: String]
    /// The round of the plan the request belongs to, from 0.
    public var round: UInt32
    /// Whether the request only warms connections and models up, and is left out of statistics.
    public var isWarmup: Bool

    /// Makes a record of an attempt's start.
    public init(
        id: AttemptID,
        scheduled: TraceInstant,
        dispatched: TraceInstant,
        method: String = "POST",
        url: String,
        headers: [HeaderField],
        body: String,
        operation: String,
        model: String,
        region: String,
        latency: String? = nil,
        tier: String? = nil,
        promptID: String,
        taskType: String? = nil,
        experiment: String? = nil,
        labels: [String: String] = [:],
        round: UInt32 = 0,
        isWarmup: Bool = false
    ) {
        self.id = id
        self.scheduled = scheduled
        self.dispatched = dispatched
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.operation = operation
        self.model = model
        self.region = region
        self.latency = latency
        self.tier = tier
        self.promptID = promptID
        self.taskType = taskType
        self.experiment = experiment
        self.labels = labels
        self.round = round
        self.isWarmup = isWarmup
    }
}
