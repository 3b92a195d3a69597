"""Overview pages, as HTML or JSON: `/` describes the server with links, `/_sandbox/docs` lists the documents."""

from __future__ import annotations

from html import escape

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Reply
from pii_sandbox.specs import APIS, Dialect

ROOT = "/"
DOCUMENTS = "/_sandbox/docs"
PURPOSE = "A stateful sandbox for customer-profile APIs that hold personal data. Everybody in it is invented."
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept",
}
_HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{prefix}/_sandbox/console.css">
</head>
<body>
<main>
<h1>{title}</h1>
<p>{purpose}</p>
<ul>
{items}
</ul>
</main>
</body>
</html>
"""


def page(path: str, prefix: str, accept: str, dialect: Dialect) -> Reply | None:
    """Return the overview page at that path, or None.

    `prefix`: path prefix of the client's sandbox (`/~NAME`, or empty); `accept`: the Accept header.
    """
    if path == ROOT:
        links = {
            "console": f"{prefix}/_sandbox/",
            "documents": prefix + DOCUMENTS,
            "control": f"{prefix}/_sandbox/v1/status",
        }
        body = {
            "name": "pii-sandbox",
            "description": PURPOSE,
            **links,
            "apis": [api for api in APIS if api != "sandbox"],
        }
        return _html_or_json(body, "pii-sandbox", links, prefix, accept)
    if path.removesuffix("/") == DOCUMENTS:
        listed = [_document(api, name, prefix, dialect) for api, names in APIS.items() for name in names]
        links = {f"{one['api']}: {one['title']}": one["page"] for one in listed}
        return _html_or_json({"documents": listed}, "Documents · pii-sandbox", links, prefix, accept)
    return None


def _document(api: str, name: str, prefix: str, dialect: Dialect) -> dict[str, str]:
    page = f"{prefix}{DOCUMENTS}/{name}"
    title = specs.load(name, dialect)["info"]["title"]
    return {"name": name, "api": api, "title": title, "page": page, "openapi": f"{page}/openapi.json"}


def _html_or_json(body: object, title: str, links: dict[str, str], prefix: str, accept: str) -> Reply:
    """Return HTML to clients that accept it, as browsers do, else JSON."""
    if "text/html" not in accept.lower():
        return Reply(200, body, headers=_HEADERS)
    items = "\n".join(f'<li><a href="{escape(url)}">{escape(name)}</a></li>' for name, url in links.items())
    html = _HTML.format(title=escape(title), purpose=escape(PURPOSE), items=items, prefix=escape(prefix))
    return Reply(200, html.encode(), media_type="text/html; charset=utf-8", headers=_HEADERS)
