// What is written between two flushes leaves as one write.

import NIOCore
import NIOEmbedded
import Testing

@testable import Replayer

@Suite("Gathering of writes")
struct WriteGatheringTests {
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(WriteGathering())
        return channel
    }

    private func buffer(_ text: String) -> IOData { .byteBuffer(ByteBuffer(string: text)) }

    private func outbound(_ channel: EmbeddedChannel) throws -> String? {
        guard case .byteBuffer(let buffer)? = try channel.readOutbound(as: IOData.self) else { return nil }
        return String(buffer: buffer)
    }

    @Test("a chunk's size, bytes and end are one write, and each write's promise is kept")
    func gathered() throws {
        let channel = try channel()
        let written = ["5\r\n", "hello", "\r\n"].map { channel.write(buffer($0)) }
        #expect(try outbound(channel) == nil)
        channel.flush()
        #expect(try outbound(channel) == "5\r\nhello\r\n")
        #expect(try outbound(channel) == nil)
        for write in written { try write.wait() }

        // The next flush starts anew.
        channel.writeAndFlush(buffer("0\r\n\r\n"), promise: nil)
        #expect(try outbound(channel) == "0\r\n\r\n")
        _ = try channel.finish()
    }

    @Test("what was never flushed fails with its connection")
    func closed() throws {
        let channel = try channel()
        let written = [channel.write(buffer("never")), channel.write(buffer("sent"))]
        _ = try? channel.finish()
        for write in written {
            #expect(throws: ChannelError.ioOnClosedChannel) { try write.wait() }
        }
    }
}
