// `bedrock-recorder doctor`.

import ArgumentParser
import Core

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks whether this host is ready to record: a line each, which says ok or what to do.",
        discussion: """
            Looks for credentials where a recording would, and says from where but never what; asks the kernel for \
            stamps, clock, descriptors, priority and memory; and makes one unsigned round trip to the endpoint. \
            Nothing is signed and no model is called.

            A line begins with ok, with better (a recording works without it) or with fix. Exit status: 0 where \
            nothing needs a fix, else 1.
            """
    )

    @OptionGroup(title: "Endpoint") var endpoint: EndpointOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func run() throws {
        let log = try LogFile(path: talk.logFile)
        var needsFix = false
        func say(_ finding: Finding?) {
            guard let finding else { return }
            needsFix = needsFix || finding.verdict == .fix
            if !talk.quiet || finding.verdict == .fix { print(finding) }
            log.write("finding") { json in
                json.member("verdict", finding.verdict.rawValue)
                json.member("subject", finding.subject)
                json.member("text", finding.text)
            }
        }
        let environment = Environment.current
        let context = endpoint.credentialContext(environment: environment)
        let credentials = CredentialFindings(in: context)
        if talk.verbose { say(credentials.passedOver) }
        say(credentials.finding)
        let host: HostFacts
        do {
            host = try HostFacts.gather()
        } catch {
            throw CommandFailure.unfinished("\(error)")
        }
        for finding in host.findings { say(finding) }
        for finding in try endpointFindings(context) { say(finding) }
        if talk.verbose { say(Finding(.ok, "versions", "\(host.environment.kernel), \(host.environment.libraries)")) }
        if needsFix { throw ExitCode(1) }
    }

    private func endpointFindings(_ context: CredentialContext) throws(CommandFailure) -> [Finding] {
        let custom: Endpoint?
        do {
            custom = try Endpoint.resolve(flag: endpoint.endpointUrl, environment: context.environment)
        } catch {
            throw .usage(error.description)
        }
        guard
            let url = custom?.url ?? endpoint.region(environment: context.environment).map({ Endpoint(region: $0).url })
        else {
            return [Finding(.fix, "endpoint", "no region is known: name it with --region or AWS_REGION")]
        }
        return EndpointFindings.probe(
            url,
            caBundle: endpoint.trustedCertificates(environment: context.environment) ?? CertificateBundle.find(),
            timeout: Nanoseconds(seconds: endpoint.connectTimeout) ?? .seconds(10),
            context: context
        ).findings
    }
}
