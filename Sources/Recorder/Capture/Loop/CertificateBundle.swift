// Finds the host's bundle of trusted certificates: one file, since libcurl's directory lookup is far too slow.

internal import Glibc

/// The host's trusted certificates.
enum CertificateBundle {
    /// Where Debian, Amazon Linux and Fedora, SUSE, and Alpine keep the bundle.
    private static let candidates = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// The first bundle that can be read.
    static func find() -> String? {
        candidates.first { access($0, R_OK) == 0 }
    }
}
