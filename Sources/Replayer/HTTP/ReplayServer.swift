// The server: listens, wires each connection's handlers together, and stops cleanly.

import Core
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A local Bedrock runtime endpoint.
package final class ReplayServer: Sendable {
    private let configuration: ServerConfiguration
    private let context: ServerContext
    private let identity: ServerIdentity?
    private let group: MultiThreadedEventLoopGroup
    private let connectionCount = ConnectionCount()

    /// Makes a server that answers from `source`; over TLS where it has an identity.
    package init(
        _ configuration: ServerConfiguration,
        source: any AnswerSource,
        identity: ServerIdentity? = nil,
        groundTruth: GroundTruthFile? = nil,
        observer: (any AnswerObserver)? = nil
    ) {
        self.configuration = configuration
        self.identity = identity
        group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threadCount)
        context = ServerContext(
            source: source,
            limits: configuration.limits,
            workers: NIOThreadPool(numberOfThreads: 1),
            groundTruth: groundTruth,
            observer: observer
        )
    }

    /// Listens, and gives the port.
    @available(*, noasync)
    package func start() throws(ServerError) -> Int {
        context.workers.start()
        let context = context
        let identity = identity
        let limit = configuration.limits.connectionCount
        let count = connectionCount
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                guard count.add(upTo: limit) else { return channel.eventLoop.makeFailedFuture(TooManyConnections()) }
                channel.closeFuture.whenComplete { _ in count.remove() }
                if let identity { return ConnectionSetup.secure(channel, context, identity) }
                return ConnectionSetup.plain(channel, context)
            }
        do {
            let channel = try bootstrap.bind(host: configuration.host, port: configuration.port).wait()
            return channel.localAddress?.port ?? configuration.port
        } catch {
            throw ServerError(
                description: "cannot listen on \(configuration.host):\(configuration.port): \(Self.reason(error))"
            )
        }
    }

    /// Asks for real-time scheduling of the threads that pace answers; they block between events, and never spin.
    ///
    /// - Returns: Whether every one of them was granted it.
    @available(*, noasync)
    package func requestRealtimePriority() -> Bool {
        var isGranted = true
        for loop in group.makeIterator() {
            // A loop that is gone has no thread to ask for.
            let granted = try? loop.submit { RealtimePriority.request() }.wait()
            isGranted = isGranted && granted == true
        }
        // A burst of requests waits for its answers to be made: beside busy programs that took seconds.
        context.workers.submit { _ in RealtimePriority.preferCallingThread() }
        return isGranted
    }

    /// Closes every connection and ends every thread of the server.
    @available(*, noasync)
    package func stop() {
        // What is left open has nowhere to report to, and the process is about to end.
        try? group.syncShutdownGracefully()
        try? context.workers.syncShutdownGracefully()
    }

    private static func reason(_ error: any Error) -> String {
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
        return "\(error)"
    }
}

/// A connection beyond the limit; it is closed at once.
private struct TooManyConnections: Error {}

/// How many connections are open.
private final class ConnectionCount: Sendable {
    private let count = Atomic<Int>(0)

    func add(upTo limit: Int) -> Bool {
        if count.add(1, ordering: .relaxed).newValue <= limit { return true }
        count.subtract(1, ordering: .relaxed)
        return false
    }

    func remove() {
        count.subtract(1, ordering: .relaxed)
    }
}
