// Which topic a channel's number stands for: fixed in our own files, as stated in those that other tools wrote.

/// Topics by channel.
struct TopicTable {
    private var topics: [UInt16: String]
    /// Whether the file says that another program wrote it.
    private var isForeign = false

    init() {
        topics = Dictionary(uniqueKeysWithValues: TraceChannel.allCases.map { ($0.rawValue, $0.topic) })
    }

    /// Takes note of who wrote the file.
    mutating func noteHeader(_ fields: RawSpan) {
        var reader = FieldReader(fields)
        guard reader.text() != nil, let library = reader.text() else { return }
        isForeign = !library.hasPrefix(BedrockTrace.libraryName)
    }

    /// Takes note of a channel; one that contradicts our fixed numbers in a file of our own is damage.
    mutating func note(_ channel: MCAPChannel) {
        let fixed = TraceChannel(rawValue: channel.id)
        if let fixed, fixed.topic != channel.topic, !isForeign { return }
        if fixed == nil, TraceChannel.topics.contains(channel.topic), !isForeign { return }
        topics[channel.id] = channel.topic
    }

    /// Whether messages may stand outside chunks: our own files have none there, so one that does is damage.
    var allowsLooseMessages: Bool { isForeign }

    subscript(id: UInt16) -> String? { topics[id] }
}
