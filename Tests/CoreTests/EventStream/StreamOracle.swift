// The recorded streams beside the checkout, read by botocore and by Python's json in one Python process.

import Foundation
import TestSupport
import Testing

/// A header as botocore reads it; values that JSON has no type for are base64.
struct OracleHeader: Decodable, Hashable, Sendable {
    var name: String
    var type: Int
    var value: String
}

/// A message as botocore reads it.
struct OracleMessage: Decodable, Hashable, Sendable {
    var offset: Int
    var length: Int
    var headers: [OracleHeader]
    /// Base64.
    var payload: String
}

/// What Python's json finds in a stream, independent of our parser.
struct OracleReading: Decodable, Hashable, Sendable {
    /// One list for each message; `metadata` is left out of it.
    var events: [[String]]
    /// The counts and durations that the stream ends with.
    var metadata: [String: Double]?
}

/// A recorded stream and its reading.
struct OracleStream: Decodable, Sendable, CustomTestStringConvertible {
    var file: String
    var operation: String
    var messages: [OracleMessage]
    var reading: OracleReading

    var testDescription: String { file }

    func bytes() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: SharedData.url("\(StreamOracle.folder)/\(file)")))
    }
}

/// Runs the oracle once for all tests.
enum StreamOracle {
    static let folder = "data/real_streams"
    static let reference = "tools/eventstream_reference.py"
    static let isPresent = SharedData.has(folder) && SharedData.has(reference) && Program.pythonHas("botocore")
    static let absence: Comment = "needs the recorded streams beside the checkout, and botocore"

    /// Every recorded stream, in order of names.
    static func streams() async throws -> [OracleStream] { try await cached.value }

    private static let cached = Task {
        let files = SharedData.files(below: folder, withExtension: "bin").map(\.path)
        let result = try await Program.python.run(["-c", driver, SharedData.url(reference).path] + files)
        guard result.status == 0 else { throw OracleFailure(errors: result.errors) }
        return try JSONDecoder().decode([OracleStream].self, from: result.output)
    }

    private struct OracleFailure: Error {
        var errors: String
    }

    /// The reading follows the public documents of each model family, on parsed JSON, and shares nothing with Core.
    private static let driver = #"""
        import sys, json, base64, importlib.util
        spec = importlib.util.spec_from_file_location('reference', sys.argv[1])
        reference = importlib.util.module_from_spec(spec); spec.loader.exec_module(reference)
        n = lambda s: len(s.encode()) if isinstance(s, str) else 0
        d = lambda kind, size, index=None: f'delta {kind} {size} {index}'

        def converse(name, p):
            i = p.get('contentBlockIndex')
            if name == 'messageStart': return [f"start {p['role']}"]
            if name == 'contentBlockStop': return [f'blockStop {i}']
            if name == 'messageStop': return [f"stop {p['stopReason']}"]
            if name == 'metadata': return []
            if name == 'contentBlockStart':
                return [f"blockStart {i} {dict(toolUse='toolInput', toolResult='toolResult', image='image')[[*p['start']][0]]}"]
            assert name == 'contentBlockDelta', name
            (kind, v), = p['delta'].items()
            if kind == 'text': return [d('text', n(v), i)]
            if kind == 'toolUse': return [d('toolInput', n(v['input']), i)]
            if kind == 'reasoningContent':
                (kind, v), = v.items()
                if kind == 'text': return [d('reasoning', n(v), i)]
                return [d({'signature': 'signature', 'redactedContent': 'redactedReasoning'}[kind], 0, i)]
            return [d(kind if kind in ('citation', 'toolResult', 'image') else 'other', 0, i)]

        def anthropic(p):
            t, i = p['type'], p.get('index')
            if t == 'message_start': return [f"start {p['message']['role']}"]
            if t == 'content_block_start':
                kinds = dict(text='text', thinking='reasoning', redacted_thinking='redactedReasoning', tool_use='toolInput')
                return [f"blockStart {i} {kinds[p['content_block']['type']]}"]
            if t == 'content_block_stop': return [f'blockStop {i}']
            if t == 'message_delta': return [f"stop {p['delta']['stop_reason']}"]
            if t == 'message_stop': return []
            assert t == 'content_block_delta', t
            v = p['delta']
            return [{'text_delta': lambda: d('text', n(v['text']), i),
                     'input_json_delta': lambda: d('toolInput', n(v['partial_json']), i),
                     'thinking_delta': lambda: d('reasoning', n(v['thinking']), i),
                     'signature_delta': lambda: d('signature', 0, i)}[v['type']]()]

