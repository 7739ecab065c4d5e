// Words go, lengths and counts stay: each pair was written out by hand, byte under byte.

import Core
import Testing

@testable import Analyzer

@Suite("Redaction of JSON")
struct JSONRedactorTests {
    static let payloads: [(before: String, after: String)] = [
        // Text, of any alphabet: as many bytes of UTF-8 as before.
        (
            #"{"contentBlockIndex":0,"delta":{"text":"Grüße!"},"p":"abcd"}"#,
            #"{"contentBlockIndex":0,"delta":{"text":"xxxxxxxx"},"p":"abcd"}"#
        ),
        // Escapes stay escapes that stand for as many bytes: one, one, two, and four for a pair.
        (
            #"{"delta":{"text":"a\"b\n\u00e9\ud83d\ude00\u4e2d\u0041"}}"#,
            #"{"delta":{"text":"x\/x\/\u00e9\ud83d\ude00\u2022\u0078"}}"#
        ),
        // What a tool is given is JSON within a string.
        (
            #"{"delta":{"toolUse":{"input":"{\"city\":\"Bonn\"}"}}}"#,
            #"{"delta":{"toolUse":{"input":"x\/xxxx\/x\/xxxx\/x"}}}"#
        ),
        // Counts and known reasons stay; a reason that nobody knows goes.
        (
            #"{"stopReason":"end_turn","usage":{"inputTokens":17,"outputTokens":240}}"#,
            #"{"stopReason":"end_turn","usage":{"inputTokens":17,"outputTokens":240}}"#
        ),
        (#"{"stopReason":"because"}"#, #"{"stopReason":"xxxxxxx"}"#),
        // A member that nobody knows goes with its name and its numbers.
        (#"{"weather":{"bonn":-12.5e3,"wet":true}}"#, #"{"xxxxxxx":{"xxxx":-11.1e1,"xxx":true}}"#),
        // Padding is written anew.
        (#"{"p":"ab12"}"#, #"{"p":"abcd"}"#),
    ]

    @Test("at equal length", arguments: payloads)
    func payload(before: String, after: String) {
        var bytes = Array(before.utf8)
        let isJSON = JSONRedactor(isPayload: true).redact(&bytes, in: bytes.indices)
        #expect(isJSON)
        #expect(String(decoding: bytes, as: UTF8.self) == after)
        #expect(bytes.count == before.utf8.count)
    }

    @Test("a model's own JSON within base64 is redacted within")
    func chunk() {
        let inner = #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hello"}}"#
        let redacted = #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"xxxxx"}}"#
        func payload(_ json: String) -> String {
            #"{"bytes":""# + String(decoding: Base64.encode(Array(json.utf8)), as: UTF8.self) + #"","p":"abc"}"#
        }
        var bytes = Array(payload(inner).utf8)
        let isJSON = JSONRedactor(isPayload: true).redact(&bytes, in: bytes.indices)
        #expect(isJSON)
        #expect(String(decoding: bytes, as: UTF8.self) == payload(redacted))
    }

    static let hidden: [(before: String, after: String)] = [
        // Four bytes of text move into the padding.
        (#"{"delta":{"text":"Hello"},"p":"ab"}"#, #"{"delta":{"text":"x"},"p":"abcdef"}"#),
        // An empty text stays empty: it is no token.
        (#"{"delta":{"text":""},"p":"ab"}"#, #"{"delta":{"text":""},"p":"ab"}"#),
        // Without padding there is some afterwards: ten bytes less, six for the member, four within.
        (#"{"delta":{"text":"Hello world"}}"#, #"{"delta":{"text":"x"},"p":"abc"}"#),
    ]

    @Test("with lengths hidden, as long as before", arguments: hidden)
    func lengths(before: String, after: String) {
        var bytes = Array(before.utf8)
        let isJSON = JSONRedactor(isPayload: true).redactLengths(&bytes, in: bytes.indices)
        #expect(isJSON)
        #expect(String(decoding: bytes, as: UTF8.self) == after)
    }

    @Test("what is no JSON is told apart and left to the caller", arguments: ["", "{", "plain text", #"{"a":}"#])
    func noJSON(text: String) {
        var bytes = Array(text.utf8)
        let isJSON = JSONRedactor().redact(&bytes, in: bytes.indices)
        #expect(!isJSON)
        #expect(bytes == Array(text.utf8))
    }
}
