// `bedrock-replayer serve`: a scenario or traces become a local endpoint until a signal ends it.

package import ArgumentParser
import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Serves answers.
package struct ServeCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer requests to the Bedrock runtime from traces or from a scenario.",
        discussion: """
            A trace is answered with the recorded bytes at the recorded times; requests that match the same recorded \
            answers are given them in turn. A scenario's answers are drawn from its distributions. With both, the \
            scenario answers what no recorded answer matches; without it, that is a ValidationException that says why.

            Prints 'listening on http://HOST:PORT' when ready. Ctrl-C or SIGTERM ends it.

            A fault meets a share of requests (throttle=5%), requests by number in order of arrival \
            (throttle=requests:1-2,7), or those whose prompt has a text in it (stall=prompt:TEXT).

            Faults of the connection: \(FaultKind.wireNames.joined(separator: ", ")).

            Errors in place of an answer: throttle, \(FaultKind.errorNames.joined(separator: ", ")).

            Exceptions that end a stream: exception, \(FaultKind.streamExceptions.joined(separator: ", ")).
            """
    )

    @Argument(help: ArgumentHelp("Trace files, or folders of them.", valueName: "trace"))
    var traces: [String] = []

    @Option(help: ArgumentHelp("The scenario to draw answers from.", valueName: "file.yaml"))
    var scenario: String?

    @Option(
        help: ArgumentHelp(
            "What finds a request's recorded answer, beside its operation.",
            discussion: "request: model and whole body, as JSON values; prompt: model and what the prompt says; "
                + "model: the model alone; sequence: nothing, answers come in recorded order. Default: request."
        )
    )
    var match: TraceMatch?

    @Option(help: "Divides every time; 'max' leaves every wait out.")
    var speed = ReplaySpeed(factor: 1)

    @Option(help: "Seeds every random draw; without it the scenario's own seed counts, or 1.")
    var seed: UInt64?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("A fault and the requests it meets, for example throttle=5%.", valueName: "name=which"),
        transform: { try Fault($0) }
    )
    var fault: [Fault] = []

    @Option(help: ArgumentHelp("Write when each event left, as CSV.", valueName: "file"))
    var groundTruth: String?

    @Flag(
        help: ArgumentHelp(
            "Check each request's signature or bearer token against the keys in this program's environment.",
            discussion: "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_BEARER_TOKEN_BEDROCK."
        )
    )
    var requireSignature = false

    @OptionGroup var tls: TLSOptions

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 for any that is free.")
    var port = 0

    @Option(help: "How many connections may be open at a time.")
    var maxConnections = ServerLimits().connectionCount

    @Option(help: ArgumentHelp("Seconds within which a request must be whole.", valueName: "seconds"))
    var requestTimeout = 30

    @OptionGroup var talk: TalkOptions

    /// Makes the command; the parser fills it.
    package init() {}

    package func validate() throws {
        guard !traces.isEmpty || scenario != nil else {
            throw ValidationError("expected traces, --scenario FILE, or both")
        }
        guard match == nil || !traces.isEmpty else {
            throw ValidationError("--match is for traces, not for a scenario")
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--port: expected 0 to 65535, not \(port)") }
        guard maxConnections > 0 else { throw ValidationError("--max-connections: expected at least 1") }
        guard (1...86_400).contains(requestTimeout) else {
            throw ValidationError("--request-timeout: expected 1 to 86400 seconds")
        }
    }

    package func run() throws {
        let signals = EndSignals()
        OpenFileLimit.raise()
        let source = try guarded(self.source())
        let truth: GroundTruthFile?
        let log: RequestLog?
        let secured: SecuredServer?
        do {
            truth = try groundTruth.map { path throws(ServerError) in try GroundTruthFile(path: path) }
            log = try talk.requestLog()
            secured = try tls.securedServer(host: host)
        } catch {
            Console.talk("error: \(error)")
            throw ExitCode(2)
        }
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.limits.connectionCount = maxConnections
        configuration.limits.requestTime = .seconds(Int64(requestTimeout))
        let server = ReplayServer(
            configuration,
            source: source,
            identity: secured?.identity,
            groundTruth: truth,
            observer: log
        )
        let boundPort: Int
        do {
            boundPort = try server.start()
        } catch {
            server.stop()
            Console.talk("error: \(error)")
            throw ExitCode(3)
        }
        let isRealtime = server.requestRealtimePriority()
        let url = "\(secured == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(boundPort)"
        Console.say("listening on \(url)")
        if !talk.quiet {
            Console.talk("serving \(source.label); point clients here with:")
            Console.talk("export AWS_ENDPOINT_URL_BEDROCK_RUNTIME=\(url)")
            if !LoopbackAddress.covers(host) { Console.talk("note: \(host) can be reached from other machines") }
            if let bundle = secured?.bundle { Console.talk("export AWS_CA_BUNDLE=\(bundle.path)") }
        }
        if talk.verbose {
            Console.talk(
                isRealtime ? "answers are paced with real-time priority" : "answers are paced with ordinary priority"
            )
        }
        // The file of authorities stays until the end.
        let signal = withExtendedLifetime(secured) { signals.wait() }
        server.stop()
        if let failure = truth?.finish() {
            Console.talk("error: \(failure)")
            throw ExitCode(3)
        }
        if signal == SIGINT { throw ExitCode(130) }
    }

    private func guarded(_ source: any AnswerSource) throws -> any AnswerSource {
        guard requireSignature else { return source }
        guard let verifier = EnvironmentKeys.verifier() else {
            Console.talk("error: --require-signature: \(EnvironmentKeys.expectation)")
            throw ExitCode(2)
        }
        return SignatureGate(source, verifier: verifier)
    }

    private func source() throws -> any AnswerSource {
        let faults = fault
        do {
            let drawn = try scenario.map { path throws(ScenarioError) in
                try ScenarioFile.source(path, seed: seed, speed: speed.factor, faults: faults)
            }
            if traces.isEmpty, let drawn { return drawn }
            let loaded = try TraceFiles.load(traces)
            let source = TraceSource(
                loaded.answers,
                name: loaded.name,
                match: match ?? .request,
                speed: speed.factor,
                seed: seed ?? 1,
                faults: faults,
                fallback: drawn
            )
            guard source.answerCount > 0 else {
                Console.talk("error: \(loaded.name): holds no whole recorded answer to serve")
                throw ExitCode(2)
            }
            report(loaded, source)
            return source
        } catch let code as ExitCode {
            throw code
        } catch {
            Console.talk("error: \(error)")
            throw ExitCode(2)
        }
    }

    /// Says what can be served, and what cannot.
    private func report(_ loaded: LoadedTraces, _ source: TraceSource) {
        guard !talk.quiet else { return }
        var line = "\(source.answerCount) recorded answers"
        if loaded.cancelledCount > 0 { line += "; \(loaded.cancelledCount) that the recorder cancelled are left out" }
        if loaded.unfinishedCount > 0 { line += "; \(loaded.unfinishedCount) without an end are left out" }
        Console.talk(line)
    }
}

extension TraceMatch: ExpressibleByArgument {}
