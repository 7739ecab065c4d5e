// Owns one libcurl transfer handle: options typed, ownership unique.

internal import CCurl
internal import COpenSSL

/// A transfer handle, reused for many transfers in turn.
struct CurlEasy: ~Copyable {
    /// libcurl's own name for the handle.
    let handle: UnsafeMutableRawPointer

    init() throws(CurlError) {
        guard CurlLibrary.isReady, let handle = curl_easy_init() else { throw CurlError(CURLE_FAILED_INIT) }
        self.handle = handle
    }

    deinit {
        curl_easy_cleanup(handle)
    }

    borrowing func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(ccurl_easy_set_long(handle, option, value))
    }

    borrowing func set(_ option: CURLoption, offset value: Int) throws(CurlError) {
        try check(ccurl_easy_set_offset(handle, option, curl_off_t(value)))
    }

    /// Sets an option to a copy of a text; `nil` takes libcurl's "none".
    borrowing func set(_ option: CURLoption, _ value: String?) throws(CurlError) {
        try check(ccurl_easy_set_string(handle, option, value))
    }

    /// Sets an option to a pointer that must stay valid for the transfer.
    borrowing func set(_ option: CURLoption, pointer value: UnsafeRawPointer?) throws(CurlError) {
        try check(ccurl_easy_set_pointer(handle, option, value))
    }

    borrowing func set(_ option: CURLoption, list value: UnsafeMutablePointer<curl_slist>?) throws(CurlError) {
        try check(ccurl_easy_set_list(handle, option, value))
    }

    borrowing func set(_ option: CURLoption, callback: curl_write_callback?) throws(CurlError) {
        try check(ccurl_easy_set_write(handle, option, callback))
    }

    /// A number about the present or last transfer; 0 where libcurl does not know.
    borrowing func integer(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_easy_get_long(handle, info, &value) == CURLE_OK ? value : 0
    }

    /// A time or size of the present or last transfer; 0 where libcurl does not know.
    borrowing func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return ccurl_easy_get_offset(handle, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    /// A text about the present or last transfer.
    borrowing func text(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        guard ccurl_easy_get_string(handle, info, &value) == CURLE_OK, let value else { return nil }
        return String(cString: value)
    }

    /// The socket of the transfer's connection; `nil` where there is none.
    borrowing func activeSocket() -> Int32? {
        var socket: curl_socket_t = -1
        guard ccurl_easy_get_socket(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0 else { return nil }
        return socket
    }

    /// The TLS version of the running transfer's connection; `nil` without TLS.
    borrowing func tlsVersion() -> String? { Self.tlsVersion(of: handle) }

    /// The TLS version of the connection of the transfer that runs on `handle`; `nil` without TLS.
    static func tlsVersion(of handle: UnsafeMutableRawPointer) -> String? {
        guard let session = ccurl_easy_openssl_session(handle) else { return nil }
        return SSL_get_version(OpaquePointer(session)).map { String(cString: $0) }
    }

    borrowing func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw CurlError(code) }
    }
}

/// libcurl as a whole.
enum CurlLibrary {
    /// Whether the library is initialized; it is, once per process, by the first who asks.
    static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK

    /// libcurl and what it was built with.
    static var version: String { String(cString: curl_version()) }
}
