// The TLS version of a transfer's connection, asked of OpenSSL.

import CCurl
import COpenSSL

enum TLSVersion {
    /// For example `TLSv1.3`; `nil` without TLS, or where libcurl uses another library.
    static func name(of transfer: Transfer) -> String? {
        guard let session = curl_get_openssl_session(transfer.handle) else { return nil }
        guard let name = SSL_get_version(OpaquePointer(session)) else { return nil }
        return String(cString: name)
    }
}
