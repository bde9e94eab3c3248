"""A doorway in front of a service that can be shut: then the connection is refused.

The service's own port stays open, so that a test can see what reached it. One request is carried
at a time, each over a connection of its own.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

from support.service import Service

#: Shorter than any client waits before it tries again, in seconds.
_SHUT_S = 0.2

_END = b"\r\n\r\n"


class _Doorway(threading.Thread):
    def __init__(self, service: Service, shut_after: int) -> None:
        super().__init__(daemon=True)
        self._service = urlsplit(service.base_url)
        self._shut_after = shut_after
        self._listener = _listening(0)
        self.port: int = self._listener.getsockname()[1]

    def run(self) -> None:
        carried = 0
        while True:
            visitor, _ = self._listener.accept()
            with visitor:
                request = _whole(visitor)
                if not request:
                    return
                answer = self._forwarded(request)
                carried += 1
                if carried == self._shut_after:
                    self._listener.close()
                visitor.sendall(answer)
            if carried == self._shut_after:
                time.sleep(_SHUT_S)
                self._listener = _listening(self.port)

    def _forwarded(self, request: bytes) -> bytes:
        head, _, body = request.partition(_END)
        first, *lines = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        inner = HTTPConnection(str(self._service.hostname), self._service.port)
        inner.request(method, path, body or None, headers)
        answer = inner.getresponse()
        content = answer.read()
        inner.close()
        status = f"HTTP/1.1 {answer.status} {answer.reason}\r\n"
        size = f"content-length: {len(content)}\r\nconnection: close"
        return (status + size).encode() + _END + content

    def end(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            last.shutdown(socket.SHUT_WR)
        self.join()
        self._listener.close()


def _listening(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port))


def _whole(visitor: socket.socket) -> bytes:
    """Return a request, or nothing where the visitor has nothing to say."""
    content = b""
    while _END not in content or len(content.partition(_END)[2]) < _length(content):
        chunk = visitor.recv(65536)
        if not chunk:
            return b""
        content += chunk
    return content


def _length(content: bytes) -> int:
    for line in content.partition(_END)[0].decode().split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() == "content-length":
            return int(value)
    return 0


@contextmanager
def doorway(service: Service, *, shut_after: int) -> Iterator[str]:
    """Yield a base URL that leads to the service, but is shut for a moment after some requests."""
    way = _Doorway(service, shut_after)
    way.start()
    try:
        yield f"http://127.0.0.1:{way.port}{urlsplit(service.base_url).path}"
    finally:
        way.end()
