"""Response headers that keep a browser from running user content: CSP sandbox, nosniff, download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pii_sandbox.mockserver.call import Reply

_PROTECTION: Mapping[str, str] = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
_PAGES = frozenset({"document", "iframe", "frame", "object", "embed", "fencedframe"})  # values of Sec-Fetch-Dest


def protect(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """Return the reply with the protective headers; as a download if a browser requests a page.

    `headers`: those of the request.
    """
    protected = {**reply.headers, **_PROTECTION}
    if _is_page_request(headers):
        protected["Content-Disposition"] = "attachment"
    return replace(reply, headers=protected)


def _is_page_request(headers: Mapping[str, str]) -> bool:
    """Return whether a browser requests a page: by Sec-Fetch-Dest, else by Accept.

    Browsers send no Sec-Fetch headers over plain HTTP except to loopback.
    """
    destination = headers.get("sec-fetch-dest")
    return "text/html" in headers.get("accept", "").lower() if destination is None else destination in _PAGES
