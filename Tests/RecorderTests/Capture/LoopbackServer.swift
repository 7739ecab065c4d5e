// A small HTTP server on 127.0.0.1 whose every byte a test decides: a thread per connection, plain POSIX sockets.

import Glibc
import Synchronization

/// One request as the server read it, and the means to answer it byte by byte.
struct Exchange {
    /// The request line and header fields, with their line ends.
    let head: String
    let body: [UInt8]
    /// The path of the request line.
    let path: String
    fileprivate let socket: Int32

    /// Writes bytes as they are.
    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    socket,
                    $0.baseAddress?.advanced(by: offset),
                    bytes.count - offset,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count <= 0 { return }
            offset += count
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Writes a chunk of a chunked body.
    func sendChunk(_ bytes: [UInt8]) {
        send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
    }

    /// Waits until the client closes the connection.
    func waitForClose() {
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, 0) > 0 {}
    }

    /// Whether the client has closed the connection.
    var isClosed: Bool {
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count == 0 || count < 0 && errno != EAGAIN
    }

    /// Cuts the connection with a reset instead of an orderly end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }
}

/// Serves until it is let go.
final class LoopbackServer: Sendable {
    /// What becomes of the connection behind an answer.
    enum Next { case keep, close }
    typealias Handler = @Sendable (Exchange) -> Next

    let port: UInt16
    private let listener: Int32

    /// Serves every request with `handler`, connections side by side.
    init(_ handler: @escaping Handler) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 1024) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard isBound else { throw ServerFailure() }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        startThread {
            while true {
                let socket = accept(listener, nil, nil)
                if socket < 0 { return }
                var on: Int32 = 1
                setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                startThread { Self.serve(socket, handler) }
            }
        }
    }

    struct ServerFailure: Error {}

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    private static func serve(_ socket: Int32, _ handler: Handler) {
        defer { close(socket) }
        var input: [UInt8] = []
        while let exchange = nextRequest(socket, &input) {
            if handler(exchange) == .close { return }
        }
    }

    private static func nextRequest(_ socket: Int32, _ input: inout [UInt8]) -> Exchange? {
        let end = Array("\r\n\r\n".utf8)
        func headEnd() -> Int? {
            guard input.count >= 4 else { return nil }
            return (0...(input.count - 4)).first { Array(input[$0..<$0 + 4]) == end }.map { $0 + 4 }
        }
        while headEnd() == nil {
            if !fill(socket, &input) { return nil }
        }
        guard let split = headEnd() else { return nil }
        let head = String(decoding: input[..<split], as: UTF8.self)
        let length =
            head.split(separator: "\r\n")
            .first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].filter(\.isNumber)) } ?? 0
        while input.count < split + length {
            if !fill(socket, &input) { return nil }
        }
        let body = Array(input[split..<split + length])
        input.removeFirst(split + length)
        let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        return Exchange(head: head, body: body, path: path, socket: socket)
    }

    private static func fill(_ socket: Int32, _ input: inout [UInt8]) -> Bool {
        var block = [UInt8](repeating: 0, count: 16_384)
        let count = recv(socket, &block, block.count, 0)
        guard count > 0 else { return false }
        input.append(contentsOf: block[..<count])
        return true
    }
}

/// Runs `body` on a detached thread.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let started = pthread_create(
        &thread,
        nil,
        { context in
            if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        },
        Unmanaged.passRetained(Box(body)).toOpaque()
    )
    if started == 0 { pthread_detach(thread) }
}

/// Lets threads wait for each other: opened once, for all.
final class Latch: Sendable {
    private let count: Mutex<Int>
    private let semaphore = Semaphore()

    init(_ count: Int = 1) {
        self.count = Mutex(count)
    }

    func countDown() {
        let isOpen = count.withLock {
            $0 -= 1
            return $0 == 0
        }
        if isOpen { semaphore.post() }
    }

    /// Waits until all have counted down; false where that takes longer than 20 s.
    @discardableResult
    func wait() -> Bool {
        let isOpen = semaphore.wait(seconds: 20)
        // The next one who waits finds it open, too.
        if isOpen { semaphore.post() }
        return isOpen
    }
}

private final class Semaphore: @unchecked Sendable {
    // Unchecked: POSIX semaphores are made to be shared.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(semaphore, 0, 0) }
    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }
    func post() { sem_post(semaphore) }
    func wait(seconds: Int) -> Bool {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += seconds
        return sem_timedwait(semaphore, &deadline) == 0
    }
}
