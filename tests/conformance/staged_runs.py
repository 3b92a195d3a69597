"""A sandbox that poses as a vendor's staging: no control API, and a list of all that arrived."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from pii_sandbox import specs

ENVIRONMENT = {
    "STAGING_VTEX_KEY": "vtexappkey-sandbox",
    "STAGING_VTEX_TOKEN": "sandbox-token",
    "STAGING_NEWSTORE": "sandbox-newstore",
    "STAGING_FASHIONAI": "fai_test_sandbox",
    "STAGING_ORACLE": "sandbox-oracle",
}
TARGET = """
name = "staging"
powers = [{powers}]
settle_seconds = 0
[limits]
{limits}
[vtex]
url = "{url}"
[vtex.credentials.full]
X-VTEX-API-AppKey = "STAGING_VTEX_KEY"
X-VTEX-API-AppToken = "STAGING_VTEX_TOKEN"
[newstore]
url = "{url}"
[newstore.credentials.full]
Authorization = "Bearer STAGING_NEWSTORE"
[fashionai]
url = "{url}"
[fashionai.credentials.full]
X-FashionAI-APP-Token = "STAGING_FASHIONAI"
[fashionai.data]
user_profile_id = "ddsd23223"
[oracle]
url = "{url}"
[oracle.credentials.full]
Authorization = "Bearer STAGING_ORACLE"
"""


def target_file(folder: Path, url: str, *powers: str, limits: str = "") -> Path:
    file = folder / "staging.toml"
    listed = ", ".join(f'"{power}"' for power in powers)
    file.write_text(TARGET.format(url=url, powers=listed, limits=limits), "utf-8")
    return file


@dataclass
class Staging:
    """`arrived` is the access log: method and path of each request. `url` is where it stands."""

    url: str
    arrived: list[tuple[str, str]] = field(default_factory=list)

    def unsafe_calls(self) -> list[tuple[str, str]]:
        """What arrived that is no documented read."""
        return [call for call in self.arrived if not _is_read(*call)]


def _is_read(method: str, path: str) -> bool:
    for api in ("vtex", "newstore", "fashionai", "oracle"):
        for name in specs.APIS[api]:
            for operation in specs.operations(name).values():
                if operation.safety == "read" and operation.method == method and _fits(operation.path, path):
                    return True
    return method in ("GET", "HEAD", "OPTIONS")


def _fits(template: str, path: str) -> bool:
    wanted, seen = template.split("/"), path.split("/")
    return len(wanted) == len(seen) and all(
        part.startswith("{") or part == there for part, there in zip(wanted, seen, strict=True)
    )


# codings of the client may be others than those that this door can undo; a body that is changed has its own length
NOT_PASSED_ON = ("host", "x-sandbox", "accept-encoding", "content-length")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who called was killed."""


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as it arrived at the door, and how to pass it on."""

    method: str
    path: str
    query: str
    body: bytes
    headers: dict[str, str]
    client: httpx.Client
    behind: str

    def pass_on(self, body: bytes | None = None) -> httpx.Response:
        url = f"{self.behind}{self.path}{f'?{self.query}' if self.query else ''}"
        return self.client.request(self.method, url, headers=self.headers, content=self.body if body is None else body)


@contextmanager
def staging(
    behind: str, manner: Callable[[ReceivedRequest], httpx.Response] = ReceivedRequest.pass_on
) -> Iterator[Staging]:
    """Passes everything on to the server at `behind`, but for its control API, which is not there.

    `manner` is how it does so: what it answers to a request.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a body waits for no acknowledgement of its head

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            posing.arrived.append((self.command, path))
            if path.startswith(("/_sandbox", "/~")):
                response = httpx.Response(404)
            else:
                headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
                response = manner(ReceivedRequest(self.command, path, query, body, headers, client, behind))
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                if name not in ("content-length", "content-encoding", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.content)

        def log_message(self, format: str, *args: object) -> None: ...

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        setattr(Handler, f"do_{method}", Handler.pass_on)
    server = _Server(("127.0.0.1", 0), Handler)
    posing = Staging(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    with httpx.Client(trust_env=False, timeout=60) as client:
        thread.start()
        try:
            yield posing
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)
