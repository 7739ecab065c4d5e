// The program as its user meets it: what it prints, how it ends, what it says of wrong arguments.

import Foundation
import TestSupport
import Testing

@testable import Replayer

@Suite("The program")
struct ProgramTests {
    /// Opens a connection, leaves it in mid-request, sends the signal, and prints the status and the milliseconds it took.
    ///
    /// A shell of its own takes the time: the threads of this process are busy with other tests.
    static let stopwatch = #"""
        coproc program { exec "$1" serve --scenario "$2"; }
        read -r line <&"${program[0]}"
        port=${line##*:}
        exec 9<>"/dev/tcp/127.0.0.1/$port"
        printf 'POST /model/m/converse-stream HTTP/1.1\r\n' >&9
        start=$EPOCHREALTIME
        kill -"$3" "$program_PID"
        wait "$program_PID"
        status=$?
        end=$EPOCHREALTIME
        echo "$line $status $(( (${end/./} - ${start/./}) / 1000 ))"
        """#

    @Test("it says where it listens, and a signal ends it within a second", arguments: [("INT", 130), ("TERM", 0)])
    func signals(signal: String, status: Int) async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let bash = Program(executable: URL(fileURLWithPath: "/bin/bash"))
        let program = Program.product("bedrock-replayer").executable.path
        let result = try await bash.run(["-c", Self.stopwatch, "bash", program, file.path, signal])
        let words = result.text.split(whereSeparator: \.isWhitespace)
        try #require(words.count == 5, "\(result.text) \(result.errors)")
        #expect(words[..<2] == ["listening", "on"])
        #expect(words[2].hasPrefix("http://127.0.0.1:"))
        #expect(Int(words[3]) == status)
        #expect(try #require(Int(words[4])) < 1_000)
        #expect(result.errors.contains("AWS_ENDPOINT_URL_BEDROCK_RUNTIME=\(words[2])"))
    }

    @Test(
        "wrong arguments and files are status 2 and one line that says what is wrong",
        arguments: [
            (["serve", "--scenario", "/nonexistent.yaml"], "/nonexistent.yaml: cannot be read"),
            (["serve", "--scenario", "FILE", "--port", "70000"], "--port: expected 0 to 65535"),
            (["serve", "--scenario", "FILE", "--speed", "0"], "--speed"),
            (["serve", "--scenario", "FILE", "--fault", "nonsense=1%"], "--fault"),
            (["serve"], "expected traces, --scenario FILE, or both"),
            (["serve", "--scenario", "FILE", "--match", "model"], "--match is for traces"),
            (["serve", "/nonexistent.mcap", "--scenario", "FILE"], "/nonexistent.mcap"),
            (["serve", "--scenario", "FILE", "--ground-truth", "/nonexistent/truth.csv"], "/nonexistent/truth.csv"),
        ]
    )
    func wrongArguments(arguments: [String], problem: String) async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let result = try await Program.product("bedrock-replayer")
            .run(arguments.map { $0 == "FILE" ? file.path : $0 })
        #expect(result.status == 2)
        #expect(result.errors.contains(problem), "\(result.errors)")
        #expect(result.text.isEmpty)
    }

    @Test(
        "it listens where it is told, and says so where other machines reach it",
        arguments: [("0.0.0.0", true), ("127.0.0.1", false), ("localhost", false)]
    )
    func host(address: String, isReachable: Bool) async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Boto3Tests.scenario, to: "quick.yaml")
        let program = try Program.product("bedrock-replayer")
            .start(["serve", "--scenario", file.path, "--host", address, "--verbose"])
        let line = try #require(await program.line(containing: "listening on "), "\(program.errors)")
        #expect(line.hasPrefix("listening on http://\(address):"))
        await program.stop()
        #expect(program.errors.contains("\(address) can be reached from other machines") == isReachable)
    }

    @Test(
        "what keeps a server to its own machine",
        arguments: [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("localhost", true), ("0.0.0.0", false),
            ("::", false), ("10.0.0.1", false), ("example.com", false),
        ]
    )
    func loopback(host: String, isLoopback: Bool) {
        #expect(LoopbackAddress.covers(host) == isLoopback)
    }
}
