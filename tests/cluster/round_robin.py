"""A reverse proxy that sends each request to the next server, as a load balancer without affinity does."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from urllib.parse import urlsplit

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, servers: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._turns, self._lock = cycle(servers), threading.Lock()

    def next_host(self) -> str:
        with self._lock:
            return urlsplit(next(self._turns)).netloc


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Proxy

    def forward(self) -> None:
        upstream = http.client.HTTPConnection(self.server.next_host(), timeout=60)
        try:
            self._send_on(upstream)
            self._send_back(upstream.getresponse())
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # as the server did
        finally:
            upstream.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = forward  # noqa: N815

    def _send_on(self, upstream: http.client.HTTPConnection) -> None:
        body = self._body()
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in _HOP_BY_HOP:
                upstream.putheader(name, value)
        if body is not None:
            upstream.putheader("Content-Length", str(len(body)))
        upstream.endheaders(body)

    def _send_back(self, answer: http.client.HTTPResponse) -> None:
        content = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        if answer.status != 204:
            length = answer.headers["Content-Length"] if self.command == "HEAD" else str(len(content))
            self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> bytes | None:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            length = self.headers.get("Content-Length")
            return None if length is None else self.rfile.read(int(length))
        pieces = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(pieces)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test says what went wrong."""


@contextmanager
def round_robin(servers: Sequence[str]) -> Iterator[str]:
    """The URL of a proxy before these servers, until the block ends."""
    with _Proxy(servers) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{proxy.server_address[1]}"
        finally:
            proxy.shutdown()
            thread.join()
