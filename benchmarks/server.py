"""A service that lists what it is given, and makes what it is sent."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections import Counter


class _Listener(http.server.ThreadingHTTPServer):
    #: With the usual 5, a client that opens more connections at once waits a second for the rest.
    request_queue_size = 128


class Server:
    """Lists ``held`` and what every POST made, each answer after ``latency`` seconds.

    Another list is not there. ``counts`` holds the number of requests by method and last step.
    """

    def __init__(self, held: bytes, latency: float = 0.0) -> None:
        made: list[dict[str, object]] = []
        counts: Counter[str] = Counter()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                if not self.is_missing():
                    self.answer(json.dumps({"assistants": made}).encode() if made else held)

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                if self.is_missing():
                    return
                sent = json.loads(content)
                made.append({**sent, "id": sent["name"]})
                self.answer(json.dumps({"assistant": made[-1]}).encode())

            def is_missing(self) -> bool:
                """Say so where anything but assistants is asked for: voices, numbers, calls."""
                missing = self.path.partition("?")[0] != "/api/assistants"
                if missing:
                    self.answer(b"{}", 404)
                return missing

            def answer(self, content: bytes, status: int = 200) -> None:
                counts[f"{self.command} {self.path.rpartition('/')[2]}"] += 1
                time.sleep(latency)
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.counts = counts
        self._server = _Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api"
        # It looks so often, in seconds, whether it is to end: a test closes four of them.
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def told(self) -> str:
        """Return how many requests came, in words."""
        return ", ".join(f"{count} x {what}" for what, count in sorted(self.counts.items()))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
