// One round trip to the endpoint: name, TCP, TLS, an unsigned question, and what the answer says of the clock.

import CCurl
import Core

/// The endpoint as one unsigned request finds it.
struct EndpointFindings {
    var url: String
    /// The file of trusted certificates; `nil` where libcurl's own default stands.
    var caBundle: String?
    var result: Result<HTTPAnswer, HTTPFailure>
    /// The host's clock when the answer was there, in seconds since the epoch.
    var now: Int

    /// Makes the round trip.
    static func probe(
        _ url: String,
        caBundle: String?,
        timeout: Nanoseconds,
        context: CredentialContext
    ) -> EndpointFindings {
        let call = HTTPCall(
            method: "HEAD",
            url: url,
            timeoutMilliseconds: Int(max(1, timeout.count / 1_000_000)),
            usesProxy: true,
            caBundle: caBundle
        )
        let result = Result { () throws(HTTPFailure) in try context.http(call) }
        return EndpointFindings(url: url, caBundle: caBundle, result: result, now: context.secondsSinceEpoch())
    }

    /// A signature's time may be five minutes off; half a minute shows that nobody keeps the clock.
    private static let clockTolerance = 30

    var findings: [Finding] {
        switch result {
        case .failure(let failure):
            return [Finding(.fix, "endpoint", "\(failure): \(Self.remedy(failure.reason))")]
        case .success(let answer): return [connection(answer), clock(answer)].compactMap { $0 }
        }
    }

    private func connection(_ answer: HTTPAnswer) -> Finding {
        var steps = ["name \(DurationLine.short(answer.nameResolved))"]
        steps.append("TCP \(DurationLine.short(answer.connected - answer.nameResolved))")
        if answer.tlsConnected > .zero {
            let version = answer.tlsVersion.map { " (\($0))" } ?? ""
            steps.append("TLS \(DurationLine.short(answer.tlsConnected - answer.connected))\(version)")
        }
        let ready = max(answer.connected, answer.tlsConnected)
        steps.append("answer \(DurationLine.short(answer.completed - ready))")
        let trust = answer.tlsConnected > .zero ? caBundle.map { ", trusted by \($0)" } ?? "" : ", no TLS"
        return Finding(
            .ok,
            "endpoint",
            "\(url) at \(answer.remoteAddress): \(steps.joined(separator: ", "))\(trust)"
        )
    }

    private func clock(_ answer: HTTPAnswer) -> Finding? {
        guard let date = answer.header("Date").flatMap({ DateText.http($0) }) else { return nil }
        let skew = date - now
        guard abs(skew) > Self.clockTolerance else {
            return Finding(.ok, "server's clock", "agrees with this host's")
        }
        return Finding(
            .fix,
            "server's clock",
            "this host's is \(abs(skew)) s \(skew > 0 ? "behind" : "ahead"): set it; a recording would sign with the "
                + "server's time only after its first requests were refused"
        )
    }

    private static func remedy(_ reason: CurlError) -> String {
        switch CURLcode(rawValue: reason.code) {
        case CURLE_COULDNT_RESOLVE_HOST: "check the region or URL, and the host's DNS"
        case CURLE_COULDNT_RESOLVE_PROXY: "check the proxy that the environment names"
        case CURLE_COULDNT_CONNECT:
            "nothing listens there, or a firewall refuses: check port, routes and security groups"
        case CURLE_OPERATION_TIMEDOUT:
            "no answer in time: check routes, VPC endpoints and firewalls, name a proxy in HTTPS_PROXY, or raise "
                + "--connect-timeout"
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
            "name the certificates to trust with --ca-bundle or AWS_CA_BUNDLE"
        case CURLE_SSL_CONNECT_ERROR: "no TLS 1.2 or later is spoken there: check scheme and port"
        default: "a connection was made, but no HTTP answer came: check scheme and port"
        }
    }
}
