// Runs another program for its output: credential_process and the AWS command line.

import CLinux
import Core
import Glibc

/// What a program left behind.
struct ProcessOutput: Hashable, Sendable {
    var status: Int32
    var output: [UInt8]
    var errors: String
}

/// Why a program gave nothing.
struct ProcessFailure: Error, Hashable, CustomStringConvertible {
    var description: String
}

/// Runs programs; given to those who need one, so that tests see what is run.
typealias ProcessRunner = @Sendable ([String], [String: String]) throws(ProcessFailure) -> ProcessOutput

enum ChildProcess {
    private static let timeLimit: UInt64 = 60_000_000_000
    private static let outputLimit = 1 << 20

    /// Runs a program to its end, at most a minute.
    ///
    /// - Parameters:
    ///   - arguments: The program, looked for along `PATH` where it names no folder, and its arguments; no shell is used.
    ///   - environment: Its variables.
    /// - Returns: What it wrote, and its status.
    /// - Throws: `ProcessFailure` where it can't be started, or takes too long.
    static func run(_ arguments: [String], _ environment: [String: String]) throws(ProcessFailure) -> ProcessOutput {
        guard let name = arguments.first, let path = find(name, along: environment["PATH"]) else {
            throw ProcessFailure(description: "\(arguments.first ?? ""): not found")
        }
        var output: [Int32] = [-1, -1]
        var errors: [Int32] = [-1, -1]
        guard pipe(&output) == 0 else { throw failure(name, errno) }
        guard pipe(&errors) == 0 else {
            output.forEach { close($0) }
            throw failure(name, errno)
        }
        for descriptor in output + errors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        defer { [output[0], errors[0]].forEach { close($0) } }
        let identifier: pid_t
        do throws(ProcessFailure) {
            identifier = try spawn(path, arguments, environment, output: output[1], errors: errors[1])
            [output[1], errors[1]].forEach { close($0) }
        } catch {
            [output[1], errors[1]].forEach { close($0) }
            throw error
        }
        let (texts, isOver) = collect([output[0], errors[0]])
        if !isOver { kill(identifier, SIGKILL) }
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        guard isOver else { throw ProcessFailure(description: "\(name): gave no answer within a minute") }
        let signal = status & 0x7F
        return ProcessOutput(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
            output: texts[0],
            errors: String(decoding: texts[1], as: UTF8.self)
        )
    }

    private static func failure(_ name: String, _ number: Int32) -> ProcessFailure {
        ProcessFailure(description: "\(name): \(String(cString: strerror(number)))")
    }

    private static func find(_ name: String, along path: String?) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        return (path ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private static func spawn(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String],
        output: Int32,
        errors: Int32
    ) throws(ProcessFailure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The recorder blocks the signals that end it and ignores SIGPIPE; a child shall not inherit either.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var identifier: pid_t = 0
        var status = posix_spawn(&identifier, path, &actions, &attributes, &argv, &envp)
        // A program that was just written may be held open for writing by another child, for a moment.
        for _ in 0..<20 where status == ETXTBSY {
            usleep(10_000)
            status = posix_spawn(&identifier, path, &actions, &attributes, &argv, &envp)
        }
        guard status == 0 else { throw failure(path, status) }
        return identifier
    }

    /// Reads both pipes to their ends; `false` where the time limit comes first.
    private static func collect(_ descriptors: [Int32]) -> (texts: [[UInt8]], isOver: Bool) {
        var texts: [[UInt8]] = descriptors.map { _ in [] }
        var open = Set(descriptors.indices)
        var piece = [UInt8](repeating: 0, count: 1 << 14)
        let deadline = ClockReading.monotonicNanoseconds + timeLimit
        while !open.isEmpty {
            let now = ClockReading.monotonicNanoseconds
            guard now < deadline else { return (texts, false) }
            let watched = open.sorted()
            var polled = watched.map { pollfd(fd: descriptors[$0], events: Int16(POLLIN), revents: 0) }
            _ = poll(&polled, nfds_t(polled.count), Int32((deadline - now) / 1_000_000 + 1))
            for (index, state) in zip(watched, polled) where state.revents != 0 {
                let count = read(descriptors[index], &piece, piece.count)
                if count > 0, texts[index].count < outputLimit {
                    texts[index].append(contentsOf: piece[..<count])
                } else if count == 0 || (count < 0 && errno != EINTR) {
                    open.remove(index)
                }
            }
        }
        return (texts, true)
    }
}

/// Command lines as the AWS tools split them: POSIX quoting, no shell.
enum CommandLineText {
    /// The words of a command line; `nil` where a quotation doesn't end.
    static func words(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                if quote == "\"", character != "\"", character != "\\" { word?.append("\\") }
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
                word = word ?? ""
            } else if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else { return nil }
        if let word { words.append(word) }
        return words
    }
}
