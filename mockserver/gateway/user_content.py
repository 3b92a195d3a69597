"""Response headers that keep a browser from running what a client stored (sandboxing, no sniffing, download)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pii_sandbox.mockserver.call import Reply

_PROTECTION: Mapping[str, str] = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
_PAGES = frozenset({"document", "iframe", "frame", "object", "embed", "fencedframe"})  # values of Sec-Fetch-Dest


def protect(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """The reply with these headers, as a download where a browser asks for a page. `headers` are the request's."""
    protected = {**reply.headers, **_PROTECTION}
    if _is_page_request(headers):
        protected["Content-Disposition"] = "attachment"
    return replace(reply, headers=protected)


def _is_page_request(headers: Mapping[str, str]) -> bool:
    """Over plain HTTP beyond loopback browsers send no Sec-Fetch headers: there the accepted types tell."""
    destination = headers.get("sec-fetch-dest")
    return "text/html" in headers.get("accept", "").lower() if destination is None else destination in _PAGES
