// A certificate for this machine, made on start and forgotten at the end (RFC 5280; key and signature from libcrypto).

import COpenSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A fresh P-256 key and the certificate that names it, which is its own authority.
struct SelfSignedCertificate: Sendable {
    /// The certificate, DER.
    let certificate: [UInt8]
    /// The private key, DER (RFC 5915).
    let privateKey: [UInt8]

    /// How long the certificate is good for, in seconds.
    private static let lifetime: Int64 = 30 * 86_400

    /// Makes a key and a certificate for the loopback addresses and `host`.
    ///
    /// - Parameters:
    ///   - host: The address or name that the server listens on.
    ///   - now: The wall clock, in seconds since the Unix epoch.
    /// - Throws: `ServerError` where libcrypto refuses.
    init(host: String, now: Int64) throws(ServerError) {
        let key = try SigningKey()
        let point = try key.publicPoint()
        let body = Self.body(point: point, host: host, now: now)
        certificate = DER.sequence(body, Self.algorithm, DER.bits(try key.sign(body)))
        privateKey = try key.encoded()
    }

    /// The certificate as a file that clients take as their bundle of authorities.
    var pem: String {
        let text = Data(certificate).base64EncodedString()
        var lines = ["-----BEGIN CERTIFICATE-----"]
        var rest = text[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        return (lines + ["-----END CERTIFICATE-----", ""]).joined(separator: "\n")
    }

    /// ecdsa-with-SHA256.
    private static let algorithm = DER.sequence(DER.identifier(1, 2, 840, 10_045, 4, 3, 2))

    private static func body(point: [UInt8], host: String, now: Int64) -> [UInt8] {
        let name = DER.sequence(
            DER.set(DER.sequence(DER.identifier(2, 5, 4, 3), DER.utf8("bedrock-replayer")))
        )
        let keyAlgorithm = DER.sequence(
            DER.identifier(1, 2, 840, 10_045, 2, 1),
            DER.identifier(1, 2, 840, 10_045, 3, 1, 7)
        )
        var generator = SystemRandomNumberGenerator()
        let serial = (0..<16).map { _ in UInt8.random(in: 1...127, using: &generator) }
        return DER.sequence(
            DER.value(0xA0, DER.integer([2])),
            DER.integer(serial),
            algorithm,
            name,
            // Clocks may differ a little.
            DER.sequence(DER.time(now - 3_600), DER.time(now + lifetime)),
            name,
            DER.sequence(keyAlgorithm, DER.bits(point)),
            DER.value(0xA3, extensions(point: point, host: host))
        )
    }

    private static func extensions(point: [UInt8], host: String) -> [UInt8] {
        let keyIdentifier = Array(Digests.sha256(point).prefix(20))
        func entry(_ number: UInt32, isCritical: Bool = false, _ value: [UInt8]) -> [UInt8] {
            DER.sequence(
                DER.identifier(2, 5, 29, number),
                isCritical ? DER.boolean(true) : [],
                DER.octets(value)
            )
        }
        var names = DER.value(0x82, Array("localhost".utf8))
        for address in ["127.0.0.1", "::1"] { names += DER.value(0x87, IPAddress.bytes(address) ?? []) }
        if let bytes = IPAddress.bytes(host) {
            names += DER.value(0x87, bytes)
        } else {
            names += DER.value(0x82, Array(host.utf8))
        }
        return DER.sequence(
            // An authority, so that clients accept it as the root of its own chain.
            entry(19, isCritical: true, DER.sequence(DER.boolean(true))),
            // digitalSignature and keyCertSign.
            entry(15, isCritical: true, DER.bits([0x84], unused: 2)),
            entry(37, DER.sequence(DER.identifier(1, 3, 6, 1, 5, 5, 7, 3, 1))),
            entry(14, DER.octets(keyIdentifier)),
            entry(35, DER.sequence(DER.value(0x80, keyIdentifier))),
            entry(17, DER.sequence(names))
        )
    }
}

/// A P-256 key of libcrypto, and the owner of its memory.
private struct SigningKey: ~Copyable {
    private let key: OpaquePointer

    /// Makes a new key.
    init() throws(ServerError) {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw Self.failure }
        defer { EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
            EVP_PKEY_keygen(context, &made) == 1, let made
        else { throw Self.failure }
        key = made
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// The public key as an uncompressed point.
    func publicPoint() throws(ServerError) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = EVP_PKEY_get1_encoded_public_key(key, &bytes)
        guard count > 0, let bytes else { throw Self.failure }
        defer { CRYPTO_free(bytes, #file, #line) }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// The private key, DER.
    func encoded() throws(ServerError) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_PrivateKey(key, &bytes)
        guard count > 0, let bytes else { throw Self.failure }
        defer { CRYPTO_free(bytes, #file, #line) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// The ECDSA signature with SHA-256 over `message`, DER.
    func sign(_ message: [UInt8]) throws(ServerError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw Self.failure }
        defer { EVP_MD_CTX_free(context) }
        var count = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, nil, &count, message, message.count) == 1
        else { throw Self.failure }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { throw Self.failure }
        return Array(signature.prefix(count))
    }

    private static var failure: ServerError { ServerError(description: "libcrypto could not make a certificate") }
}
