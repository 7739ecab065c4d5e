// Cuts and flipped bits by the thousand: what is whole must come back, and nothing that was never there.

import Analyzer
import ArgumentParser
import Core
import Glibc

struct DamageStudy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "damage",
        abstract:
            "Cuts a trace at random bytes, flips random bits, and holds reader, lookup and recovery against the original.",
        discussion: "Ends with status 1 where a record is wrong, is lost without a word, or more is lost than was hit."
    )

    @Option(help: "How many answers of about 150 events the trace holds.")
    var answers = 400

    @Option(help: "How many cuts.")
    var cuts = 1_000

    @Option(help: "How many flips of one bit.")
    var flips = 10_000

    @Option(help: "The seed of the streams and of the damage.")
    var seed: UInt64 = 1

    func run() throws {
        let path = "/tmp/trace-damage-\(getpid()).mcap"
        defer { unlink(path) }
        var trial = try DamageTrial(answers: answers, seed: seed, path: path)
        var random = RandomKey(seed: seed, label: "benchmark/damage").stream(replicate: 0)
        var failures: [String] = []
        for _ in 0..<cuts { failures += try trial.cut(at: random.index(below: UInt64(trial.byteCount + 1))) }
        for _ in 0..<flips { failures += try trial.flip(bit: random.index(below: UInt64(trial.byteCount) * 8)) }
        for failure in failures.prefix(100) { print(failure) }
        print(
            #"{"bytes":\#(trial.byteCount),"chunks":\#(trial.chunkCount),"records":\#(trial.recordCount),"cuts":\#(cuts),"#
                + #""flips":\#(flips),"flips_that_cost":\#(trial.costlyFlips),"#
                + #""most_bytes_lost_by_a_flip":\#(trial.mostBytesLost),"failures":\#(failures.count)}"#
        )
        if !failures.isEmpty { throw ExitCode(1) }
    }
}

/// A trace, and what becomes of it when it is damaged.
struct DamageTrial {
    let path: String
    private let bytes: [UInt8]
    private let records: [TraceRecord]
    /// Where each chunk ends, and how many records the file holds up to there.
    private let chunkEnds: [(offset: Int, records: Int)]
    /// The longest batch, in bytes: it may reach into a damaged block from either side.
    private let longest: Int
    private let requestCount: UInt64
    private(set) var mostBytesLost = 0
    private(set) var costlyFlips = 0

    var byteCount: Int { bytes.count }
    var recordCount: Int { records.count }
    var chunkCount: Int { chunkEnds.count }

    init(answers: Int, seed: UInt64, path: String) throws {
        self.path = path
        var writer = try TraceWriter(MemoryOutput(), run: RunMetadata(runID: "damage"))
        var streams = StreamSet(answers: answers, concurrency: 200, seed: seed)
        var maker = StreamRecords(hasLags: true, seed: seed)
        while let event = streams.next() { try maker.append(event, to: &writer) }
        bytes = try writer.finish().bytes
        self.records = try Self.read(bytes, path).records
        var ends: [(offset: Int, records: Int)] = []
        for end in Self.chunkEnds(bytes) {
            ends.append((end, try Self.read(Array(bytes[..<end]), path).records.count))
        }
        chunkEnds = ends
        longest = records.map(Self.byteCount).max() ?? 0
        requestCount = max(1, records.compactMap { $0.attempt?.request }.max() ?? 1)
    }

    /// Cuts the file; gives what is wrong with what comes back.
    func cut(at place: Int) throws -> [String] {
        let expected = chunkEnds.last { $0.offset <= place }?.records ?? 0
        let damaged = Array(bytes[..<place])
        var failures: [String] = []
        if place >= 8 {
            let read = try Self.read(damaged, path).records
            if read != Array(records[..<expected]) { failures.append("cut at \(place): the reader gave other records") }
        }
        let recovered = try Self.recover(damaged, path).records
        if Array(recovered.prefix(expected)) != Array(records[..<expected]) {
            failures.append("cut at \(place): a chunk before the cut was lost")
        }
        if !isPart(recovered) { failures.append("cut at \(place): recovery made a record up") }
        return failures
    }

    /// Flips a bit; gives what is wrong with what comes back.
    mutating func flip(bit: Int) throws -> [String] {
        var damaged = bytes
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        var failures: [String] = []
        let read = try Self.read(damaged, path)
        if !isPart(read.records) { failures.append("bit \(bit): the reader made a record up") }
        if !read.failed, read.records.count != records.count {
            failures.append("bit \(bit): the reader lost records and said nothing")
        }
        let request = UInt64(bit) % requestCount + 1
        if let found = try Self.lookUp(request, path), found != records.filter({ $0.attempt?.request == request }) {
            failures.append("bit \(bit): request \(request), looked up, was not whole, and nothing said so")
        }
        let recovered = try Self.recover(damaged, path)
        if !isPart(recovered.records) { failures.append("bit \(bit): recovery made a record up") }
        let lost =
            records.reduce(0) { $0 + Self.byteCount($1) } - recovered.records.reduce(0) { $0 + Self.byteCount($1) }
        if lost > 256 << 10 + 2 * longest { failures.append("bit \(bit): recovery lost \(lost) bytes") }
        if recovered.records.count < records.count {
            costlyFlips += 1
            if !recovered.hasLosses { failures.append("bit \(bit): recovery lost records and said nothing") }
        }
        mostBytesLost = max(mostBytesLost, lost)
        return failures
    }

    /// Whether records are the trace's own, some left out.
    private func isPart(_ part: [TraceRecord]) -> Bool {
        var index = 0
        for record in part {
            while index < records.count, records[index] != record { index += 1 }
            if index == records.count { return false }
            index += 1
        }
        return true
    }

    private static func read(_ bytes: [UInt8], _ path: String) throws -> (records: [TraceRecord], failed: Bool) {
        try write(bytes, path)
        var records: [TraceRecord] = []
        do {
            var reader = try TraceReader(path: path)
            try reader.forEachRecord { records.append($0) }
        } catch is TraceError {
            return (records, true)
        }
        return (records, false)
    }

    /// The records of one request of the file as it stands, through its index; `nil` where the damage is told.
    private static func lookUp(_ request: UInt64, _ path: String) throws -> [TraceRecord]? {
        var records: [TraceRecord] = []
        do {
            var reader = try TraceReader(path: path)
            try reader.forEachRecord(ofRequest: request) { records.append($0) }
        } catch is TraceError {
            return nil
        }
        return records
    }

    private static func recover(_ bytes: [UInt8], _ path: String) throws -> (records: [TraceRecord], hasLosses: Bool) {
        try write(bytes, path)
        var records: [TraceRecord] = []
        let findings = try TraceRecovery.read(path) { records.append($0) }
        return (records, !findings.losses.isEmpty)
    }

    private static func write(_ bytes: [UInt8], _ path: String) throws {
        var output = try FileOutput(path: path, replacesExisting: true)
        try output.write(bytes)
    }

    private static func byteCount(_ record: TraceRecord) -> Int {
        if case .chunks(let batch) = record { batch.data.count } else { 0 }
    }

    /// Walks the records of the file: an opcode, a length, and what it counts.
    private static func chunkEnds(_ bytes: [UInt8]) -> [Int] {
        var ends: [Int] = []
        var offset = 8
        while offset + 9 <= bytes.count {
            let length = (1...8).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * ($1 - 1)) }
            let end = offset + 9 + length
            guard end <= bytes.count else { break }
            if bytes[offset] == 0x06 { ends.append(end) }
            if bytes[offset] == 0x0F { break }
            offset = end
        }
        return ends
    }
}
