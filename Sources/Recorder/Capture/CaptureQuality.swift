// How well the recorder itself did: the measurement of our own error that goes with every trace.

package import Core

/// The recorder's self-measurement over about one second, or over a whole recording.
package struct CaptureQuality: Hashable, Sendable {
    /// The end of the span measured.
    package var instant: TraceInstant
    /// How long the span was.
    package var span: Nanoseconds
    /// How often the event loop's wait returned.
    package var wakes: Int = 0
    /// Chunks recorded, and how many of them carry the kernel's stamp.
    package var chunks: Int = 0
    package var kernelStampedChunks: Int = 0
    package var bytes: UInt64 = 0
    /// How late the loop woke after a timed wait.
    package var loopLateness = LatencySummary()
    /// From the kernel's stamp of a chunk to the write callback's entry.
    package var callbackLag = LatencySummary()
    /// From a request's scheduled start to its dispatch; open loop only.
    package var startLateness = LatencySummary()
    /// Processor time of the capture thread.
    package var processorTime = Nanoseconds.zero
    /// Processor time that the hypervisor gave to others, all cores together; `nil` where the host does not say.
    package var stolenTime: Nanoseconds?
    /// The most bytes that waited in the ring, and how many it holds.
    package var highestRingLevel: Int = 0
    package var ringCapacity: Int = 0
    /// How often a full ring held a transfer back.
    package var pauses: Int = 0
    /// Requests in flight at the span's end.
    package var inFlight: Int = 0

    /// Makes a measurement of nothing, ending at `instant`.
    package init(instant: TraceInstant, span: Nanoseconds) {
        self.instant = instant
        self.span = span
    }
}

extension CaptureQuality {
    /// The message of a trace's `/quality` channel: one JSON object, keys in a fixed order.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("instant_ns", instant.nanosecondsSinceEpoch)
            json.member("span_ns", span.count)
            json.member("wakes", wakes)
            json.member("chunks", chunks)
            json.member("kernel_stamped_chunks", kernelStampedChunks)
            json.member("bytes", bytes)
            json.member("loop_lateness") { loopLateness.write(to: &$0) }
            json.member("callback_lag") { callbackLag.write(to: &$0) }
            json.member("start_lateness") { startLateness.write(to: &$0) }
            json.member("processor_time_ns", processorTime.count)
            json.member("stolen_time_ns", stolenTime?.count)
            json.member("highest_ring_level", highestRingLevel)
            json.member("ring_capacity", ringCapacity)
            json.member("pauses", pauses)
            json.member("in_flight", inFlight)
        }
        return json.bytes
    }
}

extension LatencySummary {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("count", count)
            json.member("p50_ns", p50.count)
            json.member("p99_ns", p99.count)
            json.member("max_ns", max.count)
        }
    }
}
