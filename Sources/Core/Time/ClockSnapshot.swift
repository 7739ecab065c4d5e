// The clocks of one host read together: what an analyzer needs to realign machines and to doubt a step of the wall clock.

/// All clocks of a host, read within one narrow sandwich of monotonic readings.
public struct ClockSnapshot: Hashable, Sendable {
    /// What the kernel says of the wall clock's discipline (`adjtimex(2)`).
    public struct Synchronization: Hashable, Sendable {
        /// Whether the kernel holds the clock synchronized (`STA_UNSYNC` is clear).
        public var isSynchronized: Bool
        /// The kernel's bound on the wall clock's error, in microseconds (`maxerror`).
        public var maximumErrorMicroseconds: Int64

        /// Makes a synchronization state from the two values of `adjtimex(2)`.
        public init(isSynchronized: Bool, maximumErrorMicroseconds: Int64) {
            self.isSynchronized = isSynchronized
            self.maximumErrorMicroseconds = maximumErrorMicroseconds
        }
    }

    /// `CLOCK_REALTIME`, nanoseconds since the Unix epoch.
    public var realtimeNanoseconds: UInt64
    /// `CLOCK_MONOTONIC`, nanoseconds since boot without suspend.
    public var monotonicNanoseconds: UInt64
    /// `CLOCK_MONOTONIC_RAW`, nanoseconds, not slewed by NTP.
    public var monotonicRawNanoseconds: UInt64
    /// `CLOCK_BOOTTIME`, nanoseconds since boot with suspend.
    public var boottimeNanoseconds: UInt64
    /// Half the width of the narrowest monotonic sandwich around the realtime reading, in nanoseconds.
    public var uncertaintyNanoseconds: UInt64
    /// Identifies the boot whose monotonic clock this is; empty where the host has none.
    public var bootID: String
    /// The kernel's view of the wall clock; `nil` where the host does not say.
    public var synchronization: Synchronization?

    /// Makes a snapshot from readings.
    public init(
        realtimeNanoseconds: UInt64,
        monotonicNanoseconds: UInt64,
        monotonicRawNanoseconds: UInt64,
        boottimeNanoseconds: UInt64,
        uncertaintyNanoseconds: UInt64,
        bootID: String,
        synchronization: Synchronization?
    ) {
        self.realtimeNanoseconds = realtimeNanoseconds
        self.monotonicNanoseconds = monotonicNanoseconds
        self.monotonicRawNanoseconds = monotonicRawNanoseconds
        self.boottimeNanoseconds = boottimeNanoseconds
        self.uncertaintyNanoseconds = uncertaintyNanoseconds
        self.bootID = bootID
        self.synchronization = synchronization
    }
}
