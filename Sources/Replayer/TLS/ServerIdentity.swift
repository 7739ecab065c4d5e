// Who the server says it is over TLS: a certificate given as files, or one made for this run.

import NIOSSL

/// A server's certificate chain and private key.
package struct ServerIdentity: Sendable {
    let context: NIOSSLContext

    /// What the certificate made for one run leaves on the disk: the file that clients trust.
    package struct Generated: Sendable {
        package var identity: ServerIdentity
        /// The certificate as text for a client's bundle of authorities.
        package var pem: String
    }

    /// Reads a certificate chain and its key from PEM files.
    package init(certificateFile: String, keyFile: String) throws(ServerError) {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
        } catch {
            throw ServerError(description: "\(certificateFile): expected a certificate chain in PEM")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        } catch {
            throw ServerError(description: "\(keyFile): expected an unencrypted private key in PEM")
        }
        context = try Self.context(chain, key)
    }

    /// Makes a certificate for the loopback addresses and `host`.
    ///
    /// - Parameters:
    ///   - host: The address or name that the server listens on.
    ///   - now: The wall clock, in seconds since the Unix epoch.
    /// - Returns: The identity, and the certificate as text.
    /// - Throws: `ServerError` where no certificate can be made.
    package static func generate(host: String, now: Int64) throws(ServerError) -> Generated {
        let made = try SelfSignedCertificate(host: host, now: now)
        do {
            let certificate = try NIOSSLCertificate(bytes: made.certificate, format: .der)
            let key = try NIOSSLPrivateKey(bytes: made.privateKey, format: .der)
            return Generated(identity: ServerIdentity(try context([certificate], key)), pem: made.pem)
        } catch {
            throw ServerError(description: "the certificate made for this run cannot be used: \(error)")
        }
    }

    private init(_ context: NIOSSLContext) {
        self.context = context
    }

    private static func context(
        _ chain: [NIOSSLCertificate],
        _ key: NIOSSLPrivateKey
    ) throws(ServerError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        // The service prefers HTTP/2 wherever it is offered.
        configuration.applicationProtocols = ["h2", "http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerError(description: "certificate and key do not fit each other: \(error)")
        }
    }
}
