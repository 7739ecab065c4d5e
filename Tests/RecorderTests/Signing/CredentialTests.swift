// Every source of credentials, against real files, real programs and loopback endpoints.

import Core
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Recorder

/// A home folder of its own, with nothing of the developer's in it.
struct CredentialHome {
    let scratch: ScratchFolder
    var environment: [String: String]

    init(config: String? = nil, credentials: String? = nil, _ environment: [String: String] = [:]) throws {
        scratch = try ScratchFolder()
        if let config { _ = try scratch.write(config, to: ".aws/config") }
        if let credentials { _ = try scratch.write(credentials, to: ".aws/credentials") }
        self.environment = [
            "HOME": scratch.folder.path, "PATH": scratch.folder.path, "AWS_EC2_METADATA_DISABLED": "true",
        ].merging(environment) { $1 }
    }

    /// Writes an executable script.
    func program(_ name: String, _ text: String) throws {
        let file = try scratch.write("#!/bin/sh\n" + text, to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    func context(profile: String? = nil, tokenFile: String? = nil) -> CredentialContext {
        CredentialContext(
            environment: environment,
            profile: profile,
            bearerTokenFile: tokenFile,
            readFile: { DatasetFiles.contents(of: $0).map { String(decoding: $0, as: UTF8.self) } }
        )
    }

    func find(profile: String? = nil) throws -> (key: AccessKey, expiration: Int?, source: String) {
        let (found, source) = try CredentialChain.find(in: context(profile: profile))
        guard case .accessKey(let key) = found.credentials else { throw CredentialError(description: "no access key") }
        return (key, found.expiration, source)
    }

    func error(profile: String? = nil, tokenFile: String? = nil) -> String {
        do throws(CredentialError) {
            _ = try CredentialChain.find(in: context(profile: profile, tokenFile: tokenFile))
            return ""
        } catch {
            return error.description
        }
    }
}

@Suite("Credentials")
struct CredentialTests {
    static let credentials = """
        [default]
        aws_access_key_id = AKIDDEFAULT
        aws_secret_access_key = s#cret
        [work]
        aws_access_key_id=AKIDWORK
        aws_secret_access_key=worksecret
        aws_session_token=worktoken
        [broken]
        aws_access_key_id=AKIDBROKEN
        """
    static let config = """
        # a comment
        [default]
        region = eu-central-1
        [profile lab]
        s3 =
          max_concurrent_requests = 20
        aws_access_key_id = AKIDLAB
        aws_secret_access_key = labsecret
        """
    static let keys = ["AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "envsecret"]
    static let future = "2099-01-02T03:04:05Z"

    static func answer(_ identifier: String, token: String, expiration: String = future) -> String {
        #"{"Version":1,"Code":"Success","AccessKeyId":"\#(identifier)","SecretAccessKey":"s3","\#(token)":"t3","Expiration":"\#(expiration)"}"#
    }

    @Test("sources are asked in botocore's order, and the bearer token wins")
    func order() throws {
        var home = try CredentialHome(config: Self.config, credentials: Self.credentials)
        func key(_ extra: [String: String], _ profile: String?) throws -> String {
            home.environment.merge(extra) { $1 }
            let found = try home.find(profile: profile)
            for name in extra.keys { home.environment[name] = nil }
            return [found.key.identifier, found.key.secret, found.key.sessionToken ?? "-"].joined(separator: " ")
        }
        #expect(try key(Self.keys, nil) == "AKIDENV envsecret -")
        #expect(try key(Self.keys.merging(["AWS_SESSION_TOKEN": "x"]) { $1 }, nil) == "AKIDENV envsecret x")
        #expect(try key(Self.keys, "work") == "AKIDWORK worksecret worktoken")
        #expect(try key([:], nil) == "AKIDDEFAULT s#cret -")
        #expect(try key(["AWS_PROFILE": "work"], nil) == "AKIDWORK worksecret worktoken")
        #expect(try key([:], "lab") == "AKIDLAB labsecret -")

        home.environment.merge(Self.keys.merging(["AWS_BEARER_TOKEN_BEDROCK": "t"]) { $1 }) { $1 }
        guard case .bearer("t") = try CredentialChain.find(in: home.context()).found.credentials else {
            Issue.record("the bearer token does not win")
            return
        }
        let file = try home.scratch.write("  bedrock-api-key-EXAMPLE\n", to: "token")
        let found = try CredentialChain.find(in: home.context(tokenFile: file.path)).found
        guard case .bearer("bedrock-api-key-EXAMPLE") = found.credentials else {
            Issue.record("the file's token is not taken")
            return
        }
    }

    @Test("what is missing is named in one line, with every source that was tried")
    func missing() throws {
        let home = try CredentialHome(config: Self.config, credentials: Self.credentials)
        let empty = try CredentialHome()
        for text in [home.error(profile: "nobody"), empty.error()] {
            #expect(!text.contains("\n"))
            for source in CredentialChain.standard { #expect(text.contains(source.name)) }
        }
        #expect(home.error(profile: "nobody").contains("profile 'nobody' is neither in"))
        #expect(home.error(profile: "broken").contains("aws_secret_access_key"))
        #expect(home.error(tokenFile: "/nowhere").contains("cannot be read"))
        let half = try CredentialHome(["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"])
        #expect(half.error().contains("AWS_SECRET_ACCESS_KEY is not"))
        let old = try CredentialHome(Self.keys.merging(["AWS_CREDENTIAL_EXPIRATION": "2001-02-03T04:05:06Z"]) { $1 })
        #expect(old.error().contains("expired at 20010203T040506Z"))
        let text = try CredentialHome(Self.keys.merging(["AWS_CREDENTIAL_EXPIRATION": "soon"]) { $1 })
        #expect(text.error().contains("found 'soon'"))
    }

    @Test("a profile's credential_process is run without a shell, and its answer read")
    func credentialProcess() throws {
        let home = try CredentialHome(
            config: """
                [default]
                credential_process = "helper one" --flag 'a b' $HOME
                [profile bad]
                credential_process = failing
                [profile none]
                credential_process = not-there
                [profile old]
                credential_process = old
                """
        )
        try home.program(
            "helper one",
            #"[ "$1 $2 $3" = '--flag a b $HOME' ] && echo '\#(Self.answer("AKIDPROC", token: "SessionToken"))'"#
        )
        try home.program("failing", "echo 'no way' >&2; exit 7")
        try home.program(
            "old",
            "echo '\(Self.answer("AKIDOLD", token: "SessionToken", expiration: "2020-01-01T00:00:00+00:00"))'"
        )
        let found = try home.find()
        #expect(found.key.identifier == "AKIDPROC")
        #expect(found.key.sessionToken == "t3")
        // 2099-01-02T03:04:05Z, by `date -u -d 2099-01-02T03:04:05Z +%s`.
        #expect(found.expiration == 4_071_006_245)
        #expect(home.error(profile: "bad").contains("ended with status 7: no way"))
        #expect(home.error(profile: "none").contains("not-there: not found"))
        #expect(home.error(profile: "old").contains("expired at 20200101T000000Z"))
    }

    static let delegated = """
        [profile role]
        role_arn = arn:aws:iam::123456789012:role/lab
        source_profile = default
        [profile web]
        web_identity_token_file = WEBTOKEN
        role_arn = arn:aws:iam::123456789012:role/web
        [profile sso]
        sso_session = corp
        sso_account_id = 123456789012
        sso_role_name = reader
        [profile login]
        login_session = arn:aws:iam::123456789012:user/u
        """

    @Test(
        "sources that take a call to AWS go through the AWS command line",
        arguments: ["role", "web", "sso", "login"]
    )
    func commandLine(profile: String) throws {
        let home = try CredentialHome(config: Self.delegated)
        _ = try home.scratch.write(
            Self.delegated.replacingOccurrences(of: "WEBTOKEN", with: home.scratch.url("web-token").path),
            to: ".aws/config"
        )
        _ = try home.scratch.write("jwt", to: "web-token")
        let missing = home.error(profile: profile)
        #expect(missing.contains("install AWS CLI version 2 (no 'aws' is on the PATH)"))
        try home.program("aws", "echo \"usage: Invalid choice: 'export-credentials'\" >&2; exit 252")
        #expect(home.error(profile: profile).contains("version 1"))
        try home.program(
            "aws",
            #"[ "$*" = "configure export-credentials --format process --profile \#(profile)" ] && echo '\#(Self.answer("AKIDCLI", token: "SessionToken"))'"#
        )
        #expect(try home.find(profile: profile).key.identifier == "AKIDCLI")
        try home.program("aws", "echo 'Token has expired and refresh failed' >&2; exit 255")
        let failed = home.error(profile: profile)
        #expect(failed.contains("status 255: Token has expired"))
        #expect(!failed.contains("install"))
    }

    @Test("an sso profile's error says whether a sign-in is cached, and how to get one")
    func ssoCache() throws {
        let home = try CredentialHome(config: Self.delegated)
        #expect(home.error(profile: "sso").contains("run 'aws sso login --profile sso'"))
        // `printf corp | sha1sum`
        let name = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
        _ = try home.scratch.write(#"{"accessToken":"x","expiresAt":"2020-01-01T00:00:00Z"}"#, to: name)
        #expect(home.error(profile: "sso").contains("has expired: run"))
        _ = try home.scratch.write(#"{"accessToken":"x","expiresAt":"2099-01-01T00:00:00Z"}"#, to: name)
        #expect(home.error(profile: "sso").contains("still holds"))
    }

    @Test("a web identity needs its token file and a role")
    func webIdentity() throws {
        let absent = try CredentialHome(["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "r"])
        #expect(absent.error().contains("token file /nowhere cannot be read"))
        var home = try CredentialHome()
        let file = try home.scratch.write("jwt", to: "token")
        home.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = file.path
        #expect(home.error().contains("AWS_ROLE_ARN"))
        home.environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/web"
        try home.program(
            "aws",
            #"[ "$*" = "configure export-credentials --format process" ] && echo '\#(Self.answer("AKIDWEB", token: "SessionToken"))'"#
        )
        #expect(try home.find().key.identifier == "AKIDWEB")
    }

    @Test("a container's endpoint is asked with its token")
    func container() throws {
        let server = try LoopbackServer { exchange in
            let isRight = exchange.head.contains("Authorization: secret-token\r\n") && exchange.path == "/v2/creds?id=1"
            let body = isRight ? Self.answer("AKIDECS", token: "Token") : #"{"message":"denied"}"#
            exchange.send("HTTP/1.1 \(isRight ? 200 : 403) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            return .keep
        }
        var home = try CredentialHome(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url("/v2/creds?id=1")])
        #expect(home.error().contains("status 403"))
        home.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "secret-token"
        #expect(try home.find().key.identifier == "AKIDECS")
        home.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "stale"
        let file = try home.scratch.write("secret-token\n", to: "ecs-token")
        home.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file.path
        let found = try home.find()
        #expect(found.key.sessionToken == "t3")
        #expect(found.source == "container endpoint")
        for url in [
            "http://example.com/c", "http://127.0.0.1@example.com/", "ftp://127.0.0.1/",
            "http://127.0.0.1.example.com/",
        ] {
            home.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url
            #expect(home.error().contains("expected https"), "\(url)")
        }
    }

    @Test("an instance's metadata service is asked in version 2: a token first, then the role")
    func instance() throws {
        let server = try LoopbackServer { exchange in
            let answers: [String: String] = [
                "PUT /latest/api/token": "metadata-token",
                "GET /latest/meta-data/iam/security-credentials/": "lab-role\n",
                "GET /latest/meta-data/iam/security-credentials/lab-role": Self.answer("AKIDIMDS", token: "Token"),
            ]
            let line = exchange.head.split(separator: " ").prefix(2).joined(separator: " ")
            let isAllowed =
                line.hasPrefix("PUT")
                ? exchange.head.contains("x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n")
                : exchange.head.contains("x-aws-ec2-metadata-token: metadata-token\r\n")
            let body = isAllowed ? answers[line] : nil
            let status = body == nil ? 401 : 200
            exchange.send("HTTP/1.1 \(status) X\r\nContent-Length: \((body ?? "").utf8.count)\r\n\r\n\(body ?? "")")
            return .keep
        }
        var home = try CredentialHome(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url()])
        #expect(home.error().contains("tried"), "IMDS is switched off")
        home.environment["AWS_EC2_METADATA_DISABLED"] = nil
        let found = try home.find()
        #expect(found.key.identifier == "AKIDIMDS")
        #expect(found.expiration == 4_071_006_245)
        #expect(found.source == "instance metadata (IMDSv2)")
    }

    @Test(
        "command lines are split by POSIX quoting",
        arguments: [
            ("a b", ["a", "b"]), ("  a   'b c' ", ["a", "b c"]), (#"a "b \" c" d\ e"#, ["a", #"b " c"#, "d e"]),
            (#""" ''"#, ["", ""]), (#"'\n'"#, [#"\n"#]), ("a 'b", nil),
        ] as [(String, [String]?)]
    )
    func splitting(text: String, words: [String]?) {
        #expect(CommandLineText.words(text) == words)
    }

    /// Expected numbers by `date -u -d … +%s`.
    @Test("dates are read in every form that services write")
    func dates() {
        #expect(DateText.iso8601("2026-01-02T03:04:05Z") == 1_767_323_045)
        #expect(DateText.iso8601("2026-01-02T03:04:05.678+00:00") == 1_767_323_045)
        #expect(DateText.iso8601("2026-01-02T03:04:05+0130") == 1_767_317_645)
        #expect(DateText.iso8601("2026-01-02 03:04") == nil)
        #expect(DateText.iso8601("2026-01-02T03:04:05 CET") == nil)
        #expect(DateText.http("Fri, 02 Jan 2026 03:04:05 GMT") == 1_767_323_045)
        #expect(DateText.http("yesterday") == nil)
    }
}

@Suite("Keeping credentials")
struct CredentialKeeperTests {
    final class Clock: Sendable {
        let value: Mutex<Int>
        init(_ seconds: Int) { value = Mutex(seconds) }
        var now: Int { value.withLock { $0 } }
        func advance(_ seconds: Int) { value.withLock { $0 += seconds } }
    }

    // 2026-01-02T03:04:05Z
    static let start = 1_767_323_045

    static func keeper(_ home: CredentialHome, _ clock: Clock, timeURLs: [String] = []) throws -> CredentialKeeper {
        var context = home.context()
        context.secondsSinceEpoch = { clock.now }
        return try CredentialKeeper(context: context, timeURLs: timeURLs)
    }

    @Test("credentials are renewed before they expire, and signers are told apart by generation")
    func renewal() throws {
        let home = try CredentialHome(config: "[default]\ncredential_process = helper")
        func say(_ identifier: String, _ expiration: String) throws {
            let answer = CredentialTests.answer(identifier, token: "SessionToken", expiration: expiration)
            try home.program("helper", "echo '\(answer)'")
        }
        try say("AKIDONE", "2026-01-02T04:04:05Z")
        let clock = Clock(Self.start)
        let keeper = try Self.keeper(home, clock)
        #expect(keeper.grant?.generation == 0)
        try say("AKIDTWO", "2026-01-02T05:04:05Z")
        // An hour's credentials are renewed a quarter of an hour ahead.
        clock.advance(2_699)
        #expect(keeper.tend(refusals: 0).isEmpty)
        #expect(keeper.grant?.generation == 0)
        clock.advance(2)
        let events = Self.settle(keeper)
        #expect(events.contains { $0.contains("New credentials from credential_process") })
        #expect(keeper.grant?.generation == 1)
        guard case .accessKey(let key) = keeper.grant?.credentials else {
            Issue.record("no access key")
            return
        }
        #expect(key.identifier == "AKIDTWO")
    }

    @Test("where renewal fails the old ones serve to their end, then nothing is granted, then the new ones are")
    func failedRenewal() throws {
        let home = try CredentialHome(config: "[default]\ncredential_process = helper")
        let answer = CredentialTests.answer("AKIDONE", token: "SessionToken", expiration: "2026-01-02T03:14:05Z")
        try home.program("helper", "echo '\(answer)'")
        let clock = Clock(Self.start)
        let keeper = try Self.keeper(home, clock)
        try home.program("helper", "exit 1")
        clock.advance(500)
        #expect(Self.settle(keeper).contains { $0.contains("not renewed") && $0.contains("status 1") })
        #expect(keeper.grant != nil)
        clock.advance(100)
        #expect(keeper.grant == nil)
        let next = CredentialTests.answer("AKIDNEW", token: "SessionToken", expiration: "2026-01-02T06:00:00Z")
        try home.program("helper", "echo '\(next)'")
        #expect(Self.settle(keeper).contains { $0.contains("New credentials") })
        #expect(keeper.grant?.generation == 1)
    }

    @Test("a refused signature makes the keeper learn the server's time")
    func skew() throws {
        let server = try LoopbackServer { exchange in
            exchange.send("HTTP/1.1 404 X\r\nDate: Fri, 02 Jan 2026 03:14:05 GMT\r\nContent-Length: 0\r\n\r\n")
            return .keep
        }
        let home = try CredentialHome(CredentialTests.keys)
        let clock = Clock(Self.start)
        let keeper = try Self.keeper(home, clock, timeURLs: [server.url()])
        #expect(keeper.tend(refusals: 0).isEmpty)
        #expect(keeper.grant?.secondsSinceEpoch == Self.start)
        let events = Self.settle(keeper, refusals: 1)
        #expect(events == ["The host's clock is 600 s behind the server's; signatures use the server's time."])
        #expect(keeper.grant?.secondsSinceEpoch == Self.start + 600)
        // The same refusals are no news.
        clock.advance(120)
        #expect(keeper.tend(refusals: 1).isEmpty)
    }

    /// Lets the keeper's own thread do its work.
    static func settle(_ keeper: CredentialKeeper, refusals: Int = 0) -> [String] {
        var events: [String] = keeper.tend(refusals: refusals)
        keeper.waitForWork()
        events += keeper.tend(refusals: refusals)
        return events
    }
}
