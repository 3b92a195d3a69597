"""A synchronous HTTP client on an ASGI application in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

import httpx


class InProcess(httpx.BaseTransport):
    """Plays each request to its end on a loop of its own."""

    def __init__(self, app: Any) -> None:
        self._asgi = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        self._runner = asyncio.Runner()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()  # a body in chunks comes from an iterator, which the application cannot await
        return self._runner.run(self._send(request))

    def send_concurrently(self, requests: Iterable[httpx.Request]) -> list[httpx.Response]:
        """Send all requests before the first response has come."""

        async def send_all() -> list[httpx.Response]:
            return await asyncio.gather(*map(self._send, requests))

        responses = self._runner.run(send_all())
        for response in responses:
            response.read()
        return responses

    async def _send(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        content = b"".join([piece async for piece in response.aiter_raw()])  # as it came: the client decodes it
        stream = httpx.ByteStream(content)
        return httpx.Response(response.status_code, headers=response.headers, stream=stream, request=request)

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine on the loop of the requests."""
        self._runner.run(coroutine)

    def close(self) -> None:
        self._runner.close()