        def invoke(p, seen):
            p = {k: v for k, v in p.items() if not k.startswith('amazon-bedrock-')}
            stop = lambda key: [f'stop {p[key]}'] if p.get(key) else []
            if not p: return []
            for name in ('messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop', 'messageStop', 'metadata'):
                if name in p: return converse(name, p[name])
            if 'generation' in p: return [d('text', n(p['generation']))] + stop('stop_reason')
            if 'completion' in p: return [d('text', n(p['completion']))] + stop('stop_reason')
            if 'outputText' in p: return [d('text', n(p['outputText']), int(p['index']))] + stop('completionReason')
            if 'outputs' in p:
                o, = p['outputs']
                return [d('text', n(o['text']))] + ([f"stop {o['stop_reason']}"] if o['stop_reason'] else [])
            if 'generations' in p:
                return [e for i, g in enumerate(p['generations']) for e in (d('text', n(g['text']), i), f"stop {g['finish_reason']}")]
            if 'is_finished' in p: return ([d('text', n(p['text']), p.get('index'))] if 'text' in p else []) + stop('finish_reason')
            if 'choices' in p:
                out = []
                for c in p['choices']:
                    if c['delta'].get('role') and 'started' not in seen: seen.add('started'); out.append(f"start {c['delta']['role']}")
                    calls = c['delta'].get('tool_calls')
                    if calls and any('id' in t for t in calls): out.append(f"blockStart {c['index']} toolInput")
                    if calls: out.append(d('toolInput', sum(n(t['function']['arguments']) for t in calls), c['index']))
                    else: out.append(d('text', n(c['delta'].get('content')), c['index']))
                    if c['finish_reason']: out.append(f"stop {c['finish_reason']}")
                return out
            return anthropic(p)

        def metadata(operation, payloads):
            m = {}
            put = lambda key, v: m.__setitem__(key, v) if v is not None else None
            for name, p in payloads:
                if operation == 'ConverseStream' and name == 'metadata':
                    u = p['usage']
                    put('input', u.get('inputTokens')); put('output', u.get('outputTokens')); put('total', u.get('totalTokens'))
                    put('cacheRead', u.get('cacheReadInputTokens')); put('cacheWrite', u.get('cacheWriteInputTokens'))
                    put('latency', p['metrics']['latencyMs'])
                if name == 'chunk' and isinstance(p, dict) and 'amazon-bedrock-invocationMetrics' in p:
                    u = p['amazon-bedrock-invocationMetrics']
                    put('input', u.get('inputTokenCount')); put('output', u.get('outputTokenCount'))
                    put('cacheRead', u.get('cacheReadInputTokenCount')); put('cacheWrite', u.get('cacheWriteInputTokenCount'))
                    put('latency', u.get('invocationLatency')); put('firstByte', u.get('firstByteLatency'))
            return m or None

        out = []
        for path in sys.argv[2:]:
            data = open(path, 'rb').read()
            operation = json.load(open(path[:-3] + 'json'))['operation']
            decoded = reference.decode(data, decode_bytes=True)
            assert decoded['error'] is None and decoded['trailing'] is None, path
            messages, readings, payloads, seen = [], [], [], set()
            for e in decoded['events']:
                headers = [{'name': h['name'], 'type': h['type'], 'value': h['value'] if isinstance(h['value'], str) else json.dumps(h['value'])} for h in e['headers']]
                start = e['payload_offset']
                payload = data[start:start + e['payload_length']]
                messages.append({'offset': e['offset'], 'length': e['length'], 'headers': headers, 'payload': base64.b64encode(payload).decode()})
                h = {x['name']: x['value'] for x in headers}
                p = e.get('inner_json', e.get('payload_json'))
                if h[':message-type'] == 'exception': readings.append([f"exception {h[':exception-type']} {p['message']}"])
                elif operation == 'ConverseStream': readings.append(converse(h[':event-type'], p))
                elif operation == 'InvokeModelWithResponseStream': readings.append(invoke(p, seen))
                payloads.append((h.get(':event-type'), p))
            out.append({'file': path.split('/')[-1], 'operation': operation, 'messages': messages,
                        'reading': {'events': readings, 'metadata': metadata(operation, payloads)}})
        json.dump(out, sys.stdout)
        """#
}
