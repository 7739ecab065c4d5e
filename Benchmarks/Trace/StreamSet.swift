// The synthetic streams of the trace file's figures: answers of ConverseStream as the service frames them, many at a time,
// made from a seed and stored nowhere.

import Analyzer
import Core
import Glibc

/// Answers in the order in which their events arrive.
struct StreamSet {
    /// One thing that happens.
    enum Event {
        /// An answer is asked for.
        case begin(AttemptID, TraceInstant)
        /// A message of an answer arrives, as one chunk.
        case message(AttemptID, TraceInstant, [UInt8])
        /// An answer is whole.
        case end(AttemptID, TraceInstant)
    }

    /// An answer under way.
    private struct Answer {
        var id: AttemptID
        var time: UInt64
        /// Messages not yet told, the next one last.
        var left: [[UInt8]]
        var isBegun = false
    }

    static let start = TraceInstant(nanosecondsSinceEpoch: 1_790_000_000_000_000_000)

    private let answers: Int
    private var begun: UInt64 = 0
    private var live: [Answer] = []
    private var random: RandomStream

    /// Sets `answers` answers up, `concurrency` of them at any time.
    init(answers: Int, concurrency: Int, seed: UInt64) {
        self.answers = answers
        random = RandomKey(seed: seed, label: "benchmark/trace").stream(replicate: 0)
        for _ in 0..<min(answers, concurrency) {
            let answer = newAnswer(at: Self.start.nanosecondsSinceEpoch + UInt64(random.index(below: 2_000_000_000)))
            live.append(answer)
        }
    }

    /// The next event; `nil` when every answer is whole.
    mutating func next() -> Event? {
        guard let place = live.indices.min(by: { live[$0].time < live[$1].time }) else { return nil }
        let (id, instant) = (live[place].id, TraceInstant(nanosecondsSinceEpoch: live[place].time))
        guard live[place].isBegun else {
            live[place].isBegun = true
            live[place].time += gap() * 20
            return .begin(id, instant)
        }
        guard let message = live[place].left.popLast() else {
            if begun < UInt64(answers) {
                live[place] = newAnswer(at: live[place].time + 1_000_000)
            } else {
                live.remove(at: place)
            }
            return .end(id, instant)
        }
        live[place].time += live[place].left.isEmpty ? 200_000 : gap()
        return .message(id, instant, message)
    }

    /// Lognormal, median 15 ms; the sum of twelve uniform draws is normal enough for that.
    private mutating func gap() -> UInt64 {
        var sum = -6.0
        for _ in 0..<12 { sum += random.unit() }
        return UInt64(15e6 * exp(0.5 * sum))
    }

    // MARK: Answers

