// Lets the head of a response trickle out a few bytes at a time: the fault `slow-headers`.

import NIOCore

/// Asks the trickle to spread the next write over a time.
struct TrickleNextWrite: Sendable {
    var spread: TimeAmount
}

/// Sits next to the socket and passes everything through until it is asked to trickle.
final class HeadTrickle: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private static let pieceCount = 20
    private var armed: TimeAmount?
    private var isTrickling = false
    private var held: [(data: NIOAny, promise: EventLoopPromise<Void>?)] = []

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let request = event as? TrickleNextWrite else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        armed = request.spread
        promise?.succeed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isTrickling {
            held.append((data, promise))
        } else if let spread = armed, case .byteBuffer(let buffer) = unwrapOutboundIn(data) {
            armed = nil
            isTrickling = true
            promise?.succeed()
            let piece = max(1, (buffer.readableBytes + Self.pieceCount - 1) / Self.pieceCount)
            trickle(context, buffer, piece, every: .nanoseconds(spread.nanoseconds / Int64(Self.pieceCount)))
        } else {
            context.write(data, promise: promise)
        }
    }

    func flush(context: ChannelHandlerContext) {
        if !isTrickling { context.flush() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        for write in held { write.promise?.fail(ChannelError.ioOnClosedChannel) }
        held.removeAll()
    }

    private func trickle(_ context: ChannelHandlerContext, _ rest: ByteBuffer, _ piece: Int, every gap: TimeAmount) {
        var rest = rest
        guard let slice = rest.readSlice(length: min(piece, rest.readableBytes)), slice.readableBytes > 0 else {
            isTrickling = false
            for write in held { context.write(write.data, promise: write.promise) }
            held.removeAll()
            context.flush()
            return
        }
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(slice)), promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: gap) {
            guard context.channel.isActive else { return }
            self.trickle(context, rest, piece, every: gap)
        }
    }
}
