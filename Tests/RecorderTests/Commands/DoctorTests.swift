// What `doctor` says of a host, of credentials and of an endpoint, for every state that each can be in.

import CCurl
import Core
import Testing

@testable import Recorder

@Suite("Doctor")
struct DoctorTests {
    static func host(
        refusal: String? = nil,
        isRealTime: Bool = true,
        isMemoryLocked: Bool = true,
        descriptorLimit: UInt64 = 1_048_576,
        synchronization: ClockSnapshot.Synchronization? = .init(isSynchronized: true, maximumErrorMicroseconds: 1_500),
        uncertainty: UInt64 = 20
    ) -> HostFacts {
        HostFacts(
            environment: CaptureEnvironment(
                stampSource: refusal == nil ? .kernel : .callback,
                kernelStampRefusal: refusal,
                libraries: "libcurl/1",
                kernel: "Linux 6",
                isRealTime: isRealTime,
                isMemoryLocked: isMemoryLocked,
                descriptorLimit: descriptorLimit,
                caBundle: nil,
                start: TraceInstant(nanosecondsSinceEpoch: 0),
                startUncertainty: .zero
            ),
            clock: ClockSnapshot(
                realtimeNanoseconds: 0,
                monotonicNanoseconds: 0,
                monotonicRawNanoseconds: 0,
                boottimeNanoseconds: 0,
                uncertaintyNanoseconds: uncertainty,
                bootID: "",
                synchronization: synchronization
            ),
            clockSource: "tsc"
        )
    }

    /// The findings that are not well, as `verdict subject`.
    static func complaints(_ findings: [Finding]) -> [String] {
        findings.filter { $0.verdict != .ok }.map { "\($0.verdict.rawValue) \($0.subject)" }
    }

    @Test(
        "a host that lacks one thing is told that one thing",
        arguments: [
            (host(), []), (host(refusal: "no recv"), ["fix kernel stamps"]),
            (host(isRealTime: false), ["better priority"]), (host(isMemoryLocked: false), ["better memory"]),
            (host(descriptorLimit: 256), ["fix descriptors"]), (host(descriptorLimit: 1_024), []),
            (host(synchronization: nil), ["better clock"]),
            (
                host(synchronization: .init(isSynchronized: false, maximumErrorMicroseconds: 16_000_000)),
                ["better clock"]
            ),
            (host(uncertainty: 40_000), ["better clock anchor"]),
        ]
    )
    func hosts(_ host: HostFacts, expected: [String]) {
        #expect(Self.complaints(host.findings) == expected)
        // Nothing is left unsaid: each thing has its line, whatever its verdict.
        #expect(host.findings.map(\.subject) == Self.host().findings.map(\.subject))
        #expect(host.findings.allSatisfy { !$0.text.isEmpty && !$0.text.contains("\n") })
    }

