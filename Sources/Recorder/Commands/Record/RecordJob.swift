// Everything that a recording needs, checked before anything is written or sent.

import Core
import Glibc

/// A recording that is ready to begin.
struct RecordJob: Sendable {
    let plan: ResolvedPlan
    let source: any RequestSource
    let monitor: LoadMonitor
    private let factory: RequestFactory
    let keeper: CredentialKeeper
    let configuration: CaptureConfiguration
    let destination: TraceDestination
    let origin: TraceOrigin?
    /// The recordings that this one continues.
    let resumedRuns: [String]

    /// Checks arguments, dataset, endpoint, plan and credentials, in this order.
    init(command: RecordCommand, environment: [String: String]) throws(CommandFailure) {
        let dataset: DatasetFiles.Dataset
        let endpoint: Endpoint?
        let defaults = command.rowDefaults(environment: environment)
        do {
            dataset = try DatasetFiles.read(command.files.dataset, defaults: defaults)
        } catch {
            throw .usage(error.description)
        }
        do {
            endpoint = try Endpoint.resolve(flag: command.endpoint.endpointUrl, environment: environment)
        } catch {
            throw .usage(error.description)
        }
        destination = try command.files.destination()
        var limits = try command.load.limits(
            readFile: { DatasetFiles.contents(of: $0) },
            environment: environment,
            realtimeNanoseconds: { ClockReading.realtimeNanoseconds }
        )
        var load = command.load.plan(rowCount: dataset.rows.count)
        let shape = command.load.shape
        if let path = command.files.resume {
            let earlier = try EarlierRecording(path: path, rows: dataset.rows, datasetSHA256: dataset.sha256)
            load.done = earlier.done(rows: dataset.rows, invocations: load.invocations)
            if let duration = limits.duration { limits.duration = max(.zero, duration - earlier.span) }
            resumedRuns = earlier.runIDs
            if !command.talk.quiet {
                let count = NumberText.count(earlier.attemptCount)
                Console.talk("Resuming: \(count) requests are recorded already and are left out.")
            }
        } else {
            resumedRuns = []
        }
        let prices = try command.files.readPrices()
        let configuration = command.endpoint.configuration(
            maxInFlight: shape.maxInFlight,
            transfer: command.transfer,
            environment: environment
        )
        plan = ResolvedPlan(
            load: load,
            shape: shape,
            limits: limits,
            rows: dataset.rows,
            datasetPath: command.files.dataset,
            datasetSHA256: dataset.sha256,
            endpoint: endpoint?.url,
            experiment: command.request.experiment,
            prices: prices,
            defaults: defaults,
            capture: configuration
        )
        let regions = Set(dataset.rows.map(\.region)).sorted()
        do {
            keeper = try CredentialKeeper(
                context: command.endpoint.credentialContext(environment: environment),
                timeURLs: endpoint.map { [$0.url] } ?? regions.map { Endpoint(region: $0).url },
                caBundle: configuration.caBundle
            )
        } catch {
            throw .unfinished(error.description)
        }
        monitor = LoadMonitor()
        factory = RequestFactory(
            rows: dataset.rows,
            endpoint: endpoint,
            authority: keeper,
            experiment: command.request.experiment
        )
        source = shape.source(
            plan: load,
            factory: factory,
            limits: limits,
            monitor: monitor
        )
        self.configuration = configuration
        origin = endpoint == nil ? TraceOrigin(kind: .bedrock) : nil
    }

    /// Whether an earlier recording holds everything already.
    var isDone: Bool { plan.load.count == 0 || plan.limits.duration == .zero }

    /// Signs the first request as it would be sent, and sends nothing.
    func signOne() throws(CommandFailure) {
        var factory = factory
        guard factory.prepare(PlannedRequest(row: 0, round: 0, isWarmup: true), planIndex: 0) != nil else {
            throw .unfinished("the credentials from \(keeper.source) have expired")
        }
    }
}

extension RecordCommand {
    /// What holds for rows that say nothing.
    func rowDefaults(environment: [String: String]) -> RowDefaults {
        var defaults = RowDefaults()
        defaults.operation = request.operation
        defaults.maxTokens = request.maxTokens
        defaults.latency = request.latency
        defaults.region = endpoint.region(environment: environment)
        defaults.system = request.system
        defaults.temperature = request.temperature
        defaults.topP = request.topP
        defaults.topK = request.topK
        defaults.tier = request.tier
        defaults.labels = request.labels
        return defaults
    }
}
