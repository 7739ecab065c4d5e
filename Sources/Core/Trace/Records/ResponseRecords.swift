// What came back, beside the bytes: connection, response head, error and end of an attempt.

/// The connection that carried an attempt: the message of channel `/connection`.
public struct ConnectionRecord: Hashable, Sendable {
    /// The attempt.
    public var id: AttemptID
    /// Counts the recording's connections from 1; equal numbers are the same TCP connection.
    public var connection: UInt64
    /// Whether an earlier attempt had opened the connection.
    public var isReused: Bool
    /// When the name was resolved; `nil` on a reused connection.
    public var nameResolved: TraceInstant?
    /// When TCP was connected; `nil` on a reused connection.
    public var tcpConnected: TraceInstant?
    /// When the TLS handshake was done; `nil` on a reused connection or without TLS.
    public var tlsConnected: TraceInstant?
    /// The remote address and port, for example `127.0.0.1:8080`.
    public var remoteAddress: String
    /// For example `TLSv1.3`; `nil` without TLS.
    public var tlsVersion: String?
    /// For example `1.1`.
    public var httpVersion: String

    /// When name lookup, TCP and TLS were all done; `nil` on a reused connection.
    public var connected: TraceInstant? { tlsConnected ?? tcpConnected }

    /// Makes a record of an attempt's connection.
    public init(
        id: AttemptID,
        connection: UInt64,
        isReused: Bool,
        nameResolved: TraceInstant? = nil,
        tcpConnected: TraceInstant? = nil,
        tlsConnected: TraceInstant? = nil,
        remoteAddress: String,
        tlsVersion: String? = nil,
        httpVersion: String
    ) {
        self.id = id
        self.connection = connection
        self.isReused = isReused
        self.nameResolved = nameResolved
        self.tcpConnected = tcpConnected
        self.tlsConnected = tlsConnected
        self.remoteAddress = remoteAddress
        self.tlsVersion = tlsVersion
        self.httpVersion = httpVersion
    }
}

/// The head of a response: the message of channel `/response`.
public struct ResponseRecord: Hashable, Sendable {
    /// The attempt.
    public var id: AttemptID
    public var status: Int
    public var headers: [HeaderField]
    /// When the request's last byte was handed to the kernel; `nil` where the host could not tell.
    public var sent: TraceInstant?
    /// When the first byte of the response's header arrived.
    public var firstByte: TraceInstant

    /// Makes a record of a response's head.
    public init(id: AttemptID, status: Int, headers: [HeaderField], sent: TraceInstant?, firstByte: TraceInstant) {
        self.id = id
        self.status = status
        self.headers = headers
        self.sent = sent
        self.firstByte = firstByte
    }

    /// The value of the first header called `name`, whatever its case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// A failure below HTTP: the message of channel `/error`.
public struct ErrorRecord: Hashable, Sendable {
    /// The attempt.
    public var id: AttemptID
    /// When the recorder learnt of the failure.
    public var instant: TraceInstant
    /// The error's stable name, for example `CURLE_OPERATION_TIMEDOUT`.
    public var code: String
    /// libcurl's number for the error.
    public var curlCode: Int
    /// The operating system's error number; 0 when there was none.
    public var errno: Int
    /// One sentence for a person.
    public var message: String
    /// How many bytes of the response's body had arrived.
    public var byteOffset: UInt64

    /// Makes a record of a failure.
    public init(
        id: AttemptID,
        instant: TraceInstant,
        code: String,
        curlCode: Int,
        errno: Int,
        message: String,
        byteOffset: UInt64
    ) {
        self.id = id
        self.instant = instant
        self.code = code
        self.curlCode = curlCode
        self.errno = errno
        self.message = message
        self.byteOffset = byteOffset
    }
}

/// How the recorder saw an attempt end, knowing nothing of the bytes' meaning.
public enum TransportOutcome: String, Sendable, CaseIterable {
    /// A whole response with a 2xx status.
    case ok
    /// A whole response with another status.
    case httpError = "http_error"
    /// The connection failed.
    case transportError = "transport_error"
    /// A time limit of the recorder passed.
    case timeout
    /// The recorder was told to stop.
    case cancelled
}

/// The end of an attempt: the message of channel `/end`.
public struct EndRecord: Hashable, Sendable {
    /// The attempt.
    public var id: AttemptID
    /// When the last byte of the response arrived, or the failure was seen.
    public var completed: TraceInstant
    /// How many chunks were recorded.
    public var chunks: UInt32
    /// How many bytes of body were recorded.
    public var bytes: UInt64
    /// XXH64 (seed 0) of the body's bytes.
    public var xxHash64: UInt64
    public var outcome: TransportOutcome

    /// Makes a record of an attempt's end.
    public init(
        id: AttemptID,
        completed: TraceInstant,
        chunks: UInt32,
        bytes: UInt64,
        xxHash64: UInt64,
        outcome: TransportOutcome
    ) {
        self.id = id
        self.completed = completed
        self.chunks = chunks
        self.bytes = bytes
        self.xxHash64 = xxHash64
        self.outcome = outcome
    }
}

/// Something the recorder had to leave out, and why: the message of channel `/drops`.
public struct DropRecord: Hashable, Sendable {
    public var instant: TraceInstant
    /// For example `disk_full` or `ring_full`.
    public var reason: String
    /// How many requests were touched.
    public var requests: UInt64
    /// How many bytes were left out.
    public var bytes: UInt64
    /// One sentence for a person.
    public var message: String

    /// Makes a record of a loss.
    public init(instant: TraceInstant, reason: String, requests: UInt64, bytes: UInt64, message: String) {
        self.instant = instant
        self.reason = reason
        self.requests = requests
        self.bytes = bytes
        self.message = message
    }
}

/// The clocks at one instant: the message of channel `/clock`.
public struct ClockRecord: Hashable, Sendable {
    /// The trace's timeline at the snapshot.
    public var instant: TraceInstant
    public var snapshot: ClockSnapshot

    /// Makes a record of a snapshot.
    public init(instant: TraceInstant, snapshot: ClockSnapshot) {
        self.instant = instant
        self.snapshot = snapshot
    }
}
