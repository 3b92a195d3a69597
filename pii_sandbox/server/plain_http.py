"""`serve --plain-http-server`: uvicorn's unmodified h11 protocol instead of the sandbox's HTTP protocol.

h11 and not httptools: httptools drops the body of a request that asks for an upgrade, as Java's HttpClient does.
(httptools 124, uvicorn 2722)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote

import click

from pii_sandbox.mockserver.gateway import HANG_UP
from pii_sandbox.server.connect_proxy import add_named_sandbox

VARIABLE = "PII_SANDBOX_PLAIN_HTTP_SERVER"
SETTING = "plain_http_server"
HTTP = "h11"  # uvicorn's name of the protocol
_NO_CONNECT = {
    "type": "about:blank",
    "title": "CONNECT is not supported",
    "status": 501,
    "detail": "serve --plain-http-server does not support CONNECT: start the server without this option",
}


class PlainHttpApp:
    """ASGI middleware for features of the sandbox's HTTP protocol that uvicorn's protocol lacks.

    A fault can end the connection (HANG_UP), a request target may be a whole URL as proxies get it, and CONNECT is
    refused with a reason.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "CONNECT":
            await _refuse_connect(send)
            return
        if not scope["raw_path"].startswith(b"/"):
            _make_origin_form(scope)
        transport = getattr(getattr(receive, "__self__", None), "transport", None)  # receive is a method of uvicorn's
        if transport is not None:
            scope["extensions"] = {HANG_UP: partial(_hang_up, transport)}
        await self._app(scope, receive, send)


def is_chosen(settings: Mapping[str, Any], environment: Mapping[str, str]) -> bool:
    """Return whether the variable or else a settings file selects the plain server. Raises BadParameter."""
    return bool(click.BOOL.convert(environment.get(VARIABLE) or settings.get(SETTING, False), None, None))


def _make_origin_form(scope: Any) -> None:
    """Cut scheme and host off a target like http://host/path; any other (`*`) is left as it is."""
    _, separator, rest = scope["raw_path"].partition(b"://")
    if separator:
        scope["raw_path"] = b"/" + rest.partition(b"/")[2]
        scope["path"] = unquote(scope["raw_path"].decode("ascii"))
        add_named_sandbox(scope["headers"])


def _hang_up(transport: Any, at_once: bool) -> None:
    if at_once:
        transport.abort()
    else:
        transport.close()


async def _refuse_connect(send: Any) -> None:
    body = json.dumps(_NO_CONNECT).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 501, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})
