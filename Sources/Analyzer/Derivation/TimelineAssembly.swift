// Puts the records of many attempts together as they come, and hands each timeline on when its attempt ends.

import Core

/// The attempts under way in a stream of records; memory holds nothing that was handed on.
struct TimelineAssembly {
    private var open: [AttemptID: TimelineBuilder] = [:]

    /// Takes the next record; gives the timeline of the attempt that it ends.
    mutating func take(_ record: TraceRecord) -> RequestTimeline? {
        switch record {
        case .clock, .drop, .quality: break
        case .request(let request): open[request.id] = TimelineBuilder(request)
        case .end(let end):
            guard var builder = open.removeValue(forKey: end.id) else { break }
            builder.take(record)
            return builder.timeline()
        case .connection, .response, .chunks, .error:
            guard let id = record.attempt else { break }
            // Out of the table while it changes, so that nothing is copied.
            guard var builder = open.removeValue(forKey: id) else { break }
            builder.take(record)
            open[id] = builder
        }
        return nil
    }

    /// The timelines of attempts that never ended, by number.
    func rest() -> [RequestTimeline] {
        open.keys.sorted().compactMap { open[$0]?.timeline() }
    }
}
