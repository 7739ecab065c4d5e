// Closes connections that take too long over a request, or that idle: slow-loris clients cost one timer each.

import Core
import NIOCore

/// Sees what comes before it is parsed, so that a head that never ends is seen too.
final class RequestTimer: ChannelInboundHandler {
    /// Bytes, or the frames of an HTTP/2 stream: only that something came is of interest.
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private enum State {
        case idle, receiving, answering
    }

    private let limits: ServerLimits
    private var state = State.idle
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(_ limits: ServerLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Behind a TLS handshake the connection is active already.
        if context.channel.isActive { restart(limits.idleTime.count) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        restart(limits.idleTime.count)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if state == .idle {
            state = .receiving
            restart(limits.requestTime.count)
        }
        context.fireChannelRead(data)
    }

    /// A whole request is here: its answer has all the time it needs.
    func requestIsWhole() {
        state = .answering
        timer?.cancel()
    }

    /// The answer is out, and the connection waits for the next request.
    func answerIsOver() {
        state = .idle
        restart(limits.idleTime.count)
    }

    private func restart(_ nanoseconds: Int64) {
        timer?.cancel()
        guard let context else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(nanoseconds)) {
            context.close(promise: nil)
        }
    }
}
