// A client that knows nothing but sockets, for requests that no HTTP library would send.

import Foundation

/// A blocking TCP connection to a local server.
final class SocketClient {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let descriptor: Int32

    /// Connects; every read gives up after `timeout` seconds.
    init(port: Int, timeout: Int = 10) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(description: "connect: \(String(cString: strerror(errno)))") }
    }

    deinit {
        close(descriptor)
    }

    /// Sends all of `bytes`; what the server refuses to take is dropped.
    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let sent = bytes.withUnsafeBytes { raw in
                Foundation.send(
                    descriptor,
                    raw.baseAddress.map { $0 + offset },
                    raw.count - offset,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard sent > 0 else { return }
            offset += sent
        }
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Says that nothing more will be sent, and keeps listening.
    func closeOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// How a connection ended.
    enum End {
        case closed, reset, timedOut
    }

    /// One read; empty at the end.
    func read() -> (bytes: [UInt8], end: End?) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 { return (Array(buffer[..<count]), nil) }
        if count == 0 { return ([], .closed) }
        return ([], errno == ECONNRESET ? .reset : .timedOut)
    }

    /// Everything until the connection ends.
    func readToEnd() -> (bytes: [UInt8], end: End) {
        var all: [UInt8] = []
        while true {
            let (bytes, end) = read()
            all += bytes
            if let end { return (all, end) }
        }
    }

    /// Everything until the bytes read so far end in `suffix`.
    func read(until suffix: String) -> [UInt8] {
        var all: [UInt8] = []
        while !all.reversed().starts(with: suffix.utf8.reversed()) {
            let (bytes, end) = read()
            all += bytes
            if end != nil { break }
        }
        return all
    }
}

/// An HTTP response, taken apart.
struct RawResponse {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// The sizes of the HTTP chunks, without the last empty one.
    var chunks: [Int] = []
    /// Whether the body came to its stated end.
    var isWhole = false

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    init?(_ bytes: [UInt8]) {
        guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        self.status = status
        headers = lines.dropFirst().compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces)) : nil
        }
        body = []
        var rest = bytes[headEnd.upperBound...]
        guard header("transfer-encoding") == "chunked" else {
            body = Array(rest)
            isWhole = header("content-length") == String(body.count)
            return
        }
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            let digits = String(decoding: rest[rest.startIndex..<line.lowerBound], as: UTF8.self)
            guard let size = Int(digits, radix: 16) else { return }
            if size == 0 {
                isWhole = true
                return
            }
            guard rest.endIndex >= line.upperBound + size + 2 else { return }
            body += rest[line.upperBound..<(line.upperBound + size)]
            chunks.append(size)
            rest = rest[(line.upperBound + size + 2)...]
        }
    }
}
