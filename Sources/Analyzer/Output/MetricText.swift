// What metrics are called when people read about them.

enum MetricText {
    private static let known: [String: (title: String, unit: String)] = [
        "ttft_ms": ("time to first token", "ms"),
        "ttft_scheduled_ms": ("time to first token since the schedule", "ms"),
        "ttft_text_ms": ("time to first text", "ms"),
        "ttst_ms": ("time from the first token to the second", "ms"),
        "connect_ms": ("time to connect", "ms"),
        "ttlt_ms": ("time to last token", "ms"),
        "e2e_ms": ("end-to-end time", "ms"),
        "otps": ("output tokens per second", "tokens/s"),
        "tpot_ms": ("time per output token", "ms"),
        "ntpot_ms": ("normalized time per output token", "ms"),
        "itl_ms": ("inter-token latency", "ms"),
        "server_ms": ("server's latency", "ms"),
        "server_ttft_ms": ("server's time to first byte", "ms"),
        "overhead_ms": ("network and client overhead", "ms"),
    ]

    /// For example `time to first token`; the metric's own name where it has no other.
    static func title(_ metric: String) -> String { known[metric]?.title ?? metric }

    /// For example `ms`.
    static func unit(_ metric: String) -> String { known[metric]?.unit ?? "" }

    /// For example `median`.
    static func statistic(_ name: String) -> String {
        switch name {
        case "geometric_mean": "geometric mean"
        case "p50": "median"
        default: name
        }
    }

    /// What a part of a group's key is called.
    static func key(_ key: GroupKey) -> String {
        key == .latency ? "inference profile" : key.description.replacing("_", with: " ")
    }

    /// The title at the beginning of a heading.
    static func heading(_ metric: String) -> String {
        let title = title(metric)
        return title.prefix(1).uppercased() + title.dropFirst()
    }
}
