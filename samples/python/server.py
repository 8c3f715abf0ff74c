"""A program of Python's standard library behind the gateway: it listens on the port that the host gives it."""

import json
import os
import platform
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(os.environ.get("ASPNETCORE_PORT") or os.environ.get("PORT") or 8000)
MAX_BODY_BYTES = 10 * 1024 * 1024


class BadRequest(Exception):
    pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.partition("?")[0] != "/":
            return self.answer(404, b"not found\n", "text/plain")
        # The gateway's own words are the last element of each header; what stands before is what others said.
        facts = {
            "hello": "from Python",
            "python": platform.python_version(),
            "client": last(self.headers.get("X-Forwarded-For", self.client_address[0])),
            "scheme": last(self.headers.get("X-Forwarded-Proto", "http")),
            "host": self.headers.get("Host"),
            "hosted": "ASPNETCORE_PORT" in os.environ,
            "processId": os.getpid(),
        }
        self.answer(200, json.dumps(facts, indent=2).encode(), "application/json")

    def do_POST(self):
        if self.path != "/echo":
            return self.answer(404, b"not found\n", "text/plain")
        try:
            body = self.read_body()
        except (BadRequest, ValueError):
            self.close_connection = True
            return self.answer(400, b"the body cannot be read\n", "text/plain")
        self.answer(200, body, self.headers.get("Content-Type", "application/octet-stream"))

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            length = int(self.headers.get("Content-Length", 0))
            if length > MAX_BODY_BYTES:
                raise BadRequest
            return self.rfile.read(length)
        body = b""
        while size := int(self.rfile.readline(1024).split(b";")[0], 16):
            if len(body) + size > MAX_BODY_BYTES:
                raise BadRequest
            body += self.rfile.read(size)
            self.rfile.readline(1024)
        while self.rfile.readline(65536).strip():
            pass  # trailers
        return body

    def answer(self, status, body, content_type):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.server.stopping.is_set():
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_one_request(self):
        # Waiting for the next request on a kept connection is not work; from its first byte on it is.
        if not self.rfile.peek(1):
            self.close_connection = True
            return
        with self.server.work():
            super().handle_one_request()

    do_HEAD = do_GET

    def log_message(self, format, *args):
        pass  # the gateway keeps the access log


class Server(ThreadingHTTPServer):
    """Counts requests at work, so that the process can end after the last one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, handler):
        super().__init__(address, handler)
        self.stopping = threading.Event()
        self._changed = threading.Condition()
        self._working = 0

    def work(self):
        return Work(self)

    def change(self, difference):
        with self._changed:
            self._working += difference
            self._changed.notify_all()

    def wait_for_work(self):
        with self._changed:
            self._changed.wait_for(lambda: self._working == 0)

    def stop(self, *_):
        self.stopping.set()
        # shutdown() waits for serve_forever(), which runs on the thread that got the signal.
        threading.Thread(target=self.shutdown).start()


class Work:
    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self.server.change(+1)

    def __exit__(self, *_):
        self.server.change(-1)


def last(header):
    return header.rsplit(",", 1)[-1].strip()


server = Server(("127.0.0.1", PORT), Handler)
signal.signal(signal.SIGTERM, server.stop)
signal.signal(signal.SIGINT, server.stop)
print(f"listening on port {PORT}", flush=True)
server.serve_forever(poll_interval=0.1)
server.wait_for_work()
sys.exit(0)
