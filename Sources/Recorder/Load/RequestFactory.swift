// Makes requests ready to be sent: everything that doesn't change between two requests of a row is made once.

import Core

/// What a row's requests have in common.
package struct RequestTemplate: Sendable {
    var record: RequestRecord
    var target: String
    var host: String
    /// What is signed, besides the host.
    var headers: [HeaderField]
    /// What goes over the wire unsigned: proxies may change it.
    var unsignedHeaders: [HeaderField]
    var body: [UInt8]
    var payloadHash: String
}

/// Signs rows' requests; the rest is made beforehand.
package struct RequestFactory: Sendable {
    private let templates: [RequestTemplate]
    private let authority: any SigningAuthority
    private var signers: [String: SigV4Signer] = [:]
    private var generation = -1
    /// Each row's model.
    package let models: [String]

    /// Makes the templates of all rows.
    ///
    /// - Parameters:
    ///   - rows: The dataset.
    ///   - endpoint: Where everything goes; `nil` for each region's own endpoint.
    ///   - authority: What requests are signed with, asked for each one.
    ///   - experiment: The name of the experiment, for the trace.
    package init(
        rows: [DatasetRow],
        endpoint: Endpoint?,
        authority: any SigningAuthority,
        experiment: String?
    ) {
        self.authority = authority
        models = rows.map(\.modelID)
        templates = rows.map { Self.template($0, endpoint: endpoint, experiment: experiment) }
    }

    private static func template(_ row: DatasetRow, endpoint: Endpoint?, experiment: String?) -> RequestTemplate {
        let endpoint = endpoint ?? Endpoint(region: row.region)
        let path = "/model/\(PercentEncoding.encode(row.modelID))/\(row.operation.path)"
        let headers = [HeaderField("Content-Type", "application/json")] + row.headers
        let unsigned = [
            HeaderField("Host", endpoint.host),
            HeaderField("User-Agent", "bedrock-trace/\(BedrockTrace.version)"),
            HeaderField("Content-Length", "\(row.body.count)"),
        ]
        let start = TraceInstant(nanosecondsSinceEpoch: 0)
        return RequestTemplate(
            record: RequestRecord(
                id: AttemptID(request: 0),
                scheduled: start,
                dispatched: start,
                url: endpoint.url + path,
                headers: unsigned + headers,
                body: String(decoding: row.body, as: UTF8.self),
                operation: row.operation.rawValue,
                model: row.modelID,
                region: row.region,
                latency: row.latency,
                tier: row.tier,
                promptID: row.promptID,
                taskType: row.taskType,
                experiment: experiment,
                labels: row.labels
            ),
            target: endpoint.path + path,
            host: endpoint.host,
            headers: headers,
            unsignedHeaders: unsigned,
            body: row.body,
            payloadHash: Digest.hexadecimal(Digest.sha256(row.body))
        )
    }

    /// The request for the wire, signed now; `nil` while there are no credentials that hold.
    package mutating func prepare(_ planned: PlannedRequest, planIndex: Int) -> PreparedRequest? {
        guard let grant = authority.grant else { return nil }
        let template = templates[planned.row]
        var record = template.record
        record.round = UInt32(clamping: planned.round)
        record.isWarmup = planned.isWarmup
        let added = authentication(template, region: record.region, grant)
        // What authenticates goes over the wire and nowhere else; the date is no secret.
        record.headers += added.filter { $0.name == "X-Amz-Date" }
        return PreparedRequest(
            planIndex: planIndex,
            record: record,
            scheduledMonotonicNanoseconds: nil,
            wireHeaders: template.unsignedHeaders + template.headers + added,
            body: template.body
        )
    }

    private mutating func authentication(
        _ template: RequestTemplate,
        region: String,
        _ grant: SigningGrant
    ) -> [HeaderField] {
        if grant.generation != generation {
            signers = [:]
            generation = grant.generation
        }
        switch grant.credentials {
        case .bearer(let token):
            return [HeaderField("Authorization", "Bearer \(token)")]
        case .accessKey(let key):
            var signer = signers[region] ?? SigV4Signer(key: key, region: region)
            let signature = signer.sign(
                SigV4Signer.Request(
                    method: "POST",
                    target: template.target,
                    host: template.host,
                    headers: template.headers,
                    payloadHash: template.payloadHash
                ),
                time: AmzDate.text(secondsSinceEpoch: grant.secondsSinceEpoch)
            )
            signers[region] = signer
            return signature.addedHeaders
        }
    }
}

extension BedrockOperation {
    /// The last segment of the operation's path.
    fileprivate var path: String {
        switch self {
        case .converseStream: "converse-stream"
        case .invokeModelWithResponseStream: "invoke-with-response-stream"
        }
    }
}
