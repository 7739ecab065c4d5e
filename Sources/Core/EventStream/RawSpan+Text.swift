// Comparing and reading text that lies within raw bytes.

extension RawSpan {
    /// The bytes in `range` as text; what is not UTF-8 becomes the replacement character.
    func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the bytes in `range` are exactly `text`.
    ///
    /// Inlined, because most comparisons end with the lengths.
    @inline(__always)
    func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
        range.count == text.utf8CodeUnitCount && holds(text, at: range.lowerBound)
    }

    /// Whether `text` begins at `offset`; its last byte must lie within.
    private func holds(_ text: StaticString, at offset: Int) -> Bool {
        text.withUTF8Buffer { text in
            let text = UnsafeRawBufferPointer(text)
            var index = 0
            while index + 8 <= text.count {
                let ours = unsafeLoadUnaligned(fromByteOffset: offset + index, as: UInt64.self)
                if ours != text.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
                index += 8
            }
            while index < text.count {
                if unsafeLoadUnaligned(fromByteOffset: offset + index, as: UInt8.self) != text[index] { return false }
                index += 1
            }
            return true
        }
    }
}
