// Wires the handlers of one connection: plain HTTP/1.1, or TLS and then whichever version the client chooses.

import Core
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL

enum ConnectionSetup {
    /// Adds the handlers of a plain connection.
    static func plain(_ channel: any Channel, _ server: ServerContext) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture { try http1(channel.pipeline.syncOperations, server) }
    }

    /// Adds the handlers of a TLS connection; those of HTTP follow once the client has chosen its version.
    static func secure(
        _ channel: any Channel,
        _ server: ServerContext,
        _ identity: ServerIdentity
    ) -> EventLoopFuture<Void> {
        // A handshake that never ends is a slow request too.
        let handshake = channel.eventLoop.scheduleTask(in: .nanoseconds(server.limits.requestTime.count)) {
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in handshake.cancel() }
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: identity.context))
        }.flatMap {
            channel.configureHTTP2SecureUpgrade(
                h2ChannelConfigurator: { channel in
                    handshake.cancel()
                    return channel.eventLoop.makeCompletedFuture { try http2(channel, server) }
                },
                http1ChannelConfigurator: { channel in
                    handshake.cancel()
                    return channel.eventLoop.makeCompletedFuture {
                        try http1(channel.pipeline.syncOperations, server)
                    }
                }
            )
        }
    }

    private static func http1(_ pipeline: ChannelPipeline.SynchronousOperations, _ server: ServerContext) throws {
        let timer = RequestTimer(server.limits)
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = server.limits.headByteCount
        decoderLimits.maxHeaderListSize = server.limits.headByteCount
        try pipeline.addHandlers([WriteGathering(), HeadTrickle(), timer])
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: true,
            withErrorHandling: false,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: decoderLimits
        )
        try pipeline.addHandler(RequestHandler(server, timer: timer))
    }

    private static func http2(_ channel: any Channel, _ server: ServerContext) throws {
        let idle = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: .nanoseconds(server.limits.idleTime.count),
                maxAge: nil,
                maxGraceTime: nil,
                keepalive: nil
            )
        )
        _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .server,
            connectionConfiguration: .init(),
            streamConfiguration: .init(),
            streamDelegate: idle.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let timer = RequestTimer(server.limits)
                try stream.pipeline.syncOperations.addHandlers([
                    timer, HTTP2FramePayloadToHTTP1ServerCodec(), RequestHandler(server, timer: timer),
                ])
            }
        }
        try channel.pipeline.syncOperations.addHandler(idle)
    }
}
