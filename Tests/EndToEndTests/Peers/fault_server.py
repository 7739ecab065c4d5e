"""A Bedrock endpoint that misbehaves as the model's name says; it knows nothing of our code.

Prints its port, then answers until it is ended. Frames are built with struct and zlib from the Amazon event stream
encoding; error bodies and headers are those of the service's restJson1 protocol.
"""
import json
import socket
import struct
import sys
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


def frame(event, payload, message_type="event"):
    kind = ":event-type" if message_type == "event" else ":exception-type"
    headers = b""
    for name, value in ((kind, event), (":content-type", "application/json"), (":message-type", message_type)):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
    return message + struct.pack(">I", zlib.crc32(message))


GOOD = [
    frame("messageStart", {"role": "assistant"}),
    frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": ""}}),
    frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hello"}}),
    frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": " there"}}),
    frame("contentBlockStop", {"contentBlockIndex": 0}),
    frame("messageStop", {"stopReason": "end_turn"}),
    frame("metadata", {"usage": {"inputTokens": 7, "outputTokens": 2, "totalTokens": 9}, "metrics": {"latencyMs": 5}}),
]
ERRORS = {
    "error-403": (403, "AccessDeniedException"),
    "error-429": (429, "ThrottlingException"),
    "error-500": (500, "InternalServerException"),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    held = threading.Event()

    def log_message(self, *arguments):
        pass

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        model = unquote(self.path.split("/")[2])
        if model in ERRORS:
            status, name = ERRORS[model]
            body = json.dumps({"message": "as asked: " + name}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("x-amzn-ErrorType", name + ":http://internal.amazon.com/coral/com.amazon.bedrock/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        if model == "never-answers":
            self.held.wait(60)
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.amazon.eventstream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        frames = list(GOOD)
        if model == "broken-crc":
            frames[3] = frames[3][:-1] + bytes([frames[3][-1] ^ 1])
        if model == "stream-exception":
            frames[3:] = [frame("throttlingException", {"message": "Too many tokens"}, "exception")]
        if model == "closes-in-mid-stream":
            for data in frames[:3]:
                self.chunk(data)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        if model == "ends-in-a-frame":
            self.chunk(frames[0])
            self.chunk(frames[1][:20])
            frames = []
        for data in frames:
            self.chunk(data)
        self.wfile.write(b"0\r\n\r\n")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print("port", server.server_address[1], flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    sys.exit(0)
