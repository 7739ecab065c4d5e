// One message of a trace, decoded: the vocabulary that the writer takes and the reader gives.

/// One record of a trace.
public enum TraceRecord: Hashable, Sendable {
    case clock(ClockRecord)
    case request(RequestRecord)
    case connection(ConnectionRecord)
    case response(ResponseRecord)
    case chunks(ChunkBatch)
    case error(ErrorRecord)
    case end(EndRecord)
    case drop(DropRecord)
    case quality(QualityRecord)
}

extension TraceRecord {
    /// The attempt the record belongs to; `nil` for records of the whole recording.
    public var attempt: AttemptID? {
        switch self {
        case .clock, .drop, .quality: nil
        case .request(let record): record.id
        case .connection(let record): record.id
        case .response(let record): record.id
        case .chunks(let batch): batch.attempt
        case .error(let record): record.id
        case .end(let record): record.id
        }
    }
}
