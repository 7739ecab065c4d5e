// The service's errors before a stream opens: restJson1, the type in `x-amzn-ErrorType`, a JSON body with the message.

package import Core

/// An error answer of the service.
package struct AWSError: Error, Hashable, Sendable {
    /// The exception's name, for example `ThrottlingException`.
    package var type: String
    package var status: Int
    package var message: String

    /// Makes an error.
    package init(type: String, status: Int, message: String) {
        self.type = type
        self.status = status
        self.message = message
    }

    /// The request is not one the service understands.
    static func validation(_ message: String) -> AWSError {
        AWSError(type: "ValidationException", status: 400, message: message)
    }

    /// A quota is used up.
    static let throttled = AWSError(
        type: "ThrottlingException",
        status: 429,
        message: "Too many requests, please wait before trying again."
    )

    /// The path names no operation of the runtime.
    static func unknownOperation(_ message: String) -> AWSError {
        AWSError(type: "UnknownOperationException", status: 404, message: message)
    }

    /// The exceptions that the Bedrock runtime's model declares, with a message as the service words it.
    static let modelled: [AWSError] = [
        throttled,
        AWSError(
            type: "ModelNotReadyException",
            status: 429,
            message: "Model is not ready for inference. Wait and try your request again."
        ),
        AWSError(
            type: "ServiceUnavailableException",
            status: 503,
            message: "Model is getting throttled. Try your request again."
        ),
        AWSError(
            type: "InternalServerException",
            status: 500,
            message: "The system encountered an unexpected error during processing. Try your request again."
        ),
        AWSError(type: "ModelTimeoutException", status: 408, message: "Model has timed out in processing the request."),
        AWSError(type: "ModelErrorException", status: 424, message: "The model failed to process the request."),
        AWSError(
            type: "ModelStreamErrorException",
            status: 424,
            message: "An error occurred while streaming the response. Try your request again."
        ),
        AWSError(type: "ValidationException", status: 400, message: "The provided request is not valid."),
        AWSError(
            type: "ServiceQuotaExceededException",
            status: 400,
            message: "Your request exceeds the service quota for your account."
        ),
        AWSError(type: "ConflictException", status: 400, message: "Resource is in conflict with another operation."),
        AWSError(
            type: "AccessDeniedException",
            status: 403,
            message: "You don't have access to the model with the specified model ID."
        ),
        AWSError(
            type: "ResourceNotFoundException",
            status: 404,
            message: "The specified resource was not found."
        ),
    ]

    /// The body: `{"message":"..."}`.
    var body: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("message", message)
            switch type {
            case "ModelErrorException":
                json.member("originalStatusCode", 500)
                json.member("resourceName", "")
            case "ModelStreamErrorException":
                json.member("originalMessage", message)
                json.member("originalStatusCode", 500)
            default:
                break
            }
        }
        return json.bytes
    }

    /// The service part of the error's type, which the service appends to its name.
    private var namespace: String {
        Self.modelled.contains { $0.type == type } ? "com.amazon.bedrock" : "com.amazon.coral.service"
    }

    /// The whole answer, sent at once.
    package func script(requestID: String, label: String, at offset: Nanoseconds = .zero) -> AnswerScript {
        let body = body
        return AnswerScript(
            requestID: requestID,
            head: AnswerHead(
                status: status,
                headers: [
                    HeaderField("Content-Type", "application/json"),
                    HeaderField("Content-Length", String(body.count)),
                    HeaderField("x-amzn-RequestId", requestID),
                    HeaderField("x-amzn-ErrorType", "\(type):http://internal.amazon.com/coral/\(namespace)/"),
                    HeaderField("x-bedrock-replayer", label),
                ],
                offset: offset
            ),
            chunks: [AnswerChunk(offset: offset, bytes: body, events: 0..<0)],
            endOffset: offset,
            note: type
        )
    }
}
