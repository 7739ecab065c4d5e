// Reads datasets: JSON Lines in the columns of AWS's "LLM Latency Benchmarking Framework", and a few more.

import Core

/// Turns the text of a dataset into rows, or names the first line that can't be used.
package enum DatasetReader {
    /// Reads the rows of one file; empty lines are passed over.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - file: Its path: errors name it, and attachments are looked for beside it.
    ///   - defaults: What holds where a row says nothing.
    ///   - readFile: Reads attachments.
    /// - Returns: A row for each line that is not empty.
    /// - Throws: `DatasetError` with file, line and field.
    package static func rows(
        of bytes: [UInt8],
        file: String,
        defaults: RowDefaults,
        readFile: @escaping (String) -> [UInt8]? = { _ in nil }
    ) throws(DatasetError) -> [DatasetRow] {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        let attachments = Attachments(folder: folder, readFile: readFile)
        var rows: [DatasetRow] = []
        var line = 0
        for slice in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            line += 1
            // A byte-order mark and carriage returns are what editors leave behind.
            var content = slice
            if line == 1, content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
            guard !content.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
            do {
                var fields = RowFields()
                try fields.read(Array(content))
                rows.append(try fields.row(defaults, attachments))
            } catch let fault as FieldFault {
                throw DatasetError(file: file, line: line, field: fault.field, expected: fault.expected)
            } catch let error as JSONError {
                let expected = "not JSON at column \(error.offset + 1): expected \(error.expected)"
                throw DatasetError(file: file, line: line, expected: expected)
            } catch {
                throw DatasetError(file: file, line: line, expected: "\(error)")
            }
        }
        guard !rows.isEmpty else {
            throw DatasetError(file: file, expected: "expected at least one line with a prompt, found none")
        }
        return rows
    }
}
