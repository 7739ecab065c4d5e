// A recording from checked arguments to the closing table.

import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The environment's variables, read once.
enum Environment {
    static var current: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let mark = text.firstIndex(of: "=") {
                variables[String(text[..<mark])] = String(text[text.index(after: mark)...])
            }
            entry += 1
        }
        return variables
    }
}

/// Everything resolved: what will be sent, where, and what the trace says of it.
struct RecordJob {
    let plan: ResolvedPlan
    private let source: any RequestSource
    private let monitor = LoadMonitor()
    private let keeper: CredentialKeeper
    private let configuration: CaptureConfiguration
    private let output: String
    private let replacesExisting: Bool
    private let origin: TraceOrigin?

    /// Checks arguments, dataset, endpoint and credentials, in this order; nothing is written or sent.
    init(command: RecordCommand, environment: [String: String]) throws(CommandFailure) {
        var defaults = RowDefaults()
        defaults.operation = command.request.operation
        defaults.maxTokens = command.request.maxTokens
        defaults.latency = command.request.latency
        defaults.region = command.endpoint.region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
        defaults.system = command.request.system
        defaults.temperature = command.request.temperature
        defaults.topP = command.request.topP
        defaults.topK = command.request.topK
        defaults.tier = command.request.tier
        defaults.labels = command.request.labels
        let dataset: DatasetFiles.Dataset
        let endpoint: Endpoint?
        do {
            dataset = try DatasetFiles.read(command.files.dataset, defaults: defaults)
        } catch {
            throw .usage(error.description)
        }
        do {
            endpoint = try Endpoint.resolve(flag: command.endpoint.endpointUrl, environment: environment)
        } catch {
            throw .usage("\(error)")
        }
        let caBundle = command.endpoint.caBundle ?? environment["AWS_CA_BUNDLE"]
        let endpoints =
            endpoint.map { [$0.url] } ?? Set(dataset.rows.map(\.region)).sorted().map { Endpoint(region: $0).url }
        do {
            keeper = try CredentialKeeper(
                context: CredentialContext(
                    environment: environment,
                    profile: command.endpoint.profile,
                    bearerTokenFile: command.endpoint.bearerTokenFile,
                    readFile: { DatasetFiles.contents(of: $0).map { String(decoding: $0, as: UTF8.self) } }
                ),
                timeURLs: endpoints,
                caBundle: caBundle
            )
        } catch {
            throw .unfinished(error.description)
        }

        output = command.files.output
        replacesExisting = command.files.force
        guard replacesExisting || access(output, F_OK) != 0 else {
            throw .usage("--output \(output): is there already; --force overwrites it")
        }
        let shape = command.load.shape
        let limits = try command.load.limits(
            readFile: { DatasetFiles.contents(of: $0) },
            environment: environment,
            realtimeNanoseconds: { ClockReading.realtimeNanoseconds }
        )
        plan = ResolvedPlan(
            load: command.load.plan(rowCount: dataset.rows.count),
            shape: shape,
            limits: limits,
            rows: dataset.rows,
            datasetPath: command.files.dataset,
            datasetSHA256: dataset.sha256,
            endpoint: endpoint?.url,
            experiment: command.request.experiment
        )
        source = shape.source(
            plan: plan.load,
            factory: RequestFactory(
                rows: dataset.rows,
                endpoint: endpoint,
                authority: keeper,
                experiment: command.request.experiment
            ),
            limits: limits,
            monitor: monitor
        )
        var configuration = CaptureConfiguration()
        configuration.maxInFlight = shape.maxInFlight
        configuration.caBundle = caBundle
        configuration.connectTimeout = Nanoseconds(seconds: command.endpoint.connectTimeout) ?? .seconds(10)
        configuration.idleTimeout = Nanoseconds(seconds: command.endpoint.idleTimeout) ?? .seconds(120)
        configuration.totalTimeout = command.endpoint.totalTimeout.flatMap { Nanoseconds(seconds: $0) }
        self.configuration = configuration
        origin = endpoint == nil ? TraceOrigin(kind: .bedrock) : nil
    }

    /// Records, shows progress, and ends the process with the status that fits.
    func run(quiet: Bool, verbose: Bool) throws(CommandFailure) {
        // Before any thread, which inherits the mask: signals are waited for, never handled in passing.
        let signals = EndSignals()
        if verbose { Console.talk(plan.description) }
        let session: CaptureSession
        do {
            session = try CaptureSession(
                configuration: configuration,
                source: source,
                destination: .file(path: output, replacesExisting: replacesExisting),
                run: RunDescription.metadata(plan: plan, configuration: configuration),
                origin: origin
            )
        } catch {
            throw .unfinished("\(error)")
        }
        var progress = ProgressLine(total: plan.load.count, isTerminal: Console.isTerminal && !quiet)
        var interruptions = 0
        while !session.hasEnded {
            if signals.wait(milliseconds: 200) {
                interruptions += 1
                if interruptions == 1 {
                    session.drain()
                    Console.talk("\nStopping: waiting for the requests in flight; once more cancels them.")
                } else {
                    session.stop()
                }
            }
            for line in keeper.tend(refusals: monitor.tally.refused) { Console.talk("\n" + line) }
            if !quiet { progress.update(session.progress) }
        }
        let report = session.waitUntilFinished()
        if !quiet { progress.finish(report, output: output) }
        if let error = report.writeError { throw .unfinished(error.description) }
        if let error = report.captureError { throw .unfinished(error.description) }
        if interruptions > 0 { exit(130) }
    }
}
