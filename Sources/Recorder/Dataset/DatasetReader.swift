// Reads datasets: JSON Lines in the columns of AWS's "LLM Latency Benchmarking Framework", and a few more.

import Core

/// Turns the text of a dataset into rows, or names the first line that can't be used.
package enum DatasetReader {
    private static let fields = [
        "text_prompt", "expected_output_tokens", "task_type", "model_id", "region", "inference_profile", "id", "system",
        "temperature", "top_p", "stop_sequences", "tier", "labels",
    ]

    /// Reads the rows of one file; empty lines are passed over.
    package static func rows(
        of bytes: [UInt8],
        file: String,
        defaults: RowDefaults
    ) throws(DatasetError) -> [DatasetRow] {
        var rows: [DatasetRow] = []
        var line = 0
        for slice in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            line += 1
            // A byte-order mark and carriage returns are what editors leave behind.
            var content = slice
            if line == 1, content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
            guard !content.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
            rows.append(try row(Array(content), file: file, line: line, defaults: defaults))
        }
        guard !rows.isEmpty else {
            throw DatasetError(file: file, expected: "expected at least one line with a prompt, found none")
        }
        return rows
    }

    private static func row(
        _ bytes: [UInt8],
        file: String,
        line: Int,
        defaults: RowDefaults
    ) throws(DatasetError) -> DatasetRow {
        func wrong(_ field: String?, _ expected: String) -> DatasetError {
            DatasetError(file: file, line: line, field: field, expected: expected)
        }
        var draft = Draft()
        do {
            try draft.read(bytes)
        } catch let fault as FieldFault {
            throw wrong(fault.field, fault.expected)
        } catch let error as JSONError {
            throw wrong(nil, "not JSON at column \(error.offset + 1): expected \(error.expected)")
        } catch {
            throw wrong(nil, "\(error)")
        }
        guard let text = draft.text["text_prompt"] else { throw wrong("text_prompt", "is missing") }
        guard !text.isEmpty else { throw wrong("text_prompt", "expected a prompt, found an empty string") }
        guard let model = draft.text["model_id"] else { throw wrong("model_id", "is missing") }
        guard !model.isEmpty, model.utf8.count <= 2048 else {
            throw wrong("model_id", "expected a model id, an inference-profile id or an ARN")
        }
        let region = draft.text["region"] ?? defaults.region
        guard let region, !region.isEmpty else {
            throw wrong("region", "is missing, and neither --region nor AWS_REGION says one")
        }
        let tokens = draft.integer["expected_output_tokens"] ?? Int64(defaults.expectedOutputTokens)
        guard (1...10_000_000).contains(tokens) else {
            throw wrong("expected_output_tokens", "expected a whole number from 1, found \(tokens)")
        }
        var latency = defaults.latency
        if let profile = draft.text["inference_profile"] {
            guard let known = DatasetRow.Latency(rawValue: profile) else {
                throw wrong("inference_profile", "expected 'optimized' or 'standard', found '\(profile)'")
            }
            latency = known
        }
        for (field, limits) in [("temperature", 0.0...1.0), ("top_p", 0.0...1.0)] {
            guard let value = draft.real[field], !limits.contains(value) else { continue }
            throw wrong(field, "expected 0 to 1, found \(value)")
        }
        let system = draft.text["system"] ?? defaults.system
        return DatasetRow(
            promptID: draft.text["id"] ?? promptID(text: text, system: system),
            textPrompt: text,
            modelID: model,
            region: region,
            expectedOutputTokens: Int(tokens),
            taskType: draft.text["task_type"],
            latency: latency,
            system: system,
            temperature: draft.real["temperature"] ?? defaults.temperature,
            topP: draft.real["top_p"] ?? defaults.topP,
            stopSequences: draft.stopSequences,
            tier: draft.text["tier"] ?? defaults.tier,
            labels: defaults.labels.merging(draft.labels) { $1 }
        )
    }

    /// Equal prompts have equal ids, in every file and on every machine.
    private static func promptID(text: String, system: String?) -> String {
        String(SHA256.hexadecimalDigest(of: Array(text.utf8) + [0] + Array((system ?? "").utf8)).prefix(12))
    }

    private struct FieldFault: Error {
        var field: String
        var expected: String
    }

    /// The members of one line, by kind.
    private struct Draft {
        var text: [String: String] = [:]
        var integer: [String: Int64] = [:]
        var real: [String: Double] = [:]
        var stopSequences: [String] = []
        var labels: [String: String] = [:]

        mutating func read(_ bytes: [UInt8]) throws {
            var cursor = JSONCursor(bytes.span.bytes)
            guard try cursor.peek() == .object else { throw JSONError(offset: 0, expected: "an object") }
            try cursor.enterObject()
            while let slice = try cursor.nextKey() {
                let key = try cursor.text(slice)
                switch key {
                case "text_prompt", "task_type", "model_id", "region", "inference_profile", "id", "system", "tier":
                    text[key] = try string(&cursor, key)
                case "expected_output_tokens":
                    guard try cursor.peek() == .number else {
                        throw FieldFault(field: key, expected: "expected a whole number")
                    }
                    do {
                        integer[key] = try cursor.integer(Int64.self)
                    } catch {
                        throw FieldFault(field: key, expected: "expected \(error.expected)")
                    }
                case "temperature", "top_p":
                    guard try cursor.peek() == .number else {
                        throw FieldFault(field: key, expected: "expected a number from 0 to 1")
                    }
                    real[key] = try cursor.double()
                case "stop_sequences":
                    guard try cursor.peek() == .array else {
                        throw FieldFault(field: key, expected: "expected an array of strings")
                    }
                    try cursor.enterArray()
                    while try cursor.nextElement() { stopSequences.append(try string(&cursor, key)) }
                case "labels":
                    guard try cursor.peek() == .object else {
                        throw FieldFault(field: key, expected: "expected an object of strings")
                    }
                    try cursor.enterObject()
                    while let name = try cursor.nextKey() {
                        let label = try cursor.text(name)
                        labels[label] = try string(&cursor, key)
                    }
                default:
                    throw FieldFault(
                        field: key,
                        expected: "is not known; the fields are \(DatasetReader.fields.joined(separator: ", "))"
                    )
                }
            }
            try cursor.finish()
        }

        private func string(_ cursor: inout JSONCursor, _ key: String) throws -> String {
            guard try cursor.peek() == .string else { throw FieldFault(field: key, expected: "expected a string") }
            return try cursor.string()
        }
    }
}
