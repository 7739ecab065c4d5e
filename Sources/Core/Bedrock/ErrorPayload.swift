// The JSON that AWS services answer errors with (AWS restJson1 protocol, section Operation error serialization).

/// What the body of an error says; empty where it is not a JSON object.
struct ErrorPayload {
    /// `__type` or `code`, as sent.
    var type: String?
    /// `message` or `Message`; the model's own `originalMessage` where there is neither.
    var message: String?

    /// Reads a body.
    init(_ body: RawSpan) {
        var cursor = JSONCursor(body)
        var found = (type: String?.none, code: String?.none, message: String?.none, original: String?.none)
        do throws(JSONError) {
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                if cursor.matches(key, "message") || cursor.matches(key, "Message") {
                    found.message = try cursor.stringIfAny() ?? found.message
                } else if cursor.matches(key, "originalMessage") {
                    found.original = try cursor.stringIfAny()
                } else if cursor.matches(key, "__type") {
                    found.type = try cursor.stringIfAny()
                } else if cursor.matches(key, "code") {
                    found.code = try cursor.stringIfAny()
                } else {
                    try cursor.skipValue()
                }
            }
        } catch {
            return
        }
        type = found.type ?? found.code
        message = found.message ?? found.original
    }
}
