"""CONNECT proxy for the vendors' host names: tunnels end at this server, nothing is forwarded to another host.

A client with HTTPS_PROXY=http://127.0.0.1:8080 sends CONNECT myshop.vtexcommercestable.com.br:443, gets 200, and
speaks TLS with this server. Its proxy credentials may name a sandbox: HTTPS_PROXY=http://NAME:any@127.0.0.1:8080.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import httptools

from pii_sandbox.server.host_names import BadHostName, covers, normalize_host_name

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
# authority-form, RFC 9112 3.2.3
_TARGET = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|(?<![^\[\]:/?#@*\s])([^\[\]:/?#@*\s]++)):([0-9]{1,5})")
_LAST_PORT = 65535
_CREDENTIALS, _SANDBOX = b"proxy-authorization", b"x-sandbox"


class ConnectRefused(Exception):
    """The tunnel is refused. `reason` is sent in the status line, since many clients show nothing else."""

    def __init__(self, status: int, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail

    def response(self) -> bytes:
        body = json.dumps(
            {"type": "about:blank", "title": self.reason, "status": self.status, "detail": self.detail}
        ).encode()
        return (
            f"HTTP/1.1 {self.status} {self.reason}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        ).encode() + body


@dataclass(frozen=True)
class ConnectProxy:
    """The proxy. `hosts`: the names and wildcards for which it opens tunnels."""

    hosts: Sequence[str]

    def check(self, target: bytes) -> None:
        """Raise ConnectRefused for a malformed target, and for another host."""
        host = _host(target)
        if not covers(self.hosts, host):
            raise ConnectRefused(
                403,
                "Not a host of this sandbox",
                f"this proxy serves only the sandbox, under the names {', '.join(self.hosts)}; "
                f"serve --tls-host {host} adds this one",
            )


def _host(target: bytes) -> str:
    match = _TARGET.fullmatch(target.decode("latin-1"))
    try:
        if match is None or not 0 < int(match[3]) <= _LAST_PORT:
            raise BadHostName
        return normalize_host_name(match[1] or match[2])
    except BadHostName:
        raise ConnectRefused(
            400, "Malformed CONNECT target", "the target of CONNECT is HOST:PORT, like shop.example.com:443"
        ) from None


def path_and_query(target: bytes, headers: list[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    """Return path and query of a request target; in absolute form, as for a proxy, add the sandbox that is named.

    Raises HttpParserInvalidURLError.
    """
    parsed = httptools.parse_url(target)
    if not target.startswith(b"/"):
        add_named_sandbox(headers)
    return parsed.path or b"/", parsed.query or b""


def add_named_sandbox(headers: list[tuple[bytes, bytes]]) -> None:
    """Replace proxy credentials by the sandbox that their user names, unless X-Sandbox names one already."""
    sandbox = named_sandbox(headers)
    headers[:] = [header for header in headers if header[0] != _CREDENTIALS]
    if sandbox is not None:
        add_sandbox(headers, sandbox)


def add_sandbox(headers: list[tuple[bytes, bytes]], sandbox: bytes) -> None:
    if not any(name == _SANDBOX for name, _ in headers):
        headers.append((_SANDBOX, sandbox))


def named_sandbox(headers: Sequence[tuple[bytes, bytes]]) -> bytes | None:
    """Return the user of the proxy credentials, None where there is none. Names of headers are in lower case."""
    scheme, _, encoded = next((value for name, value in headers if name == _CREDENTIALS), b"").partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        user = base64.b64decode(encoded.strip(), validate=True).partition(b":")[0]
    except binascii.Error:
        return None
    return user or None
