// Errors that come as messages, and messages that break the rules of the headers.

import Core
import Testing

@Suite("Exceptions within a stream")
struct StreamExceptionTests {
    static let cases: [(headers: [EventStreamHeader], payload: String, event: BedrockEvent)] = [
        (
            [
                EventStreamHeader(":exception-type", "throttlingException"),
                EventStreamHeader(":message-type", "exception"),
            ],
            #"{"message":"Too many requests"}"#,
            .exception(StreamException(name: "throttlingException", message: "Too many requests"))
        ),
        (
            [
                EventStreamHeader(":message-type", "exception"),
                EventStreamHeader(":exception-type", "modelStreamErrorException"),
            ],
            #"{"originalStatusCode":500,"originalMessage":"overload"}"#,
            .exception(StreamException(name: "modelStreamErrorException", message: "overload"))
        ),
        (
            [
                EventStreamHeader(":message-type", "error"), EventStreamHeader(":error-code", "InternalError"),
                EventStreamHeader(":error-message", "An internal server error occurred"),
            ],
            "",
            .exception(StreamException(name: "InternalError", message: "An internal server error occurred"))
        ),
        (
            [EventStreamHeader(":message-type", "exception"), EventStreamHeader(":exception-type", "x")],
            "not JSON",
            .exception(StreamException(name: "x", message: ""))
        ),
        ([EventStreamHeader(":exception-type", "x")], "{}", .exception(StreamException(name: "x", message: ""))),
        ([EventStreamHeader(":message-type", "telegram")], "{}", .other("telegram")),
        ([], "{}", .other("message without a type")),
        ([EventStreamHeader(":message-type", "event")], "{}", .other("event without a type")),
        ([EventStreamHeader(":message-type", .integer(1))], "{}", .other("message without a type")),
    ]

    @Test("a message's headers tell its name and text", arguments: cases.indices, BedrockOperation.allCases)
    func exception(index: Int, operation: BedrockOperation) throws {
        let (headers, payload, expected) = Self.cases[index]
        var response = HandmadeResponse()
        response.append(headers: headers, payload: Array(payload.utf8))
        #expect(try response.events(operation) == [expected])
    }

    @Test("headers that break the grammar become an unknown event")
    func badHeaders() throws {
        let response = HandmadeResponse(bytes: hex("00000013 00000003 db6b6381 01610a ffab9622"))
        #expect(try response.events(.converseStream) == [.other("message without valid headers")])
    }

    @Test("the types of a message are told")
    func types() throws {
        let response = HandmadeResponse.converse([("messageStop", "{}")])
        let frame = try #require(try EventStreamFrame.parse(response.bytes.span.bytes))
        #expect(BedrockEventParser.messageType(of: frame, in: response.bytes.span.bytes) == "event")
        #expect(BedrockEventParser.eventType(of: frame, in: response.bytes.span.bytes) == "messageStop")
    }
}
