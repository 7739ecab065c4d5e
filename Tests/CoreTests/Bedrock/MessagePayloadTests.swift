// What messages carry, as SDKs give it.

import Core
import Testing

@Suite("Payloads of messages")
struct MessagePayloadTests {
    private func payloads(_ response: HandmadeResponse) throws -> [String] {
        var decoder = EventStreamDecoder()
        var payloads: [String] = []
        try decoder.feed(response.bytes.span.bytes) { frame, span in
            payloads.append(BedrockEventParser.payload(of: frame, in: span))
        }
        return payloads
    }

    @Test("an event of ConverseStream carries its JSON as it stands")
    func converse() throws {
        let text = #"{"contentBlockIndex":0,"delta":{"text":"é"},"p":"abc"}"#
        #expect(try payloads(.converse([("contentBlockDelta", text)])) == [text])
    }

    @Test("a chunk carries the model's JSON, not its base64")
    func invoke() throws {
        let objects = [#"{"type":"content_block_delta","delta":{"text":"hi"}}"#, #""[DONE]""#, ""]
        #expect(try payloads(.invoke(objects)) == objects)
    }

    @Test("a chunk that holds no base64, an event without payload, an exception: the payload itself")
    func others() throws {
        var response = HandmadeResponse()
        response.append(type: "chunk", payload: Array(#"{"bytes":"%%"}"#.utf8))
        response.append(type: "chunk", payload: Array("{cut".utf8))
        response.append(type: "messageStop", payload: [])
        response.append(
            headers: [
                EventStreamHeader(":exception-type", "throttlingException"),
                EventStreamHeader(":message-type", "exception"),
            ],
            payload: Array(#"{"message":"slow down"}"#.utf8)
        )
        #expect(try payloads(response) == [#"{"bytes":"%%"}"#, "{cut", "", #"{"message":"slow down"}"#])
    }
}
