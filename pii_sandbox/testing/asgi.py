"""A sandbox as an ASGI application, without a socket, and a transport that runs it in a thread."""

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
    """An ASGI application whose requests go to one sandbox, unless they name another one.

    For `httpx.ASGITransport(app=…)` and Starlette's `TestClient(…)`. `sandbox`: the client to set up and inspect the
    sandbox; it may also be used within a running event loop.
    """

    def __init__(self, app: Any, sandbox: Sandbox) -> None:
        self._app = app
        self.sandbox = sandbox

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)  # the end of a client does not end the application
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
    """Runs requests on an event loop in a separate thread, so that callers may be in an event loop themselves."""

    def __init__(self, app: Any) -> None:
        self._asgi = httpx.ASGITransport(app=app)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pii-sandbox-calls", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._run(request), self._loop).result()

    async def _run(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        content = b"".join([piece async for piece in response.aiter_raw()])  # undecoded: the client decodes it
        stream = httpx.ByteStream(content)
        return httpx.Response(response.status_code, headers=response.headers, stream=stream, request=request)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
