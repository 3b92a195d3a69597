"""A sandbox as an ASGI application, without a socket."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx

from pii_sandbox.testing.connection import HEADER
from pii_sandbox.testing.sandbox import Sandbox

URL = "http://sandbox"
_NAME = HEADER.lower().encode()


class SandboxApp:
    """The application, every request of which is for one sandbox unless it names another.

    For `httpx.ASGITransport(app=…)` and Starlette's `TestClient(…)`. `sandbox` sets it up and looks into it, also from
    within a running event loop.
    """

    def __init__(self, app: Any, sandbox: Sandbox) -> None:
        self._app = app
        self.sandbox = sandbox

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)  # a client's end is not the application's
            return
        headers = list(scope["headers"])
        if all(name.lower() != _NAME for name, _ in headers):
            scope = {**scope, "headers": [*headers, (_NAME, self.sandbox.name.encode())]}
        await self._app(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


class InThread(httpx.BaseTransport):
    """Plays requests on an event loop in a thread of its own, so that callers may be in one themselves."""

    def __init__(self, app: Any) -> None:
        self._asgi = httpx.ASGITransport(app=app)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pii-sandbox-calls", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._played(request), self._loop).result()

    async def _played(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        content = b"".join([piece async for piece in response.aiter_raw()])  # as it came: the client decodes it
        stream = httpx.ByteStream(content)
        return httpx.Response(response.status_code, headers=response.headers, stream=stream, request=request)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
