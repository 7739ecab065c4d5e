// Owns libcurl's multi handle and speaks its socket interface (libcurl-multi(3), "multi_socket").

internal import CCurl

/// The set of running transfers, driven by readiness of sockets rather than by walking every handle.
struct CurlMulti: ~Copyable {
    let handle: UnsafeMutableRawPointer
    /// Kept to the end: cleaning up closes the idle connections' sockets through it.
    private let sockets: ConnectionTable

    /// Makes a set that keeps up to `connections` idle connections, opens as many as are asked for and never shares one.
    init(connections: Int, sockets: ConnectionTable) throws(CurlError) {
        guard CurlLibrary.isReady, let handle = curl_multi_init() else { throw CurlError(CURLE_FAILED_INIT) }
        self.handle = handle
        self.sockets = sockets
        ccurl_multi_set_long(handle, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, connections)
        // Any other limit makes libcurl queue transfers without a word.
        ccurl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, 0)
        ccurl_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, 0)
    }

    deinit {
        curl_multi_cleanup(handle)
    }

    /// Tells libcurl whom to ask about sockets and timers; `context` must outlive the set.
    borrowing func setCallbacks(
        context: UnsafeMutableRawPointer?,
        socket: curl_socket_callback?,
        timer: curl_multi_timer_callback?
    ) {
        ccurl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, context)
        ccurl_multi_set_socket(handle, CURLMOPT_SOCKETFUNCTION, socket)
        ccurl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, context)
        ccurl_multi_set_timer(handle, CURLMOPT_TIMERFUNCTION, timer)
    }

    borrowing func add(_ easy: UnsafeMutableRawPointer) -> CURLMcode {
        curl_multi_add_handle(handle, easy)
    }

    borrowing func remove(_ easy: UnsafeMutableRawPointer) {
        curl_multi_remove_handle(handle, easy)
    }

    /// Lets libcurl work on a socket that is ready (`CURL_CSELECT_*`).
    borrowing func act(on socket: Int32, _ readiness: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(handle, socket, readiness, &running)
    }

    /// Lets libcurl work on what its timer asked for.
    borrowing func actOnTimer() {
        var running: Int32 = 0
        curl_multi_socket_action(handle, CURL_SOCKET_BAD, 0, &running)
    }

    /// Takes the next finished transfer; `nil` where there is none.
    borrowing func nextFinished() -> (easy: UnsafeMutableRawPointer, result: CURLcode)? {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(handle, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            return (easy, ccurl_message_result(message))
        }
        return nil
    }
}
