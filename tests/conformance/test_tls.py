"""Certificates are verified, a client shows its own, a proxy is used where one is named."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.model import Retry, Target
from pii_sandbox.conformance.values.request import Request


class Handler(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A handshake that failed is what a test is about."""


@contextmanager
def tls_server(context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[str]]]:
    """The port, and the paths that were asked for."""
    requested_paths: list[str] = []
    server = Server(("127.0.0.1", 0), type("Asked", (Handler,), {"asked": requested_paths}))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_address[1], requested_paths
    finally:
        server.shutdown()
        server.server_close()


def server_context(certificates: Path, *, asks_for_one: bool = False, name: str = "server") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    if asks_for_one:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates / "ca.pem")
    return context


ONCE = Retry(attempts=0)


def status(target: Target) -> int | None:
    with closing(Sender(target)) as sender:
        return sender.send(Request("vtex", "GetProfile", "GET", target.urls["vtex"] + "/a")).status


def test_a_certificate_of_an_unknown_authority_is_refused(certificates: Path) -> None:
    with tls_server(server_context(certificates)) as (port, requested_paths):
        assert status(Target("t", {"vtex": f"https://127.0.0.1:{port}"}, {}, retry=ONCE)) is None
        assert requested_paths == []


def test_an_authority_can_be_named(certificates: Path) -> None:
    with tls_server(server_context(certificates)) as (port, _):
        target = Target("t", {"vtex": f"https://127.0.0.1:{port}"}, {}, verify=str(certificates / "ca.pem"))
        assert status(target) == 200
        assert status(replace(target, urls={"vtex": f"https://localhost:{port}"}, retry=ONCE)) is None


def test_a_client_shows_its_certificate(certificates: Path) -> None:
    with tls_server(server_context(certificates, asks_for_one=True)) as (port, requested_paths):
        target = Target("t", {"vtex": f"https://127.0.0.1:{port}"}, {}, verify=str(certificates / "ca.pem"))
        client_certificate = (str(certificates / "client.pem"), str(certificates / "client.key"))
        assert status(replace(target, client_certificate=client_certificate)) == 200
        requested_paths.clear()
        assert (status(replace(target, retry=ONCE)), requested_paths) == (None, [])


def test_a_proxy_is_used_where_one_is_named() -> None:
    with tls_server() as (port, requested_paths):
        target = Target("t", {"vtex": "http://shop.example.com"}, {}, proxy=f"http://127.0.0.1:{port}")
        assert status(target) == 200
        assert requested_paths == ["http://shop.example.com/a"]
