// Errors before a stream: the recorded ones, and the forms that the protocol allows.

import Core
import Foundation
import TestSupport
import Testing

/// A recorded answer with a status other than 200.
private struct RecordedError: Decodable {
    var status: Int
    var response_headers: [String: String]
    var body_text: String
}

@Suite("Error responses")
struct BedrockErrorResponseTests {
    static let folder = "data/real_errors"

    static func read(_ status: Int, _ headers: [HeaderField], _ body: String) -> BedrockErrorResponse {
        BedrockErrorResponse(status: status, headers: headers, body: Array(body.utf8).span.bytes)
    }

    @Test(
        "a recorded error has the name and the text that botocore's rules give",
        .enabled(if: SharedData.has(folder), "no recorded errors beside the checkout")
    )
    func recorded() throws {
        let files = SharedData.files(below: Self.folder, withExtension: "json")
        #expect(files.count >= 37)
        var codes: [String: Int] = [:]
        for file in files {
            let error = try JSONDecoder().decode(RecordedError.self, from: Data(contentsOf: file))
            let response = Self.read(
                error.status,
                error.response_headers.map { HeaderField($0.key, $0.value) },
                error.body_text
            )
            let header = try #require(error.response_headers.first { $0.key.lowercased() == "x-amzn-errortype" }?.value)
            #expect(header.hasPrefix(response.code + ":"), "\(file.lastPathComponent)")
            let body = try JSONSerialization.jsonObject(with: Data(error.body_text.utf8)) as? [String: Any]
            let message = body?["message"] ?? body?["Message"]
            #expect(response.message == message as? String, "\(file.lastPathComponent)")
            codes[response.code, default: 0] += 1
        }
        #expect(codes["ValidationException"] != nil && codes["AccessDeniedException"] != nil)
    }

    @Test(
        "the name is what stands before the colon and behind the hash sign",
        arguments: [
            ("ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/", "ThrottlingException"),
            ("aws.protocoltests#ThrottlingException:http://a/b#c", "ThrottlingException"),
            ("com.amazon.coral.service#ExpiredTokenException", "ExpiredTokenException"),
            ("ThrottlingException", "ThrottlingException"),
        ]
    )
    func names(type: String, code: String) {
        let body = #"{"message":"m","__type":"Other","code":"Another"}"#
        #expect(Self.read(429, [HeaderField("X-AMZN-ErrorType", type)], body).code == code)
        #expect(Self.read(429, [], #"{"__type":"\#(type)","message":"m"}"#).code == code)
        #expect(Self.read(429, [], #"{"code":"\#(type)","message":"m"}"#).code == code)
    }

    @Test("the message is found under both spellings")
    func messages() {
        #expect(Self.read(400, [], #"{"message":"a \"b\""}"#).message == "a \"b\"")
        #expect(Self.read(403, [], #"{"Message":"c"}"#).message == "c")
        #expect(Self.read(424, [], #"{"originalMessage":"d","originalStatusCode":500}"#).message == "d")
        #expect(Self.read(403, [], #"{"message":null,"Message":"c"}"#).message == "c")
    }

    @Test("a proxy's answer has its status as name and its text as message")
    func proxies() {
        let page = "<html>Bad gateway</html>"
        let response = Self.read(502, [HeaderField("content-type", "text/html")], page)
        #expect(response.code == "HTTP 502")
        #expect(response.message == page)
        #expect(Self.read(504, [], " \n").message == nil)
        #expect(Self.read(500, [HeaderField("x-amzn-errortype", ":")], "").code == "HTTP 500")
        let binary = BedrockErrorResponse(status: 500, headers: [], body: [0xFF, 0xFE].span.bytes)
        #expect(binary.message == nil && binary.code == "HTTP 500")
    }
}
