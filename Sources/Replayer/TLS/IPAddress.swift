// Addresses as certificates hold them.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum IPAddress {
    /// The 4 or 16 bytes of an address; `nil` where `text` is a name.
    static func bytes(_ text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET6, text, &sixteen) == 1 { return sixteen }
        return nil
    }
}
