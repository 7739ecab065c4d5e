// How far a request's, and a group's, stamps may be off: what the recorder's own delays are against what is measured.

package import Core

/// Where the stamps of one request's events come from, and how late the recorder was with them.
package struct StampQuality: Sendable {
    /// Events whose stamp is the kernel's: the recorder's lateness does not move them.
    package private(set) var kernelStamped: UInt64 = 0
    /// Events whose stamp was taken in the recorder: its lateness is in them.
    package private(set) var recorderStamped: UInt64 = 0
    /// From the kernel's stamp to the callback.
    package private(set) var callbackLag: [LatencyHistogram.Bucket] = []
    /// For events without the kernel's stamp: how long the loop had been busy since it woke, a lower bound on the lag.
    package private(set) var loopDelay: [LatencyHistogram.Bucket] = []

    /// Counts the events of one request.
    package init(_ events: [TimelineEvent]) {
        var (lags, delays) = (LatencyHistogram(), LatencyHistogram())
        for event in events {
            if event.source == .kernel {
                lags.record(event.callbackLag)
            } else {
                delays.record(.zero - event.wakeLag)
            }
        }
        (kernelStamped, recorderStamped) = (lags.count, delays.count)
        (callbackLag, loopDelay) = (lags.buckets, delays.buckets)
    }
}

/// The recorder's lateness in a group of requests against the group's inter-token latency.
package struct GroupStampQuality: Sendable {
    package var kernelStamped: UInt64
    package var recorderStamped: UInt64
    /// p99 from the kernel's stamp to the callback; `nil` without kernel stamps.
    package var callbackLag: Nanoseconds?
    /// p99 of what is known of the lateness of stamps taken in the recorder; `nil` where there are none.
    package var recorderDelay: Nanoseconds?
    /// The group's median inter-token latency.
    package var interTokenLatency: Nanoseconds?

    /// Above this share of the median inter-token latency a lag is worth a word.
    package static let threshold = 0.01

    /// Adds a group's requests up.
    ///
    /// - Parameters:
    ///   - rows: The group's requests.
    ///   - interTokenLatencyMilliseconds: The group's median; `nil` where it has none.
    ///   - loopLateness: How late the recorder's loop woke, of the traces that the rows come from.
    init(
        _ rows: RowSelection,
        interTokenLatencyMilliseconds: Double?,
        loopLateness: LatencyHistogram
    ) {
        var (lags, delays) = (LatencyHistogram(), LatencyHistogram())
        rows.forEach { row in
            for bucket in row.stamps.callbackLag { lags.record(bucket.upperEdge, count: bucket.count) }
            for bucket in row.stamps.loopDelay { delays.record(bucket.upperEdge, count: bucket.count) }
        }
        (kernelStamped, recorderStamped) = (lags.count, delays.count)
        callbackLag = kernelStamped > 0 ? lags.quantile(0.99) : nil
        // The loop's own lateness comes before its wake, the delay after it: either alone is a lower bound.
        recorderDelay = recorderStamped > 0 ? max(delays.quantile(0.99), loopLateness.quantile(0.99)) : nil
        interTokenLatency = interTokenLatencyMilliseconds.flatMap { Nanoseconds(seconds: $0 / 1e3) }
    }

    /// Whether the group's numbers themselves are touched.
    package var isDoubtful: Bool { recorderDelay.map(exceeds) ?? false }

    /// One sentence where a lag exceeds the threshold, and what it means; `nil` where all is well.
    package var warning: String? {
        if let delay = recorderDelay, isDoubtful {
            return "MEASUREMENT DOUBTFUL: \(recorderStamped) of \(kernelStamped + recorderStamped) events were stamped "
                + "by the recorder, which was late by at least \(comparison(delay))"
        }
        if let lag = callbackLag, exceeds(lag) {
            return
                "the recorder read late, callback lag p99 \(comparison(lag)); the stamps are the kernel's and free of it"
        }
        return nil
    }

    private func exceeds(_ lag: Nanoseconds) -> Bool {
        guard let interTokenLatency, interTokenLatency > .zero else { return false }
        return Double(lag.count) > Self.threshold * Double(interTokenLatency.count)
    }

    private func comparison(_ lag: Nanoseconds) -> String {
        let share = Double(lag.count) / Double(max(interTokenLatency?.count ?? 1, 1)) * 100
        return "\(MicrosecondText.text(lag)), \(NumberText.fixed(share, decimals: 1)) % of the median ITL"
    }
}
