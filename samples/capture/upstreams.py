"""The servers behind the captured gateway: one process, one port per server, seeded delays and failures.

Prints `ready` when every port listens; runs until it is ended.
"""

import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# port: (median delay in s, spread, share of 503, size of an answer in bytes)
SERVERS = {
    18101: (0.003, 0.5, 0.0, 1800),
    18102: (0.004, 0.5, 0.0, 1800),
    18111: (0.030, 0.6, 0.0, 5200),
    18112: (0.045, 0.6, 0.01, 5200),
    18121: (0.010, 0.6, 0.0, 900),
    18122: (0.012, 0.6, 0.12, 900),
    18141: (0.180, 0.6, 0.0, 24000),
}


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        median, spread, shed, size = SERVERS[self.server.server_port]
        body_length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(body_length)
        with self.server.lock:
            delay = median * self.server.random.lognormvariate(0, spread)
            sheds = self.server.random.random() < shed
            length = self.server.random.randint(size // 2, size * 3 // 2)
        time.sleep(min(delay, 2.0))
        status = 503 if sheds else 201 if self.command == "POST" else 200
        if "/99" in self.path and not sheds:
            status = 404
        body = b"x" * length
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


class Upstream(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass  # A client of the gateway left early, and nginx with it.


def main():
    servers = []
    for port in SERVERS:
        server = Upstream(("127.0.0.1", port), Answer)
        server.lock = threading.Lock()
        server.random = random.Random(port)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