    private mutating func newAnswer(at time: UInt64) -> Answer {
        begun += 1
        let deltas = 120 + random.index(below: 61)
        var messages = [message("messageStart", #"{"p":""#, #"","role":"assistant"}"#)]
        for _ in 0..<deltas {
            let text = words()
            messages.append(
                message("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"\#(text)"},"p":""#, #""}"#)
            )
        }
        messages.append(message("contentBlockStop", #"{"contentBlockIndex":0,"p":""#, #""}"#))
        messages.append(message("messageStop", #"{"p":""#, #"","stopReason":"end_turn"}"#))
        let input = 200 + random.index(below: 800)
        let metrics = #"{"metrics":{"latencyMs":\#(deltas * 17)},"p":""#
        let usage =
            #"","usage":{"inputTokens":\#(input),"outputTokens":\#(deltas * 2),"totalTokens":\#(input + deltas * 2)}}"#
        messages.append(message("metadata", metrics, usage))
        return Answer(id: AttemptID(request: begun), time: time, left: messages.reversed())
    }

    /// A message with padding between the two parts of its payload, its three headers in the service's order.
    private mutating func message(_ type: String, _ head: String, _ tail: String) -> [UInt8] {
        let padding = Self.alphabet.prefix(2 + random.index(below: 60))
        var bytes: [UInt8] = []
        EventStreamEncoder.append(
            headers: [
                EventStreamHeader(":event-type", type),
                EventStreamHeader(":content-type", "application/json"),
                EventStreamHeader(":message-type", "event"),
            ],
            payload: Array(head.utf8) + padding.utf8 + Array(tail.utf8),
            to: &bytes
        )
        return bytes
    }

    private static let alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

    /// One to three tokens of a text whose common words are common.
    private mutating func words() -> String {
        var text = ""
        for _ in 0...random.index(below: 3) {
            // The product of two draws favours the front of the list, as word frequencies do.
            let rank = Int(random.unit() * random.unit() * Double(Self.vocabulary.count))
            text += " " + Self.vocabulary[rank]
        }
        return text
    }

    private static let vocabulary = """
        the of and to in is that it for on as with be by this are or from at an which can has not have more when one will \
        their other all into than time its these two may some such between only each over most first then also after any \
        value system model request data number result change point part order process state level form case work large \
        common water energy light surface material pressure temperature rate growth small high low long short different \
        important general possible several specific early late often usually because however therefore although while \
        through during without within along across toward against answer question reason example method function table \
        memory network server latency measure sample stream record window buffer signal event token prompt context region \
        language people world history country government market company product service price cost demand supply policy \
        health patient disease treatment cell protein gene plant animal species forest river ocean climate season winter \
        summer morning evening street building bridge machine engine vehicle railway station airport traffic journey \
        teacher student school university research theory experiment evidence observation hypothesis conclusion argument \
        music picture colour sound voice letter word sentence paragraph chapter story author reader translation grammar \
        increase decrease produce provide require consider describe explain compare determine develop maintain reduce
        """.split(separator: " ").map(String.init)
}

/// The streams as a recorder hands them over.
struct StreamRecords {
    /// Whether chunks carry the lags that a busy recorder measures, beside their stamps.
    var hasLags = false
    /// Whether requests, responses and ends are written too, or nothing but the streams.
    var hasRequests = true
    private var random: RandomStream
    /// Requests under way whose heads have come.
    private var answered: Set<UInt64> = []

    /// Makes records; the seed is that of the lags.
    init(hasLags: Bool = false, hasRequests: Bool = true, seed: UInt64 = 1) {
        self.hasLags = hasLags
        self.hasRequests = hasRequests
        random = RandomKey(seed: seed, label: "benchmark/trace/lags").stream(replicate: 0)
    }

    /// Appends an event to a trace.
    mutating func append<Output: TraceOutput & ~Copyable>(
        _ event: StreamSet.Event,
        to writer: inout TraceWriter<Output>
    ) throws(TraceError) {
        switch event {
        case .begin(let id, let instant):
            try writer.flushIfDue(now: instant)
            if hasRequests { try writer.append(.request(request(id, instant))) }
        case .message(let id, let instant, let bytes):
            try writer.flushIfDue(now: instant)
            if answered.insert(id.request).inserted, hasRequests { try writer.append(.response(response(id, instant))) }
            var stamp = ChunkStamp(instant: instant, length: UInt32(bytes.count), source: .kernel)
            if hasLags {
                stamp.wakeLag = Nanoseconds(5_000 + Int64(random.index(below: 40_000)))
                stamp.callbackLag = stamp.wakeLag + Nanoseconds(3_000 + Int64(random.index(below: 12_000)))
            }
            var failure: TraceError?
            bytes.withUnsafeBytes { raw in
                do throws(TraceError) { try writer.append(stamp, of: id, bytes: raw) } catch { failure = error }
            }
            if let failure { throw failure }
        case .end(let id, let instant):
            answered.remove(id.request)
            let end = EndRecord(id: id, completed: instant, chunks: 0, bytes: 0, xxHash64: 0, outcome: .ok)
            if hasRequests { try writer.append(.end(end)) }
        }
    }

    private func request(_ id: AttemptID, _ instant: TraceInstant) -> RequestRecord {
        let model = "us.anthropic.claude-3-5-haiku-20241022-v1:0"
        let body =
            #"{"messages":[{"role":"user","content":[{"text":"Prompt \#(id.request % 200)"}]}],"#
            + #""inferenceConfig":{"maxTokens":100,"temperature":1}}"#
        return RequestRecord(
            id: id,
            scheduled: instant,
            dispatched: instant,
            url: "https://bedrock-runtime.us-east-2.amazonaws.com/model/\(model)/converse-stream",
            headers: [HeaderField("Content-Type", "application/json"), HeaderField("Accept", "*/*")],
            body: body,
            operation: "converse-stream",
            model: model,
            region: "us-east-2",
            promptID: "prompt-\(id.request % 200)"
        )
    }

    private func response(_ id: AttemptID, _ instant: TraceInstant) -> ResponseRecord {
        let digits = String(id.request &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        return ResponseRecord(
            id: id,
            status: 200,
            headers: [
                HeaderField("Date", "Tue, 24 Nov 2026 13:58:18 GMT"),
                HeaderField("Content-Type", "application/vnd.amazon.eventstream"),
                HeaderField("x-amzn-RequestId", "\(digits)-4c11-8f0e"),
            ],
            sent: instant,
            firstByte: instant
        )
    }
}
