// --tls: with a certificate of the user's, or one made for this run and trusted by way of a file.

import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The flags of TLS.
struct TLSOptions: ParsableArguments {
    @Flag(
        help: "Serve over TLS, HTTP/2 included, with a certificate made on start; says which file clients must trust."
    )
    var tls = false

    @Option(
        help: ArgumentHelp("The certificate chain to serve with, in place of one made on start.", valueName: "file.pem")
    )
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The private key of that certificate.", valueName: "file.pem"))
    var tlsKey: String?

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together")
        }
    }

    /// What the flags ask for; `nil` where they ask for no TLS.
    func securedServer(host: String) throws(ServerError) -> SecuredServer? {
        if let tlsCertificate, let tlsKey {
            let identity = try ServerIdentity(certificateFile: tlsCertificate, keyFile: tlsKey)
            return SecuredServer(identity: identity, bundle: nil)
        }
        guard tls else { return nil }
        let made = try ServerIdentity.generate(host: host, now: MonotonicClock.secondsSinceEpoch())
        return SecuredServer(identity: made.identity, bundle: try AuthorityFile(pem: made.pem))
    }
}

/// An identity, and the file that makes clients trust it.
struct SecuredServer {
    var identity: ServerIdentity
    /// The bundle of authorities with the certificate made on start; `nil` where the certificate is the user's own.
    var bundle: AuthorityFile?
}

/// A file in a folder of its own below the system's temporary one; both go with the last reference.
final class AuthorityFile: Sendable {
    let path: String
    private let folder: String

    /// Writes the certificate.
    init(pem: String) throws(ServerError) {
        folder = TemporaryFolder.path + "bedrock-replayer-\(UUID().uuidString)"
        path = folder + "/ca.pem"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(pem.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw ServerError(description: "\(path): cannot be written")
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// The system's folder for temporary files, with a slash at its end.
private enum TemporaryFolder {
    static var path: String {
        let folder = FileManager.default.temporaryDirectory.path
        return folder.hasSuffix("/") ? folder : folder + "/"
    }
}
