// Credentials that another program gives: credential_process, and the AWS command line for those that take a call to
// STS or to IAM Identity Center (`aws configure export-credentials`, AWS CLI version 2).

import Core

enum CredentialProgram {
    /// The program that a profile names.
    static let source = CredentialSource(name: "credential_process") { context throws(CredentialError) in
        guard let command = context.settings["credential_process"] else { return nil }
        let origin = "credential_process of profile '\(context.profileName)'"
        guard let words = CommandLineText.words(command), !words.isEmpty else {
            throw CredentialError(description: "\(origin): expected a command, found '\(command)'")
        }
        return try run(words, context, origin: origin)
    }

    static func run(
        _ words: [String],
        _ context: CredentialContext,
        origin: String
    ) throws(CredentialError) -> FoundCredentials {
        let output: ProcessOutput
        do {
            output = try context.runProgram(words, context.environment)
        } catch {
            throw CredentialError(description: "\(origin): \(error)")
        }
        guard output.status == 0 else {
            let said = output.errors.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
            throw CredentialError(description: "\(origin): ended with status \(output.status)\(said)")
        }
        return try CredentialAnswer.read(output.output, tokenName: "SessionToken", origin: origin)
    }
}

enum CommandLineCredentials {
    static let assumedRole = CredentialSource(name: "role_arn of the profile") { context throws(CredentialError) in
        let settings = context.settings
        guard let role = settings["role_arn"], settings["web_identity_token_file"] == nil else { return nil }
        return try export(context, need: "profile '\(context.profileName)' assumes \(role), which takes a call to STS")
    }

    static let webIdentity = CredentialSource(name: "web identity") { context throws(CredentialError) in
        let settings = context.settings
        let fromEnvironment = context.profile == nil ? context.variable("AWS_WEB_IDENTITY_TOKEN_FILE") : nil
        guard let path = fromEnvironment ?? settings["web_identity_token_file"] else { return nil }
        guard context.readFile(path) != nil else {
            throw CredentialError(description: "web identity: token file \(path) cannot be read")
        }
        guard context.variable("AWS_ROLE_ARN") ?? settings["role_arn"] != nil else {
            throw CredentialError(description: "web identity: a token file is named, but no role (AWS_ROLE_ARN)")
        }
        return try export(context, need: "a web identity token is exchanged for keys by a call to STS")
    }

    static let singleSignOn = CredentialSource(name: "IAM Identity Center (SSO)") { context throws(CredentialError) in
        let settings = context.settings
        guard let name = settings["sso_session"] ?? settings["sso_start_url"] else { return nil }
        do {
            return try export(context, need: "profile '\(context.profileName)' signs in by IAM Identity Center")
        } catch {
            throw CredentialError(description: "\(error); \(cacheState(name, context))")
        }
    }

    static let loginSession = CredentialSource(name: "login_session") { context throws(CredentialError) in
        guard context.settings["login_session"] != nil else { return nil }
        return try export(context, need: "profile '\(context.profileName)' uses a session of 'aws login'")
    }

    /// Lets the AWS command line resolve the profile.
    private static func export(_ context: CredentialContext, need: String) throws(CredentialError) -> FoundCredentials {
        var words = ["aws", "configure", "export-credentials", "--format", "process"]
        if let profile = context.profile { words += ["--profile", profile] }
        do {
            return try CredentialProgram.run(words, context, origin: "aws configure export-credentials")
        } catch {
            let isMissing = error.description.contains("not found")
            let isOld = error.description.contains("status 252") || error.description.contains("nvalid choice")
            guard isMissing || isOld else { throw CredentialError(description: "\(need); \(error)") }
            throw CredentialError(
                description: "\(need): install AWS CLI version 2 "
                    + "(\(isMissing ? "no 'aws' is on the PATH" : "the 'aws' on the PATH is version 1")), "
                    + "or export AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
            )
        }
    }

    /// What the cache of sign-ins says of a session (its file is named by the SHA-1 of the session's name).
    private static func cacheState(_ name: String, _ context: CredentialContext) -> String {
        let folder = (context.environment["HOME"] ?? "") + "/.aws/sso/cache/"
        let path = folder + Digest.hexadecimal(Digest.sha1(Array(name.utf8))) + ".json"
        let command = "aws sso login --profile \(context.profileName)"
        guard let text = context.readFile(path), let tree = try? JSONTree(Array(text.utf8)),
            let expiration = tree["expiresAt"]?.string.flatMap({ DateText.iso8601($0) })
        else { return "no sign-in is cached in \(path): run '\(command)'" }
        guard expiration <= context.secondsSinceEpoch() else { return "the sign-in cached in \(path) still holds" }
        return "the sign-in cached in \(path) has expired: run '\(command)'"
    }
}
