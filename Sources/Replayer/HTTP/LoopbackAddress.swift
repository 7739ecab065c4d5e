// Which addresses keep a server to its own machine.

enum LoopbackAddress {
    /// Whether nobody but this machine reaches a server that listens on `host`.
    static func covers(_ host: String) -> Bool {
        if host == "localhost" { return true }
        guard let bytes = IPAddress.bytes(host) else { return false }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }
}
