// Files that follow each other, read record by record.

import Core

/// The records of a lane's files, one file after the other.
final class TraceLane {
    /// The recording the lane belongs to, by its place in the list of recordings.
    let run: Int
    /// What is added to every instant of the lane to align it with the other recordings.
    let shift: Nanoseconds
    /// The record that comes next, and its time; `nil` at the end.
    private(set) var head: (record: TraceRecord, time: TraceInstant)?
    /// The file that the next record is from.
    private(set) var path = ""
    /// Files that were never closed.
    private(set) var unclosed: [String] = []
    /// Messages of topics that this version doesn't know, by topic.
    private(set) var unknown: [String: UInt64] = [:]

    private var files: ArraySlice<String>
    private var file: OpenFile?
    private var delivered: [String: UInt64] = [:]
    private var time = TraceInstant(nanosecondsSinceEpoch: 0)

    /// Opens the first file.
    init(_ paths: [String], run: Int, shift: Nanoseconds = .zero) throws {
        self.run = run
        self.shift = shift
        files = paths[...]
        try advance()
    }

    /// Goes on to the next record.
    func advance() throws {
        head = nil
        while true {
            if file == nil {
                guard let next = files.popFirst() else { return }
                file = try OpenFile(next)
                path = next
            }
            if let record = try file?.cursor.nextRecord() {
                delivered[record.topic, default: 0] += 1
                let record = record.shifted(by: shift)
                // A record without an instant belongs where it stands.
                time = max(time, record.time ?? time)
                head = (record, time)
                return
            }
            close()
        }
    }

    private func close() {
        guard let file else { return }
        if !file.cursor.reader.isClosed { unclosed.append(path) }
        for (topic, count) in file.cursor.reader.messageCounts {
            let rest = count - min(count, delivered[topic] ?? 0)
            if rest > 0 { unknown[topic, default: 0] += rest }
        }
        delivered = [:]
        self.file = nil
    }

    /// A box, since a cursor can't be copied.
    private final class OpenFile {
        var cursor: TraceRecordCursor

        init(_ path: String) throws(TraceError) {
            cursor = try TraceRecordCursor(path: path)
        }
    }
}

extension TraceRecord {
    /// When the record was made, as far as it says so; of a batch, its last stamp.
    var time: TraceInstant? {
        switch self {
        case .clock(let record): record.instant
        case .request(let record): record.dispatched
        case .connection(let record): record.connected
        case .response(let record): record.firstByte
        case .chunks(let batch): batch.stamps.map(\.instant).max()
        case .error(let record): record.instant
        case .end(let record): record.completed
        case .drop(let record): record.instant
        case .quality(let record): record.instant
        }
    }

    /// The record with every instant moved; what lies between two instants stays as it is.
    func shifted(by shift: Nanoseconds) -> TraceRecord {
        guard shift != .zero else { return self }
        switch self {
        case .clock(var record):
            record.instant = record.instant.advanced(by: shift)
            return .clock(record)
        case .request(var record):
            record.scheduled = record.scheduled.advanced(by: shift)
            record.dispatched = record.dispatched.advanced(by: shift)
            return .request(record)
        case .connection(var record):
            record.nameResolved = record.nameResolved?.advanced(by: shift)
            record.tcpConnected = record.tcpConnected?.advanced(by: shift)
            record.tlsConnected = record.tlsConnected?.advanced(by: shift)
            return .connection(record)
        case .response(var record):
            record.sent = record.sent?.advanced(by: shift)
            record.firstByte = record.firstByte.advanced(by: shift)
            return .response(record)
        case .chunks(var batch):
            for index in batch.stamps.indices {
                batch.stamps[index].instant = batch.stamps[index].instant.advanced(by: shift)
            }
            return .chunks(batch)
        case .error(var record):
            record.instant = record.instant.advanced(by: shift)
            return .error(record)
        case .end(var record):
            record.completed = record.completed.advanced(by: shift)
            return .end(record)
        case .drop(var record):
            record.instant = record.instant.advanced(by: shift)
            return .drop(record)
        case .quality(var record):
            record.instant = record.instant.advanced(by: shift)
            return .quality(record)
        }
    }
}
