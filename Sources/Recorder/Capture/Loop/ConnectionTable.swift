// Knows each socket that libcurl opened: whether the kernel stamps it, and which connection of the recording it is.

internal import CKernelStamps
internal import Core
internal import Glibc

/// The recording's connections by descriptor.
final class ConnectionTable {
    /// What is remembered of a connection.
    struct Connection {
        /// Counted from 1 in the order of first use.
        var number: UInt64
        var remoteAddress: String
        var tlsVersion: String?
    }

    private var connections: [Connection?] = []
    private var connecting: Set<Int32> = []
    private var count: UInt64 = 0
    private let registersSockets: Bool

    init(registersSockets: Bool) {
        self.registersSockets = registersSockets
    }

    /// Whether the connection on `descriptor` is still being made: TCP, proxy, TLS.
    func isConnecting(_ descriptor: Int32) -> Bool {
        connecting.contains(descriptor)
    }

    /// The connection on `descriptor` is ready for requests.
    func established(_ descriptor: Int32) {
        connecting.remove(descriptor)
    }

    /// A new socket got `descriptor`.
    func opened(_ descriptor: Int32) {
        forget(descriptor)
        connecting.insert(descriptor)
        if registersSockets { _ = kernelstamps_register(descriptor) }
    }

    /// libcurl is done with the socket.
    func closed(_ descriptor: Int32) {
        if registersSockets { kernelstamps_unregister(descriptor) }
        forget(descriptor)
        close(descriptor)
    }

    /// The connection on `descriptor`, described by `describe` at its first use.
    func connection(
        on descriptor: Int32,
        describe: () -> (remoteAddress: String, tlsVersion: String?)
    ) -> Connection {
        let index = Int(max(descriptor, 0))
        while connections.count <= index { connections.append(nil) }
        if let known = connections[index] { return known }
        count += 1
        let (remoteAddress, tlsVersion) = describe()
        let new = Connection(number: count, remoteAddress: remoteAddress, tlsVersion: tlsVersion)
        if descriptor >= 0 { connections[index] = new }
        return new
    }

    private func forget(_ descriptor: Int32) {
        connecting.remove(descriptor)
        if connections.indices.contains(Int(descriptor)) { connections[Int(descriptor)] = nil }
    }
}
