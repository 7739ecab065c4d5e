// Reads how much processor time the hypervisor gave to others (proc(5), the eighth figure of `/proc/stat`).

internal import Core
internal import Glibc

/// The host's stolen processor time, as differences between calls.
struct StolenTime {
    private var previous = StolenTime.total()

    /// The time stolen from all cores since the last call; `nil` where the host does not say.
    mutating func sinceLastCall() -> Nanoseconds? {
        let now = Self.total()
        defer { previous = now }
        guard let now, let previous else { return nil }
        return Nanoseconds(max(now - previous, 0))
    }

    private static func total() -> Int64? {
        guard let line = TextFile.read("/proc/stat")?.split(separator: "\n").first else { return nil }
        let figures = line.split(separator: " ")
        guard figures.count > 8, figures[0] == "cpu", let ticks = Int64(figures[8]) else { return nil }
        let ticksPerSecond = Int64(sysconf(Int32(_SC_CLK_TCK)))
        return ticksPerSecond > 0 ? ticks * (1_000_000_000 / ticksPerSecond) : nil
    }
}
