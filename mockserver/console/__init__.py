"""The console: a page for people, which looks into a sandbox and changes it through the control API.

Its files are served as they are: modules of JavaScript without a build step, with Preact and htm in `vendor/`.
"""

from __future__ import annotations

import functools
from importlib import resources
from importlib.resources.abc import Traversable

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
_MEDIA_TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript"}
_PAGE = "index.html"


def page(path: str, method: str) -> Reply | None:
    """The page or one of its files, None where the path is none of these."""
    if method not in ("GET", "HEAD"):
        return None
    if path == PATH.rstrip("/"):
        return Reply(307, headers={"Location": "_sandbox/"})
    if not path.startswith(PATH):
        return None
    name = path.removeprefix(PATH) or _PAGE
    file = files().get(name)
    if file is None:
        return None
    return Reply(200, file.read_bytes(), media_type=_MEDIA_TYPES[f".{name.rpartition('.')[2]}"], headers=_HEADERS)


@functools.cache
def files() -> dict[str, Traversable]:
    """The files that are served, by their path below the page."""
    top = resources.files(__name__)
    found = [("", each) for each in top.iterdir()] + [("vendor/", each) for each in (top / "vendor").iterdir()]
    return {folder + each.name: each for folder, each in found if f".{each.name.rpartition('.')[2]}" in _MEDIA_TYPES}
