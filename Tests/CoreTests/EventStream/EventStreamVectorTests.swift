// The event-stream vectors that AWS's own SDK repositories test with, kept beside the checkout.

import Core
import Foundation
import TestSupport
import Testing

/// A vector, and what botocore makes of it.
struct EventStreamVector: Sendable, CustomTestStringConvertible {
    var file: String
    var size: Int
    /// The whole messages in it.
    var events: Int
    /// The bytes behind the last whole message.
    var trailing: Int
    /// botocore's error, `Name: message`; `nil` where it accepts the vector.
    var error: String?

    var testDescription: String { file }

    static let folder = "data/eventstream_vectors"
    static let isPresent = SharedData.has("\(folder)/MANIFEST.json")

    static let all: [EventStreamVector] = {
        guard let data = try? Data(contentsOf: SharedData.url("\(folder)/MANIFEST.json")),
            let entries = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        else { return [] }
        return entries.compactMap { entry in
            guard let file = entry["file"] as? String, let verdict = entry["botocore"] as? [String: Any] else {
                return nil
            }
            return EventStreamVector(
                file: file,
                size: entry["size"] as? Int ?? 0,
                events: verdict["events"] as? Int ?? 0,
                trailing: verdict["trailing"] as? Int ?? 0,
                error: verdict["error"] as? String
            )
        }
    }()

    /// The vectors that come with a decoded form.
    static let decoded: [EventStreamVector] = all.filter { $0.file.contains("/encoded/positive/") }

    func bytes() async throws -> [UInt8] {
        let url = SharedData.url("\(Self.folder)/\(file)")
        guard url.pathExtension == "gz" else { return [UInt8](try Data(contentsOf: url)) }
        let gzip = Program(executable: URL(fileURLWithPath: "/usr/bin/env"), leadingArguments: ["gzip"])
        return [UInt8](try await gzip.run(["-dc", url.path]).output)
    }
}

@Suite("AWS event-stream vectors", .enabled(if: EventStreamVector.isPresent, "no vectors beside the checkout"))
struct EventStreamVectorTests {
    @Test("the manifest lists vectors of all eight sources")
    func manifest() {
        #expect(EventStreamVector.all.count >= 100)
        #expect(Set(EventStreamVector.all.compactMap { $0.file.split(separator: "/").first }).count == 8)
    }

    @Test("a vector is accepted or refused as botocore does, whole and byte by byte", arguments: EventStreamVector.all)
    func verdict(vector: EventStreamVector) async throws {
        let bytes = try await vector.bytes()
        #expect(bytes.count == vector.size)
        let sizes = bytes.count > 1 << 20 ? [bytes.count, 65_536] : [max(bytes.count, 1), 1]
        for size in sizes {
            var decoder = EventStreamDecoder()
            var count = 0
            var error: EventStreamError?
            do throws(EventStreamError) {
                for start in stride(from: 0, to: bytes.count, by: size) {
                    let chunk = bytes.span.bytes.extracting(start..<min(start + size, bytes.count))
                    try decoder.feed(chunk) { frame, span in
                        do throws(EventStreamError) {
                            _ = try frame.headers(in: span)
                            count += 1
                        } catch let fault {
                            error = error ?? fault
                        }
                    }
                }
            } catch let fault {
                error = error ?? fault
            }
            try check(vector, count: count, pending: decoder.pendingByteCount, error: error)
        }
    }

    private func check(_ vector: EventStreamVector, count: Int, pending: Int, error: EventStreamError?) throws {
        guard let expected = vector.error else {
            #expect(error == nil)
            #expect(count == vector.events)
            #expect(pending == vector.trailing)
            return
        }
        if expected.hasPrefix("InvalidPayloadLength") {
            // botocore's 24 MiB limit is a policy that the specification forbids to clients. This vector is 16 bytes
            // shorter than it states, so that we wait for more.
            #expect(error == nil && count == 0 && pending == vector.size)
            return
        }
        #expect(count == vector.events)
        switch try #require(error) {
        case .preludeChecksumMismatch(_, let stated, let computed),
            .messageChecksumMismatch(_, let stated, let computed):
            let numbers = [stated, computed].map { value in
                let digits = String(value, radix: 16)
                return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
            }
            #expect(
                expected == "ChecksumMismatch: Checksum mismatch: expected \(numbers[0]), calculated \(numbers[1])"
            )
        case .invalidHeadersLength(_, let headersLength, _):
            // Where the length is below botocore's limit it only sees the message's checksum fail; the vector's own
            // name tells what is wrong.
            #expect(
                expected == "InvalidHeadersLength: Header length of \(headersLength) exceeded the maximum of 131072"
                    || vector.file == "smithy-rs/invalid_headers_length"
                    || vector.file.contains("illegal_header_length_relationship")
            )
        case .duplicateHeader(_, let name):
            #expect(expected == "DuplicateHeader: Duplicate header present: \"\(name)\"")
        case .invalidTotalLength, .messageTooLarge, .invalidHeader:
            Issue.record("refused for another reason than botocore's: \(expected)")
        }
    }

    @Test("a positive vector decodes to its JSON form and encodes back", arguments: EventStreamVector.decoded)
    func decodedForm(vector: EventStreamVector) async throws {
        let path = vector.file.replacingOccurrences(of: "/encoded/", with: "/decoded/")
        let json = try JSONSerialization.jsonObject(
            with: Data(contentsOf: SharedData.url("\(EventStreamVector.folder)/\(path)"))
        )
        let expected = try #require(json as? [String: Any])
        let bytes = try await vector.bytes()
        let frame = try #require(try EventStreamFrame.parse(bytes.span.bytes))
        let headers = try frame.headers(in: bytes.span.bytes)

        #expect(frame.range.count == expected["total_length"] as? Int)
        #expect(frame.headersRange.count == expected["headers_length"] as? Int)
        #expect(Data(bytes[frame.payloadRange]).base64EncodedString() == expected["payload"] as? String ?? "")
        let expectedHeaders = expected["headers"] as? [[String: Any]] ?? []
        #expect(headers.count == expectedHeaders.count)
        for (header, expected) in zip(headers, expectedHeaders) {
            #expect(header.name == expected["name"] as? String)
            switch header.value {
            case .bool(let flag): #expect(expected["type"] as? Int == (flag ? 0 : 1))
            case .byte(let value): #expect(expected["type"] as? Int == 2 && expected["value"] as? Int == Int(value))
            case .short(let value): #expect(expected["type"] as? Int == 3 && expected["value"] as? Int == Int(value))
            case .integer(let value): #expect(expected["type"] as? Int == 4 && expected["value"] as? Int == Int(value))
            case .long(let value): #expect(expected["type"] as? Int == 5 && expected["value"] as? Int == Int(value))
            case .bytes(let value):
                #expect(expected["type"] as? Int == 6)
                #expect(expected["value"] as? String == Data(value).base64EncodedString())
            case .string(let value):
                #expect(expected["type"] as? Int == 7)
                #expect(expected["value"] as? String == Data(value.utf8).base64EncodedString())
            case .timestamp(let milliseconds):
                #expect(expected["type"] as? Int == 8 && expected["value"] as? Int == Int(milliseconds))
            case .uuid(let value):
                #expect(expected["type"] as? Int == 9)
                #expect(expected["value"] as? String == Data(value).base64EncodedString())
            }
        }

        var written: [UInt8] = []
        EventStreamEncoder.append(headers: headers, payload: bytes[frame.payloadRange], to: &written)
        #expect(written == bytes)
    }
}
