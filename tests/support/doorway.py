"""A doorway in front of a service that can be shut: then the connection is refused.

The service's own port stays open, so that a test can see what reached it. The doorway carries one
request at a time, each over a connection of its own.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

from support.service import Service

_END = b"\r\n\r\n"


class Doorway(threading.Thread):
    """Leads to the service at ``url``; after ``shut_after`` requests it stays shut until opened."""

    def __init__(self, service: Service, shut_after: int) -> None:
        super().__init__(daemon=True)
        self._service = urlsplit(service.base_url)
        self._shut_after = shut_after
        self._listener = _listening(0)
        self._port: int = self._listener.getsockname()[1]
        self._shut = False
        self._open_again = threading.Event()
        self.url = f"http://127.0.0.1:{self._port}{self._service.path}"

    def open(self) -> None:
        """Take connections again; does nothing unless the doorway is shut."""
        if self._shut:
            self._shut = False
            self._listener = _listening(self._port)
            self._open_again.set()

    def before(self, function: Callable[..., object]) -> Callable[..., object]:
        """Return ``function``, which opens the doorway whenever it is called."""

        def opening(*arguments: object, **options: object) -> object:
            self.open()
            return function(*arguments, **options)

        return opening

    def run(self) -> None:
        """Carry requests until a visitor has nothing to say."""
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
                    self._shut = True
                visitor.sendall(answer)
            if carried == self._shut_after:
                self._open_again.wait()

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
        """Stop carrying requests."""
        self.open()
        with socket.create_connection(("127.0.0.1", self._port)) as last:
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
def doorway(service: Service, *, shut_after: int) -> Iterator[Doorway]:
    """Yield a doorway to the service, which is shut after some requests until it is opened."""
    way = Doorway(service, shut_after)
    way.start()
    try:
        yield way
    finally:
        way.end()
