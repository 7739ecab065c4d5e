// Feeds arbitrary bytes to everything that reads trace files: as a whole file, and as the records of an intact chunk.

import Core
import Glibc

/// The first byte chooses: the rest is a file, or what an uncompressed chunk without a checksum holds.
///
/// Nothing may crash, hang or allocate without bound.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTrace(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let choice = input.first else { return 0 }
    let rest = Array(input.dropFirst())
    let file = choice & 1 == 0 ? rest : wrapped(rest)
    guard let path = write(file) else { return 0 }
    defer { unlink(path) }

    var request: UInt64 = 1
    if var reader = try? TraceReader(path: path) {
        try? reader.forEachRecord { request = $0.attempt?.request ?? request }
    }
    if var reader = try? TraceReader(path: path) { _ = try? reader.forEachRecord(ofRequest: request) { _ in } }
    _ = try? TraceRecovery.read(path) { _ in }
    var verification = TraceVerification()
    try? verification.verify(path)
    return 0
}

private let magic: [UInt8] = [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A]

/// A file with one chunk around `records`.
private func wrapped(_ records: [UInt8]) -> [UInt8] {
    var fields = [UInt8](repeating: 0, count: 16)
    fields += littleEndian(UInt64(records.count))
    fields += [0, 0, 0, 0, 0, 0, 0, 0]
    fields += littleEndian(UInt64(records.count)) + records
    return magic + [0x06] + littleEndian(UInt64(fields.count)) + fields
}

private func littleEndian(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// Writes a file in memory; gives its path.
private func write(_ bytes: [UInt8]) -> String? {
    let path = "/dev/shm/bedrock-trace-fuzz-\(getpid())"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    return written == bytes.count ? path : nil
}
