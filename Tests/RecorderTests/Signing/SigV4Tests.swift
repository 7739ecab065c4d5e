// Signatures equal those of botocore and of AWS's official suite.

import Core
import Foundation
import TestSupport
import Testing

@testable import Recorder

@Suite("Signature Version 4")
struct SigV4Tests {
    struct Vector: Decodable {
        var name: String
        var method: String
        var url: String
        var request_target: String
        var region: String
        var service: String
        var time: String
        var access_key: String
        var secret_key: String
        var session_token: String?
        var request_headers: [String: String]
        var body_hex: String
        var canonical_request: String
        var string_to_sign: String
        var signature: String
        var authorization: String
        var added_headers: [String: String]
    }

    static func bytes(hexadecimal text: String) -> [UInt8] {
        let digits = Array(text)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
    }

    @Test(
        "every request of botocore's gets botocore's signature",
        .enabled(if: SharedData.has("data/sigv4_vectors.json"), "the vectors are not beside this checkout")
    )
    func botocore() throws {
        let data = try Data(contentsOf: SharedData.url("data/sigv4_vectors.json"))
        let vectors = try JSONDecoder().decode([Vector].self, from: data)
        #expect(vectors.count == 37)
        for vector in vectors {
            let key = AccessKey(
                identifier: vector.access_key,
                secret: vector.secret_key,
                sessionToken: vector.session_token
            )
            var signer = SigV4Signer(key: key, region: vector.region, service: vector.service)
            let endpoint = try #require(Endpoint(custom: vector.url))
            let request = SigV4Signer.Request(
                method: vector.method,
                target: vector.request_target,
                host: endpoint.host,
                headers: vector.request_headers.map { HeaderField($0.key, $0.value) },
                body: Self.bytes(hexadecimal: vector.body_hex)
            )
            let signature = signer.sign(request, time: vector.time)
            #expect(signature.canonicalRequest == vector.canonical_request, "\(vector.name)")
            #expect(signature.stringToSign == vector.string_to_sign, "\(vector.name)")
            #expect(signature.signature == vector.signature, "\(vector.name)")
            #expect(signature.authorization == vector.authorization, "\(vector.name)")
            let added = Dictionary(uniqueKeysWithValues: signature.addedHeaders.map { ($0.name, $0.value) })
            #expect(added == vector.added_headers, "\(vector.name)")
        }
    }

    /// The example of the AWS General Reference, "Signature Version 4 signing process", GET ListUsers.
    @Test("the documented example gets the documented signature")
    func documentedExample() {
        let key = AccessKey(identifier: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        var signer = SigV4Signer(key: key, region: "us-east-1", service: "iam")
        let request = SigV4Signer.Request(
            method: "GET",
            target: "/?Action=ListUsers&Version=2010-05-08",
            host: "iam.amazonaws.com",
            headers: [HeaderField("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: []
        )
        let signature = signer.sign(request, time: "20150830T123600Z")
        #expect(signature.signature == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }

    @Test(
        "model ids are encoded once for the wire, ARNs to one segment",
        arguments: [
            (
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0"
            ),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
                "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc"
            ),
            ("a b~c_ü", "a%20b~c_%C3%BC"),
        ]
    )
    func percentEncoding(text: String, expected: String) {
        #expect(PercentEncoding.encode(text) == expected)
    }

    @Test("secrets don't print themselves")
    func secretsAreHidden() {
        let key = AccessKey(identifier: "AKIDEXAMPLE", secret: "SECRET", sessionToken: "TOKEN")
        var dumped = ""
        dump(Credentials.accessKey(key), to: &dumped)
        dump(Credentials.bearer(token: "SECRET"), to: &dumped)
        dump(key, to: &dumped)
        let said =
            "\(key) \(Credentials.accessKey(key)) \(String(reflecting: key)) \(Credentials.bearer(token: "SECRET"))"
        for text in [said, dumped] {
            #expect(!text.contains("SECRET"))
            #expect(!text.contains("TOKEN"))
            #expect(!text.contains("AKID"))
        }
    }
}

@Suite("Endpoints")
struct EndpointTests {
    /// botocore 1.43.11: `EndpointResolver` for bedrock-runtime.
    @Test(
        "regions lead to their partition's host",
        arguments: [
            ("us-east-1", "https://bedrock-runtime.us-east-1.amazonaws.com"),
            ("cn-north-1", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "https://bedrock-runtime.us-gov-west-1.amazonaws.com"),
            ("eusc-de-east-1", "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu"),
            ("us-iso-east-1", "https://bedrock-runtime.us-iso-east-1.c2s.ic.gov"),
        ]
    )
    func regions(region: String, url: String) {
        #expect(Endpoint(region: region).url == url)
    }

    @Test("the flag wins over the service's variable, which wins over the general one")
    func precedence() throws {
        let environment = ["AWS_ENDPOINT_URL": "http://a:1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://b:2/"]
        #expect(try Endpoint.resolve(flag: "http://c:80", environment: environment)?.host == "c")
        #expect(try Endpoint.resolve(flag: nil, environment: environment)?.url == "http://b:2")
        #expect(try Endpoint.resolve(flag: nil, environment: ["AWS_ENDPOINT_URL": "http://a:1"])?.host == "a:1")
        #expect(try Endpoint.resolve(flag: nil, environment: [:]) == nil)
        #expect(throws: EndpointError.self) { try Endpoint.resolve(flag: "localhost:8080", environment: [:]) }
    }
}
