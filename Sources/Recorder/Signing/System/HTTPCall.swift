// One HTTP request, blocking: for metadata services and for asking a server its time; never for what is measured.

import CCurl
import Core

/// A request to a small service.
struct HTTPCall: Hashable, Sendable {
    var method = "GET"
    var url: String
    var headers: [HeaderField] = []
    var timeoutMilliseconds = 1_000
    /// Metadata services are never behind a proxy.
    var usesProxy = false
    var caBundle: String?
}

/// What came back, and how long it took to get there.
struct HTTPAnswer: Hashable, Sendable {
    var status: Int
    var headers: [HeaderField] = []
    var body: [UInt8] = []
    var remoteAddress = ""
    /// From the start to each step's end; zero for a step that did not happen.
    var nameResolved = Nanoseconds.zero
    var connected = Nanoseconds.zero
    var tlsConnected = Nanoseconds.zero
    var completed = Nanoseconds.zero
    /// For example `TLSv1.3`.
    var tlsVersion: String?

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Why there was no answer.
struct HTTPFailure: Error, Hashable, CustomStringConvertible {
    var description: String
    /// What libcurl says.
    var reason: CurlError
}

/// Makes calls; given to those who need one, so that tests need no network.
typealias HTTPCaller = @Sendable (HTTPCall) throws(HTTPFailure) -> HTTPAnswer

enum HTTPClient {
    private final class Collected {
        var lines: [String] = []
        var body: [UInt8] = []
        var tlsVersion: String?
        /// The transfer's handle, which outlives this object.
        let handle: UnsafeMutableRawPointer
        static let limit = 1 << 20

        init(_ handle: UnsafeMutableRawPointer) {
            self.handle = handle
        }
    }

    /// Makes a call and waits for its end.
    static func call(_ call: HTTPCall) throws(HTTPFailure) -> HTTPAnswer {
        do throws(CurlError) {
            return try perform(call)
        } catch {
            throw HTTPFailure(description: "\(call.url): \(error)", reason: error)
        }
    }

    private static func perform(_ call: HTTPCall) throws(CurlError) -> HTTPAnswer {
        let easy = try CurlEasy()
        let collected = Collected(easy.handle)
        let context = UnsafeRawPointer(Unmanaged.passUnretained(collected).toOpaque())
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        for header in call.headers + [HeaderField("User-Agent", "bedrock-trace/\(BedrockTrace.version)")] {
            list = curl_slist_append(list, "\(header.name): \(header.value)")
        }
        try easy.set(CURLOPT_URL, call.url)
        try easy.set(CURLOPT_NOSIGNAL, 1)
        try easy.set(CURLOPT_HTTPHEADER, list: list)
        try easy.set(CURLOPT_TIMEOUT_MS, call.timeoutMilliseconds)
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, call.timeoutMilliseconds)
        try easy.set(CURLOPT_NOPROXY, call.usesProxy ? ProxyExceptions.hosts : "*")
        if call.method == "HEAD" { try easy.set(CURLOPT_NOBODY, 1) }
        if call.method != "GET", call.method != "HEAD" { try easy.set(CURLOPT_CUSTOMREQUEST, call.method) }
        if let bundle = call.caBundle { try easy.set(CURLOPT_CAINFO, bundle) }
        try easy.set(CURLOPT_WRITEDATA, pointer: context)
        try easy.set(CURLOPT_HEADERDATA, pointer: context)
        try easy.set(CURLOPT_WRITEFUNCTION, callback: onBody)
        try easy.set(CURLOPT_HEADERFUNCTION, callback: onHeader)
        // The collector outlives the transfer: libcurl holds only its address.
        try withExtendedLifetime(collected) { () throws(CurlError) in try easy.check(curl_easy_perform(easy.handle)) }
        func time(_ info: CURLINFO) -> Nanoseconds { Nanoseconds(easy.offset(info) * 1_000) }
        return HTTPAnswer(
            status: easy.integer(CURLINFO_RESPONSE_CODE),
            headers: collected.lines.compactMap(field),
            body: collected.body,
            remoteAddress: easy.text(CURLINFO_PRIMARY_IP) ?? "",
            nameResolved: time(CURLINFO_NAMELOOKUP_TIME_T),
            connected: time(CURLINFO_CONNECT_TIME_T),
            tlsConnected: time(CURLINFO_APPCONNECT_TIME_T),
            completed: time(CURLINFO_TOTAL_TIME_T),
            tlsVersion: collected.tlsVersion
        )
    }

    private static func field(_ line: String) -> HeaderField? {
        guard let mark = line.firstIndex(of: ":") else { return nil }
        let value = line[line.index(after: mark)...].drop { $0 == " " }
        return HeaderField(String(line[..<mark]), String(value))
    }

    private static let onBody: curl_write_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let collected = Unmanaged<Collected>.fromOpaque(context).takeUnretainedValue()
        guard collected.body.count + size * count <= Collected.limit else { return 0 }
        collected.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: size * count))
        return size * count
    }

    private static let onHeader: curl_write_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let collected = Unmanaged<Collected>.fromOpaque(context).takeUnretainedValue()
        let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
        // A new status line begins the head of another answer.
        if line.hasPrefix("HTTP/") {
            collected.lines = []
            // The session can be asked only while the transfer runs.
            collected.tlsVersion = CurlEasy.tlsVersion(of: collected.handle)
        }
        collected.lines.append(line.filter { !$0.isNewline })
        return size * count
    }
}