    @Test("the line states what was found, in the units of people")
    func lines() {
        let lines = Self.host().findings.map(\.description)
        #expect(lines.contains("ok      clock          synchronized; the kernel's bound on its error is 1.5 ms"))
        // 1,024 − 64 others.
        #expect(
            Self.host(descriptorLimit: 1_024).findings.map(\.description)
                .contains("ok      descriptors    1024 may be open, enough for 960 streams at once")
        )
    }

    static let key = AccessKey(identifier: "AKIDEXAMPLE", secret: "hidden-secret", sessionToken: "hidden-token")
    static let environmentName = EnvironmentKeys.source.name

    @Test(
        "credentials are told by source and time left, never by value",
        arguments: [
            (FoundCredentials(.bearer(token: "hidden-token")), "AWS_BEARER_TOKEN_BEDROCK", Finding.Verdict.ok),
            (FoundCredentials(.accessKey(key)), "shared credentials file", .ok),
            (FoundCredentials(.accessKey(key), expiration: 4_600), "credential_process", .ok),
            (FoundCredentials(.accessKey(key)), environmentName, .better),
            (FoundCredentials(.accessKey(key), expiration: 4_600), environmentName, .better),
            (FoundCredentials(.accessKey(key), expiration: 200_000), environmentName, .ok),
        ] as [(FoundCredentials, String, Finding.Verdict)]
    )
    func credentials(_ found: FoundCredentials, source: String, verdict: Finding.Verdict) {
        let finding = CredentialFindings(.success((found, source)), now: 1_000).finding
        #expect(finding.verdict == verdict)
        #expect(finding.text.contains(source))
        // 3,600 s are left.
        if found.expiration == 4_600 { #expect(finding.text.contains("for another 1 h 0 min")) }
        for secret in ["AKIDEXAMPLE", "hidden"] { #expect(!finding.description.contains(secret)) }
    }

    @Test("missing credentials are the chain's own line")
    func noCredentials() throws {
        let home = try CredentialHome()
        let finding = CredentialFindings(in: home.context()).finding
        #expect(finding.verdict == .fix)
        #expect(finding.text == home.error())
        let token = try CredentialHome(["AWS_BEARER_TOKEN_BEDROCK": "hidden"])
        let passedOver = try #require(CredentialFindings(in: token.context()).passedOver)
        #expect(passedOver.text == "none from --bearer-token-file, asked in this order")
    }

    static func endpoint(_ result: Result<HTTPAnswer, HTTPFailure>, now: Int = 0) -> EndpointFindings {
        EndpointFindings(url: "https://e", caBundle: "/ca.pem", result: result, now: now)
    }

    @Test(
        "an endpoint that fails is told with what to do",
        arguments: [
            (CURLE_COULDNT_RESOLVE_HOST, "DNS"), (CURLE_COULDNT_CONNECT, "firewall"),
            (CURLE_OPERATION_TIMEDOUT, "HTTPS_PROXY"), (CURLE_PEER_FAILED_VERIFICATION, "--ca-bundle"),
            (CURLE_SSL_CACERT_BADFILE, "--ca-bundle"), (CURLE_SSL_CONNECT_ERROR, "TLS 1.2"),
            (CURLE_GOT_NOTHING, "scheme and port"), (CURLE_COULDNT_RESOLVE_PROXY, "proxy"),
        ]
    )
    func failingEndpoint(code: CURLcode, remedy: String) {
        let failure = HTTPFailure(description: "https://e: no", reason: CurlError(code))
        let findings = Self.endpoint(.failure(failure)).findings
        #expect(Self.complaints(findings) == ["fix endpoint"])
        #expect(findings.allSatisfy { $0.text.hasPrefix("https://e: no: ") && $0.text.contains(remedy) })
    }

    @Test(
        "the server's Date is held against the host's clock",
        arguments: [(0, []), (30, []), (-30, []), (31, ["fix server's clock"]), (-600, ["fix server's clock"])]
            as [(Int, [String])]
    )
    func serversClock(skew: Int, expected: [String]) {
        var answer = HTTPAnswer(status: 404)
        // `date -u -d 2026-01-02T03:04:05Z +%s` is 1767323045.
        answer.headers = [HeaderField("date", "Fri, 02 Jan 2026 03:04:05 GMT")]
        let findings = Self.endpoint(.success(answer), now: 1_767_323_045 - skew).findings
        #expect(Self.complaints(findings) == expected)
        if skew == -600 { #expect(findings.last?.text.hasPrefix("this host's is 600 s ahead") == true) }
    }

    @Test("the steps of a connection are told apart")
    func steps() {
        var answer = HTTPAnswer(status: 403, remoteAddress: "192.0.2.1")
        answer.nameResolved = .milliseconds(2)
        answer.connected = .milliseconds(14)
        answer.tlsConnected = .milliseconds(40)
        answer.completed = .milliseconds(55)
        answer.tlsVersion = "TLSv1.3"
        #expect(
            Self.endpoint(.success(answer)).findings.map(\.text) == [
                "https://e at 192.0.2.1: name 2.0 ms, TCP 12 ms, TLS 26 ms (TLSv1.3), answer 15 ms, "
                    + "trusted by /ca.pem"
            ]
        )
    }

    @Test("a real round trip reaches a server, and a host finds itself out")
    func roundTrip() throws {
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
            return .keep
        }
        let home = try CredentialHome()
        let probe = EndpointFindings.probe(
            server.url(),
            caBundle: nil,
            timeout: .seconds(5),
            context: home.context()
        )
        #expect(Self.complaints(probe.findings) == [])
        #expect(probe.findings.contains { $0.text.contains("127.0.0.1") && $0.text.hasSuffix("no TLS") })
        let facts = try HostFacts.gather()
        #expect(facts.environment.descriptorLimit > 0)
        #expect(facts.clock.uncertaintyNanoseconds > 0)
    }
}
