// Proves at the start that libcurl's reads go through our `recv` and that the kernel stamps them: one loopback exchange.

internal import CCurl
internal import CKernelStamps
internal import Glibc

/// A loopback connection made through libcurl, kept open for the whole session.
///
/// Kept open because the kernel stamps nothing while no socket asks for it, and begins some time after the first does:
/// the exchange is repeated until a stamp comes, and the open socket keeps the stamping on.
struct KernelStampCheck: ~Copyable {
    /// Why kernel stamps cannot be used; `nil` where they can.
    let refusal: String?
    /// Whether libcurl's reads come through this program's `recv`, stamped or not.
    let seesReads: Bool

    private let easy: CurlEasy?
    private let peer: Int32

    /// Makes the exchange on the calling thread, which must have opened its table of stamps.
    init() {
        var listener: Int32 = -1
        defer { if listener >= 0 { close(listener) } }
        do throws(CheckFailure) {
            let port: UInt16
            (listener, port) = try Self.listen()
            let easy = try Self.connect(port: port)
            let peer = accept(listener, nil, nil)
            guard peer >= 0 else { throw CheckFailure("loopback connection not accepted") }
            refusal = Self.exchange(easy, peer: peer)?.reason
            seesReads = kernelstamps_read_count() > 0
            self.easy = consume easy
            self.peer = peer
        } catch {
            easy = nil
            peer = -1
            refusal = error.reason
            seesReads = false
        }
    }

    deinit {
        if peer >= 0 { close(peer) }
    }

    private struct CheckFailure: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private static func listen() throws(CheckFailure) -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw CheckFailure("no loopback socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && Glibc.listen(descriptor, 1) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard isListening else {
            close(descriptor)
            throw CheckFailure("no loopback listener")
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// A connection that libcurl made and leaves to us (`CURLOPT_CONNECT_ONLY`).
    private static func connect(port: UInt16) throws(CheckFailure) -> CurlEasy {
        do throws(CurlError) {
            let easy = try CurlEasy()
            try easy.set(CURLOPT_URL, "http://127.0.0.1:\(port)/")
            try easy.set(CURLOPT_PROXY, "")
            try easy.set(CURLOPT_NOSIGNAL, 1)
            try easy.set(CURLOPT_CONNECT_ONLY, 1)
            try easy.set(CURLOPT_CONNECTTIMEOUT_MS, 1_000)
            try easy.check(
                ccurl_easy_set_sockopt(easy.handle, CURLOPT_SOCKOPTFUNCTION) { _, socket, _ in
                    _ = kernelstamps_register(socket)
                    return CURL_SOCKOPT_OK
                }
            )
            try easy.check(curl_easy_perform(easy.handle))
            return easy
        } catch {
            throw CheckFailure("loopback connection: \(error)")
        }
    }

    private static func exchange(_ easy: borrowing CurlEasy, peer: Int32) -> CheckFailure? {
        guard let socket = easy.activeSocket() else { return CheckFailure("loopback connection lost") }
        for _ in 0..<50 {
            let before = ClockReading.realtimeNanoseconds
            let reads = kernelstamps_read_count()
            var byte: UInt8 = 0x42
            var count = 0
            guard curl_easy_send(easy.handle, &byte, 1, &count) == CURLE_OK, recv(peer, &byte, 1, 0) == 1,
                send(peer, &byte, 1, 0) == 1, receive(easy, on: socket)
            else { return CheckFailure("loopback exchange failed") }
            guard kernelstamps_read_count() > reads else {
                return CheckFailure("libcurl's reads do not come through this program's recv")
            }
            guard kernelstamps_sent_monotonic_ns(socket) > 0 else {
                return CheckFailure("libcurl's writes do not come through this program's send")
            }
            let stamp = kernelstamps_received_realtime_ns(socket)
            if stamp != 0 {
                let isPlausible = stamp >= before && stamp <= ClockReading.realtimeNanoseconds
                return isPlausible ? nil : CheckFailure("the kernel's stamp lies outside the exchange")
            }
            usleep(1_000)
        }
        return CheckFailure("the kernel does not stamp received segments")
    }

    private static func receive(_ easy: borrowing CurlEasy, on socket: Int32) -> Bool {
        var byte: UInt8 = 0
        var count = 0
        var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, 1_000) == 1 else { return false }
        return curl_easy_recv(easy.handle, &byte, 1, &count) == CURLE_OK && count == 1
    }
}
