// Makes one write of what is written between two flushes: an event goes out as one segment, and one record of TLS.

import NIOCore

/// Holds writes back until the flush behind them and passes them on as one.
///
/// The encoder of HTTP/1.1 writes a chunk's size, its bytes and its end apart. Behind it TLS would make a record of each,
/// and a client would read and decrypt three times what a service sends once.
final class WriteGathering: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private var gathered: ByteBuffer?
    private var promises: [EventLoopPromise<Void>] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(var buffer) = unwrapOutboundIn(data) else {
            passOn(context)
            context.write(data, promise: promise)
            return
        }
        if gathered == nil { gathered = buffer } else { gathered?.writeBuffer(&buffer) }
        if let promise { promises.append(promise) }
    }

    func flush(context: ChannelHandlerContext) {
        passOn(context)
        context.flush()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        for promise in promises { promise.fail(ChannelError.ioOnClosedChannel) }
        promises.removeAll()
        gathered = nil
    }

    private func passOn(_ context: ChannelHandlerContext) {
        guard let buffer = gathered else { return }
        gathered = nil
        var whole: EventLoopPromise<Void>?
        if let first = promises.first {
            for other in promises.dropFirst() { first.futureResult.cascade(to: other) }
            whole = first
            promises.removeAll(keepingCapacity: true)
        }
        context.write(wrapOutboundOut(.byteBuffer(buffer)), promise: whole)
    }
}
