// One connection's requests and answers: gathers a request, has its answer made elsewhere, and plays it on time.

import Core
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What all connections of a server share.
struct ServerContext: Sendable {
    let source: any AnswerSource
    let limits: ServerLimits
    /// Makes answers, so that no event loop is held up by one.
    let workers: NIOThreadPool
    let groundTruth: GroundTruthFile?
    let observer: (any AnswerObserver)?
    /// Numbers the requests as they become whole.
    let arrivals = ArrivalCounter()
}

/// Counts requests, from 1.
final class ArrivalCounter: Sendable {
    private let count = Atomic<UInt64>(0)

    /// The number of the request that is whole now.
    func next() -> UInt64 { count.add(1, ordering: .relaxed).newValue }
}

final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request on its way in.
    private struct Incoming {
        var head: HTTPRequestHead
        var body: [UInt8] = []
        var isTooLarge = false
    }

    /// An answer on its way out.
    private struct Playing {
        var schedule: AnswerSchedule
        var report: AnswerReport
        var keepsAlive: Bool
        /// Whether the head has left, so that nothing but its body may follow.
        var events: [(index: Int, instant: UInt64)] = []
    }

    private let server: ServerContext
    private let timer: RequestTimer
    private var incoming: Incoming?
    private var playing: Playing?
    private var isAwaitingAnswer = false
    private var isInputClosed = false
    private var pending: Scheduled<Void>?

    init(_ server: ServerContext, timer: RequestTimer) {
        self.server = server
        self.timer = timer
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            var request = Incoming(head: head)
            let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            request.isTooLarge = length > server.limits.bodyByteCount
            // What a client merely announces gets no more memory than an ordinary request needs.
            request.body.reserveCapacity(max(0, min(length, 1 << 20)))
            incoming = request
            if !request.isTooLarge, head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                let interim = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
            }
        case .body(let buffer):
            guard var request = incoming else { return }
            incoming = nil
            // The rest of an oversized body is read and forgotten, so that the client gets to see the answer.
            if request.body.count + buffer.readableBytes > server.limits.bodyByteCount { request.isTooLarge = true }
            if request.isTooLarge {
                request.body = []
            } else {
                request.body.append(contentsOf: buffer.readableBytesView)
            }
            incoming = request
        case .end:
            let received = MonotonicClock.now()
            guard let request = incoming else { return }
            incoming = nil
            timer.requestIsWhole()
            answer(context, request, received: received)
        }
    }

    private func answer(_ context: ChannelHandlerContext, _ request: Incoming, received: UInt64) {
        let target = RequestTarget(method: request.head.method.rawValue, target: request.head.uri)
        let keepsAlive = request.head.isKeepAlive
        guard !request.isTooLarge else {
            let limit = server.limits.bodyByteCount
            let error = AWSError(
                type: "RequestEntityTooLargeException",
                status: 413,
                message: "The request's body is larger than \(limit) bytes."
            )
            refuse(context, error, operation: request.head.uri, received: received, keepsAlive: keepsAlive)
            return
        }
        switch target {
        case .unknown(let error):
            refuse(context, error, operation: request.head.uri, received: received, keepsAlive: keepsAlive)
        case .operation(let operation, let model):
            var headers: [String: String] = [:]
            for (name, value) in request.head.headers {
                let key = name.lowercased()
                headers[key] = headers[key].map { "\($0),\(value)" } ?? value
            }
            let runtimeRequest = RuntimeRequest(
                operation: operation,
                model: model,
                target: request.head.uri,
                headers: headers,
                body: request.body
            )
            isAwaitingAnswer = true
            let arrival = Arrival(
                monotonic: received,
                secondsSinceEpoch: MonotonicClock.secondsSinceEpoch(),
                number: server.arrivals.next()
            )
            let source = server.source
            let made = server.workers.runIfActive(eventLoop: context.eventLoop) {
                source.answer(to: runtimeRequest, at: arrival)
            }
            made.assumeIsolated().whenSuccess { script in
                self.isAwaitingAnswer = false
                guard context.channel.isActive else { return }
                self.start(
                    context,
                    script,
                    received: received,
                    operation: operation.traceName,
                    model: model,
                    keepsAlive: keepsAlive
                )
            }
        }
    }

    /// Answers with an error that needs no source.
    private func refuse(
        _ context: ChannelHandlerContext,
        _ error: AWSError,
        operation: String,
        received: UInt64,
        keepsAlive: Bool
    ) {
        var generator = SeededGenerator(seed: received)
        let script = error.script(requestID: RequestIdentifier.next(&generator), label: server.source.label)
        start(context, script, received: received, operation: operation, model: "", keepsAlive: keepsAlive)
    }

    // MARK: Answers

    private func start(
        _ context: ChannelHandlerContext,
        _ script: AnswerScript,
        received: UInt64,
        operation: String,
        model: String,
        keepsAlive: Bool
    ) {
        playing = Playing(
            schedule: AnswerSchedule(script, received: received),
            report: AnswerReport(
                requestID: script.requestID,
                operation: operation,
                model: model,
                status: nil,
                note: script.note,
                sentChunks: 0,
                sentBytes: 0,
                duration: .zero,
                greatestLateness: .zero,
                isAborted: false
            ),
            keepsAlive: keepsAlive && !isInputClosed
        )
        advance(context)
    }

    /// Does everything that is due and asks to be woken for the rest.
    private func advance(_ context: ChannelHandlerContext) {
        while playing != nil, let step = playing?.schedule.next(now: MonotonicClock.now()) {
            switch step {
            case .wait(let deadline):
                pending = context.eventLoop.assumeIsolated().scheduleTask(
                    deadline: .uptimeNanoseconds(deadline)
                ) { self.advance(context) }
                return
            case .sendHead(let head):
                send(context, head)
            case .sendChunk(let chunk):
                send(context, chunk)
            case .end(let ending):
                end(context, ending)
            }
        }
    }

    private func send(_ context: ChannelHandlerContext, _ head: AnswerHead) {
        var headers = HTTPHeaders()
        headers.add(name: "Date", value: HTTPDate.text(secondsSinceEpoch: MonotonicClock.secondsSinceEpoch()))
        for field in head.headers { headers.add(name: field.name, value: field.value) }
        headers.add(name: "Connection", value: playing?.keepsAlive == true ? "keep-alive" : "close")
        playing?.report.status = head.status
        if head.spread > .zero {
            context.triggerUserOutboundEvent(
                TrickleNextWrite(spread: .nanoseconds(head.spread.count)),
                promise: nil
            )
        }
        let response = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: head.status),
            headers: headers
        )
        context.writeAndFlush(wrapOutboundOut(.head(response)), promise: nil)
    }

    private func send(_ context: ChannelHandlerContext, _ chunk: AnswerChunk) {
        let buffer = context.channel.allocator.buffer(bytes: chunk.bytes)
        let now = MonotonicClock.now()
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        // A failed write may have ended the connection, and this answer with it.
        guard var current = playing else { return }
        playing = nil
        current.report.sentChunks += 1
        current.report.sentBytes += chunk.bytes.count
        let due = current.schedule.received + UInt64(max(0, chunk.offset.count))
        let lateness = Nanoseconds(Int64(now - min(now, due)))
        current.report.greatestLateness = max(current.report.greatestLateness, lateness)
        if server.groundTruth != nil {
            for index in chunk.events { current.events.append((index, now)) }
        }
        playing = current
    }

    private func end(_ context: ChannelHandlerContext, _ ending: AnswerEnding) {
        switch ending {
        case .complete:
            let keepsAlive = playing?.keepsAlive == true
            report(isAborted: false)
            timer.answerIsOver()
            if keepsAlive {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            } else {
                context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
                    context.close(promise: nil)
                }
            }
        case .close:
            report(isAborted: false)
            context.close(promise: nil)
        case .reset:
            report(isAborted: false)
            // Lingering for zero seconds makes close(2) send a reset.
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            context.close(promise: nil)
        case .stall:
            guard !isInputClosed else {
                report(isAborted: false)
                context.close(promise: nil)
                return
            }
            pending = context.eventLoop.assumeIsolated().scheduleTask(
                in: .nanoseconds(server.limits.stallTime.count)
            ) { context.close(promise: nil) }
        }
    }

    private func report(isAborted: Bool) {
        guard var ended = playing else { return }
        playing = nil
        pending?.cancel()
        ended.report.duration = Nanoseconds(Int64(MonotonicClock.now() - ended.schedule.received))
        ended.report.received = ended.schedule.received
        ended.report.isAborted = isAborted
        guard server.groundTruth != nil || server.observer != nil else { return }
        // Formatting hundreds of lines here would hold up every other stream of this thread. The pool also runs what it
        // still holds when it is shut down.
        server.workers.submit { [server, report = ended.report, events = ended.events] _ in
            server.groundTruth?.append(requestID: report.requestID, events: events)
            server.observer?.answered(report)
        }
    }

    // MARK: Ends

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        // A client that has said everything may still listen: its answer is finished, then the connection closed.
        isInputClosed = true
        let isStalled = playing?.schedule.isOver == true
        if isStalled || (playing == nil && !isAwaitingAnswer) {
            context.close(promise: nil)
        } else {
            playing?.keepsAlive = false
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let isStalled = playing?.schedule.isOver == true
        report(isAborted: !isStalled)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The parser closes the connection right after this, so there is one chance for one short answer.
        if error is HTTPParserError, playing == nil, !isAwaitingAnswer {
            refuse(
                context,
                AWSError(type: "ValidationException", status: 400, message: "The request is not HTTP/1.1: \(error)."),
                operation: "",
                received: MonotonicClock.now(),
                keepsAlive: false
            )
        } else {
            context.close(promise: nil)
        }
    }
}
