from __future__ import annotations

import http.client
import os
import threading
from urllib.parse import urlsplit

from steps import Answer, pieces, play

kept = threading.local()
proxy = urlsplit(os.environ.get("HTTPS_PROXY", ""))


def connection(url: str) -> http.client.HTTPConnection:
    """This thread's connection to that host."""
    parts = urlsplit(url)
    connections = kept.__dict__.setdefault("connections", {})
    if parts.netloc not in connections:
        if proxy.hostname and parts.hostname:
            made: http.client.HTTPConnection = http.client.HTTPSConnection(proxy.hostname, proxy.port)
            made.set_tunnel(parts.hostname, 443)
        elif parts.scheme == "https":
            made = http.client.HTTPSConnection(parts.netloc)
        else:
            made = http.client.HTTPConnection(parts.netloc)
        connections[parts.netloc] = made
    return connections[parts.netloc]  # type: ignore[no-any-return]


def call(method: str, url: str, headers: dict[str, str], body: bytes | None, chunked: bool) -> Answer:
    parts = urlsplit(url)
    line = connection(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    line.request(method, target, pieces(body) if chunked and body else body, headers, encode_chunked=chunked)
    response = line.getresponse()
    return response.status, dict(response.getheaders()), response.read()


play(call)
