"""Documentation pages: Swagger UI for each OpenAPI document, and the document as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources
from typing import Any

import orjson

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Reply
from pii_sandbox.specs import APIS, Dialect

BASE = "/_sandbox/docs"
_ASSETS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "favicon-32x32.png": "image/png"}
_START_NAME = "start.js"
_DOCUMENT = re.compile(rf"{BASE}/([a-z_]+)(/|/openapi\.json)?")
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · pii-sandbox</title>
<link rel="icon" href="{up}assets/favicon-32x32.png">
<link rel="stylesheet" href="{up}assets/swagger-ui.css">
</head>
<body>
<main id="document" data-url="{up}{name}/openapi.json" data-credentials="{up}../v1/credentials" data-api="{api}"></main>
<script src="{up}assets/swagger-ui-bundle.js"></script>
<script src="{up}assets/start.js"></script>
</body>
</html>
"""

_START = b"""const main = document.getElementById("document");
// The sandbox's own credentials are filled in, so that the first call is answered. Without access to the control API
// they are left out.
async function authorize() {
  const sandbox = new URLSearchParams(location.search).get("sandbox");
  const response = await fetch(main.dataset.credentials, sandbox ? { headers: { "X-Sandbox": sandbox } } : {});
  if (!response.ok) return;
  const { headers } = (await response.json()).credentials[main.dataset.api]?.[0] ?? {};
  const schemes = ui.specSelectors.securityDefinitions()?.toJS() ?? {};
  for (const [name, { type, scheme, in: place, name: header }] of Object.entries(schemes)) {
    const bearer = headers?.Authorization?.replace(/^Bearer /, "");
    const value = type === "http" ? bearer : place === "header" ? headers?.[header] : undefined;
    if (value !== undefined) ui.preauthorizeApiKey(name, value);
  }
}
const ui = SwaggerUIBundle({
  url: main.dataset.url, dom_id: "#document", deepLinking: true, tryItOutEnabled: true, onComplete: authorize,
});
"""  # a separate file: the policy allows no inline scripts
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),  # styles within: Swagger UI writes them into what it shows
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Page = Callable[[Dialect], Reply]


def page(path: str, method: str, prefix: str) -> Page | None:
    """Return the documentation page at that path, or None.

    `prefix`: path prefix of the client's sandbox (`/~NAME`, or empty).
    """
    if method not in ("GET", "HEAD"):
        return None
    if path.startswith(f"{BASE}/assets/"):
        return _asset(path.removeprefix(f"{BASE}/assets/"))
    match = _DOCUMENT.fullmatch(path)
    if match is None or not any(match[1] in documents for documents in APIS.values()):
        return None
    name, rest = match[1], match[2]
    if rest == "/openapi.json":
        return lambda dialect: Reply(
            200, orjson.dumps(document_json(name, dialect, prefix)), media_type="application/json"
        )
    up = "../" if rest else ""
    return lambda dialect: _html(name, dialect, up)


def document_json(name: str, dialect: Dialect, prefix: str = "") -> dict[str, Any]:
    """Return the document with this server, under the vendor's paths, as its only `servers` entry."""
    document = specs.load(name, dialect)
    return {**document, "servers": [{"url": prefix + specs.base_path(document) or "/"}]}


def _html(name: str, dialect: Dialect, up: str) -> Reply:
    title = specs.load(name, dialect)["info"]["title"]
    api = next(api for api, documents in APIS.items() if name in documents)
    text = _PAGE.format(title=title, name=name, up=up, api=api)
    return Reply(200, text.encode(), media_type="text/html; charset=utf-8", headers=_HEADERS)


def _asset(name: str) -> Page | None:
    if name == _START_NAME:
        return lambda dialect: Reply(200, _START, media_type="text/javascript")
    if name not in _ASSETS:
        return None
    return lambda dialect: Reply(
        200, _asset_bytes(name), media_type=_ASSETS[name], headers={"Cache-Control": "max-age=86400"}
    )


def _asset_bytes(name: str) -> bytes:
    return (resources.files("pii_sandbox.mockserver") / "swagger_ui" / name).read_bytes()
