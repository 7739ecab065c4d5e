// New numbers for the requests and connections of several recordings, so that each is one again.

import Core

/// Which recording a number is from.
struct RunNumber: Hashable {
    /// The recording, by its place in the list.
    var run: Int
    var number: UInt64
}

/// Renumbers requests in the order of their starts, and connections in the order in which they are met.
struct RequestNumbering {
    private let requests: [RunNumber: UInt64]
    private var connections: [RunNumber: UInt64] = [:]

    /// Numbers requests by their starts, all on one timeline; equal starts keep the order of recordings and numbers.
    init(starts: [RunNumber: TraceInstant]) {
        let order = starts.sorted {
            ($0.value, $0.key.run, $0.key.number) < ($1.value, $1.key.run, $1.key.number)
        }
        var requests: [RunNumber: UInt64] = [:]
        requests.reserveCapacity(order.count)
        for (index, start) in order.enumerated() { requests[start.key] = UInt64(index) + 1 }
        self.requests = requests
    }

    /// The record under its new numbers.
    mutating func renumbered(_ record: TraceRecord, run: Int) -> TraceRecord {
        switch record {
        case .clock, .drop, .quality: return record
        case .request(var request):
            request.id = id(request.id, run)
            return .request(request)
        case .connection(var connection):
            connection.id = id(connection.id, run)
            let key = RunNumber(run: run, number: connection.connection)
            let number = connections[key] ?? UInt64(connections.count) + 1
            connections[key] = number
            connection.connection = number
            return .connection(connection)
        case .response(var response):
            response.id = id(response.id, run)
            return .response(response)
        case .chunks(var batch):
            batch.attempt = id(batch.attempt, run)
            return .chunks(batch)
        case .error(var error):
            error.id = id(error.id, run)
            return .error(error)
        case .end(var end):
            end.id = id(end.id, run)
            return .end(end)
        }
    }

    private func id(_ id: AttemptID, _ run: Int) -> AttemptID {
        AttemptID(request: requests[RunNumber(run: run, number: id.request)] ?? id.request, attempt: id.attempt)
    }
}
