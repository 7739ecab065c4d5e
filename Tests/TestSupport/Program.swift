// Runs real programs in tests: the products of this package and the Python peers.

public import Foundation

/// How a program ended and what it said.
public struct ProgramResult: Sendable {
    /// The exit status; 128 + the signal's number where a signal ended the program.
    public var status: Int32
    /// Everything it wrote on standard output.
    public var output: Data
    /// Everything it wrote on standard error, as text.
    public var errors: String

    /// Standard output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }
}

/// A program that tests run as a process of its own.
public struct Program: Sendable {
    /// The executable.
    public var executable: URL
    /// Arguments that come before those of a run.
    public var leadingArguments: [String]

    /// Names an executable.
    public init(executable: URL, leadingArguments: [String] = []) {
        self.executable = executable
        self.leadingArguments = leadingArguments
    }

    /// A product of this package, built beside the running test bundle.
    public static func product(_ name: String) -> Program {
        let bundle = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        // Where a helper process of the test system runs the bundle, the bundle is one of the arguments.
        let candidates = ([bundle].compactMap { $0 } + CommandLine.arguments)
            .map { URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent(name) }
        let built = candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }
        return Program(executable: built ?? packageBuildFolder.appendingPathComponent(name))
    }

    private static let packageBuildFolder = SharedData.packageRoot.appendingPathComponent(".build/debug")

    /// The Python that `scripts/test` prepared with the pinned peers, or the one on the path.
    public static let python: Program = {
        if let path = ProcessInfo.processInfo.environment["BEDROCK_TRACE_PYTHON"] {
            return Program(executable: URL(fileURLWithPath: path))
        }
        return Program(executable: URL(fileURLWithPath: "/usr/bin/env"), leadingArguments: ["python3"])
    }()

    /// Whether the Python of the tests can import all of `modules`.
    public static func pythonHas(_ modules: String...) -> Bool {
        pythonRuns("import " + modules.joined(separator: ", "))
    }

    /// Whether the Python of the tests has a module installed; does not import it, which may take seconds.
    public static func pythonFinds(_ module: String) -> Bool {
        pythonRuns("import importlib.util, sys; sys.exit(importlib.util.find_spec('\(module)') is None)")
    }

    private static func pythonRuns(_ script: String) -> Bool {
        let process = python.process(["-c", script], environment: [:], folder: nil)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // Not `waitUntilExit`: it turns the run loop of whichever thread asks, and may turn it for ever.
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        guard (try? process.run()) != nil else { return false }
        ended.wait()
        return process.terminationStatus == 0
    }

    /// Runs the program to its end; past `timeLimit` it is killed and the status is 137.
    public func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        folder: URL? = nil,
        input: Data? = nil,
        timeLimit: Duration = .seconds(120)
    ) async throws -> ProgramResult {
        let scratch = try ScratchFolder()
        let output = scratch.url("stdout")
        let errors = scratch.url("stderr")
        for file in [output, errors] { try Data().write(to: file) }
        let process = process(arguments, environment: environment, folder: folder)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        if let input {
            let file = scratch.url("stdin")
            try input.write(to: file)
            process.standardInput = try FileHandle(forReadingFrom: file)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        let (ends, end) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { process in
            end.yield(process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus)
            end.finish()
        }
        try process.run()
        let identifier = process.processIdentifier
        let guardTask = Task {
            try await Task.sleep(for: timeLimit)
            kill(identifier, SIGKILL)
        }
        defer { guardTask.cancel() }
        var status: Int32 = -1
        for await value in ends { status = value }
        return ProgramResult(
            status: status,
            output: try Data(contentsOf: output),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        )
    }

    /// Starts the program and leaves it running; it is ended with the returned value.
    public func start(
        _ arguments: [String],
        environment: [String: String] = [:],
        folder: URL? = nil
    ) throws -> RunningProgram {
        try RunningProgram(process(arguments, environment: environment, folder: folder))
    }

    private func process(_ arguments: [String], environment: [String: String], folder: URL?) -> Process {
        let process = Process()
        process.executableURL = executable
        process.arguments = leadingArguments + arguments
        // Nothing of the developer's own AWS configuration may reach a test.
        var inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AWS_") }
        inherited["AWS_EC2_METADATA_DISABLED"] = "true"
        inherited["AWS_CONFIG_FILE"] = "/dev/null"
        inherited["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null"
        inherited["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = inherited.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        return process
    }
}

/// A program that runs beside a test.
public final class RunningProgram {
    private let process: Process
    private let output = Pipe()
    private let ends: AsyncStream<Int32>
    private let lines: AsyncStream<String>
    private let scratch: ScratchFolder

    init(_ process: Process) throws {
        self.process = process
        scratch = try ScratchFolder()
        let (ends, end) = AsyncStream<Int32>.makeStream()
        self.ends = ends
        let (lines, line) = AsyncStream<String>.makeStream()
        self.lines = lines
        let errors = scratch.url("stderr")
        try Data().write(to: errors)
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { process in
            end.yield(process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus)
            end.finish()
        }
        try process.run()
        let reading = output.fileHandleForReading
        Thread.detachNewThread {
            var pending = Data()
            while true {
                let piece = reading.availableData
                if piece.isEmpty { break }
                pending.append(piece)
                while let newline = pending.firstIndex(of: 0x0A) {
                    line.yield(String(decoding: pending[pending.startIndex..<newline], as: UTF8.self))
                    pending = Data(pending[(newline + 1)...])
                }
            }
            line.finish()
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The process's id.
    public var identifier: Int32 { process.processIdentifier }

    /// What the program has written on standard error so far.
    public var errors: String {
        (try? Data(contentsOf: scratch.url("stderr"))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Waits for a whole line on standard error that begins with `prefix` and gives what follows it; `nil` where the
    /// program ends or writes much else first.
    public func errorLine(after prefix: String) async -> String? {
        while true {
            let isRunning = process.isRunning
            let text = errors
            let whole = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = whole.first(where: { $0.hasPrefix(prefix) }) { return String(line.dropFirst(prefix.count)) }
            guard isRunning, text.utf8.count < 10_000 else { return nil }
            await Task.yield()
        }
    }

    /// Waits for a line on standard output that contains `text`; `nil` when output ends or the limit passes first.
    public func line(containing text: String, timeLimit: Duration = .seconds(60)) async -> String? {
        let identifier = identifier
        let guardTask = Task {
            try await Task.sleep(for: timeLimit)
            kill(identifier, SIGKILL)
        }
        defer { guardTask.cancel() }
        for await line in lines where line.contains(text) { return line }
        return nil
    }

    /// Sends a signal.
    public func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Waits for the program's end and gives its status; past `timeLimit` it is killed.
    public func waitForEnd(timeLimit: Duration = .seconds(60)) async -> Int32 {
        let identifier = identifier
        let guardTask = Task {
            try await Task.sleep(for: timeLimit)
            kill(identifier, SIGKILL)
        }
        defer { guardTask.cancel() }
        for await status in ends { return status }
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Asks the program to end (`SIGTERM`) and waits for it.
    @discardableResult
    public func stop() async -> Int32 {
        signal(SIGTERM)
        return await waitForEnd(timeLimit: .seconds(20))
    }
}
