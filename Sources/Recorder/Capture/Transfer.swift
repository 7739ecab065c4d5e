// One request on its way: the libcurl handle, what it sends, and the stamps taken so far. Handles are reused.

import CCurl
import CKernelStamps
import Core
import Glibc

/// A transfer; lives on the capture thread, libcurl's callbacks find it by its address.
final class Transfer {
    let easy: OpaquePointer
    unowned let loop: CaptureLoop

    private(set) var prepared: PreparedRequest?
    private(set) var id = AttemptID(request: 0)
    private(set) var dispatchedMonotonic: UInt64 = 0
    /// The last time anything happened, for the idle limit.
    var activeMonotonic: UInt64 = 0
    var head = ResponseHead()
    /// The descriptor of the connection that carries it; -1 before there is one.
    var descriptor: Int32 = -1
    var isPaused = false
    /// Set once `/connection` and `/response` are on their way to the writer.
    var hasReportedHead = false
    var firstByteMonotonic: UInt64 = 0
    var lastStamp: UInt64 = 0
    var byteCount: UInt64 = 0
    var chunkCount: UInt32 = 0

    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []

    /// Makes a reusable transfer with everything that is the same for all requests.
    init(loop: CaptureLoop, configuration: CaptureConfiguration) throws(CaptureError) {
        guard let easy = curl_easy_init() else { throw CaptureError(description: "libcurl: no memory for a transfer") }
        self.easy = OpaquePointer(easy)
        self.loop = loop
        configure(configuration)
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
    }

    var handle: UnsafeMutableRawPointer { UnsafeMutableRawPointer(easy) }

    private func configure(_ configuration: CaptureConfiguration) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        curl_set_long(handle, CURLOPT_POST, 1)
        // HTTP/2 would couple streams and break the attribution of kernel stamps.
        curl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        curl_set_long(handle, CURLOPT_PATH_AS_IS, 1)
        curl_set_long(handle, CURLOPT_TCP_NODELAY, 1)
        curl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        curl_set_string(handle, CURLOPT_USERAGENT, configuration.userAgent)
        curl_set_string(handle, CURLOPT_NOPROXY, CaptureEnvironment.directHosts)
        // With a directory libcurl re-reads the whole store for each new connection: 16 ms of a blocked loop.
        curl_set_string(handle, CURLOPT_CAPATH, nil)
        if let bundle = configuration.caBundle ?? CaptureEnvironment.systemCertificates {
            curl_set_string(handle, CURLOPT_CAINFO, bundle)
        }
        curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(configuration.connectTimeout.count / 1_000_000))
        if let total = configuration.totalTimeout {
            curl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(total.count / 1_000_000))
        }
        curl_set_pointer(handle, CURLOPT_PRIVATE, context)
        curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        curl_set_pointer(handle, CURLOPT_SOCKOPTDATA, Unmanaged.passUnretained(loop).toOpaque())
        curl_set_pointer(handle, CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(loop).toOpaque())
        curl_set_data(handle, CURLOPT_WRITEFUNCTION, Self.onBody)
        curl_set_data(handle, CURLOPT_HEADERFUNCTION, Self.onHeader)
        curl_set_sockopt(handle, Self.onSocket)
        curl_set_closesocket(handle, Self.onClose)
    }

    /// Readies the transfer for a request.
    func begin(_ prepared: PreparedRequest, id: AttemptID, now: UInt64) {
        self.prepared = prepared
        self.id = id
        dispatchedMonotonic = now
        activeMonotonic = now
        head = ResponseHead()
        descriptor = -1
        isPaused = false
        hasReportedHead = false
        firstByteMonotonic = 0
        lastStamp = 0
        byteCount = 0
        chunkCount = 0
        body = prepared.body
        curl_slist_free_all(headerList)
        headerList = nil
        // An empty value takes away a header that libcurl would add.
        for line in prepared.wireHeaders.map({ "\($0.name): \($0.value)" }) + ["Accept:", "Expect:"] {
            headerList = curl_slist_append(headerList, line)
        }
        curl_set_string(handle, CURLOPT_URL, prepared.record.url)
        curl_set_pointer(handle, CURLOPT_HTTPHEADER, headerList)
        curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        // libcurl copies the body, so that it outlives this array's buffer.
        body.withUnsafeBytes { raw in
            _ = curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: raw.baseAddress))
        }
    }

    /// Lets go of the request.
    func finish() {
        prepared = nil
        body = []
    }

    // MARK: What libcurl knows

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        curl_get_long(handle, info, &value)
        return value
    }

    /// A time since the transfer's start, in nanoseconds; 0 for a step that did not happen.
    func nanoseconds(_ info: CURLINFO) -> UInt64 {
        var microseconds: curl_off_t = 0
        curl_get_offset(handle, info, &microseconds)
        return microseconds > 0 ? UInt64(microseconds) * 1_000 : 0
    }

    func text(_ info: CURLINFO) -> String {
        var value: UnsafePointer<CChar>?
        curl_get_string(handle, info, &value)
        return value.map { String(cString: $0) } ?? ""
    }

    // MARK: libcurl's callbacks

    private static let onBody:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
            bytes,
            size,
            count,
            context in
            // The first thing: the callback's own stamp.
            let now = CaptureClock.now()
            guard let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            let raw = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return transfer.loop.receive(raw, for: transfer, now: now) ? raw.count : Int(CURL_WRITEFUNC_PAUSE)
        }

    private static let onHeader:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
            bytes,
            size,
            count,
            context in
            let now = CaptureClock.now()
            guard let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            let raw = UnsafeRawBufferPointer(start: bytes, count: size * count)
            transfer.loop.receiveHeader(raw, for: transfer, now: now)
            return raw.count
        }

    private static let onSocket: @convention(c) (UnsafeMutableRawPointer?, curl_socket_t, curlsocktype) -> Int32 = {
        context,
        descriptor,
        _ in
        guard let context else { return Int32(CURL_SOCKOPT_ERROR) }
        Unmanaged<CaptureLoop>.fromOpaque(context).takeUnretainedValue().opened(descriptor)
        return Int32(CURL_SOCKOPT_OK)
    }

    private static let onClose: @convention(c) (UnsafeMutableRawPointer?, curl_socket_t) -> Int32 = {
        context,
        descriptor in
        if let context { Unmanaged<CaptureLoop>.fromOpaque(context).takeUnretainedValue().closed(descriptor) }
        return close(descriptor)
    }
}
