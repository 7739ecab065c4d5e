// A record as one line of JSON, for `cat`.

import Core

enum TraceRecordLine {
    /// The line, with its newline.
    static func json(_ record: TraceRecord) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("topic", record.topic)
            json.member("message") { json in
                if case .chunks(let batch) = record {
                    write(batch, &json)
                } else if let message = record.jsonMessage {
                    json.raw(String(decoding: message, as: UTF8.self))
                }
            }
        }
        return json.bytes + [0x0A]
    }

    private static func write(_ batch: ChunkBatch, _ json: inout JSONWriter) {
        json.object { json in
            json.member("request_id", batch.attempt.request)
            json.member("attempt", batch.attempt.attempt)
            json.member("first_index", batch.firstIndex)
            json.member("chunks") { json in
                json.array { json in
                    for stamp in batch.stamps {
                        json.object { json in
                            json.member("stamp_ns", stamp.instant.nanosecondsSinceEpoch)
                            json.member("length", stamp.length)
                            json.member("source", "\(stamp.source)")
                            json.member("callback_lag_ns", stamp.callbackLag.count)
                            json.member("wake_lag_ns", stamp.wakeLag.count)
                        }
                    }
                }
            }
            json.member("data", String(decoding: Base64.encode(batch.data), as: UTF8.self))
        }
    }
}
