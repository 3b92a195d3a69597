"""The console: one page that looks into a sandbox through the control API."""

from __future__ import annotations

from importlib import resources

from pii_sandbox.mockserver.call import Reply

PATH = "/_sandbox/"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}
_FILES = {"": "text/html; charset=utf-8", "console.css": "text/css", "console.js": "text/javascript"}


def page(path: str, method: str) -> Reply | None:
    """The page or a part of it, None where the path is none of these."""
    if method not in ("GET", "HEAD"):
        return None
    if path == PATH.rstrip("/"):
        return Reply(307, headers={"Location": "_sandbox/"})
    name = path.removeprefix(PATH) if path.startswith(PATH) else None
    if name not in _FILES:
        return None
    content = (resources.files(__name__) / (name or "index.html")).read_bytes()
    return Reply(200, content, media_type=_FILES[name], headers=_HEADERS)
