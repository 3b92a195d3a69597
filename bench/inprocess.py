"""Calls the application in this process, without a socket, to measure only the work of the sandbox."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from time import perf_counter, process_time
from typing import Any

from bench.contenders.sandbox import NEWSTORE_PROFILES
from pii_sandbox.mockserver.app import App

Request = tuple[str, str, bytes]  # method, path with query, body


class DirectClient:
    """Sends requests to the application one after another. `prefix`: prepended to each path, e.g. `/~name`."""

    def __init__(self, app: App, headers: Mapping[str, str], prefix: str = "") -> None:
        self._app = app
        self._prefix = prefix
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.close()

    def call(self, method: str, path: str, body: bytes = b"") -> Any:
        """Call the application and return its JSON response. Raises RuntimeError for a status of 400 or more."""
        return json.loads(self._loop.run_until_complete(self._send_request(self._scope(method, path, body), body)))

    def ids(self, offsets: Iterable[int]) -> list[str]:
        """Return ids of NewStore's profiles: pages of 500 at these offsets."""
        pages = (self.call("GET", f"{NEWSTORE_PROFILES}?count=500&offset={offset}") for offset in offsets)
        return [profile["id"] for page in pages for profile in page["profiles"]]

    def time_calls(
        self, request: Callable[[int], Request], numbers: Sequence[int], batch: int = 50
    ) -> tuple[float, float]:
        """Return CPU and wall time of a call in microseconds, each of the median batch."""
        figures = self._loop.run_until_complete(self._batches(request, numbers, batch))
        return median(cpu for cpu, _ in figures), median(wall for _, wall in figures)

    async def _batches(
        self, request: Callable[[int], Request], numbers: Sequence[int], batch: int
    ) -> list[tuple[float, float]]:
        figures = []
        for start in range(0, len(numbers), batch):
            requests = [request(number) for number in numbers[start : start + batch]]
            scopes = [(self._scope(*each), each[2]) for each in requests]
            cpu, wall = process_time(), perf_counter()
            for scope, body in scopes:
                await self._send_request(scope, body)
            cpu, wall = process_time() - cpu, perf_counter() - wall
            figures.append((cpu / len(scopes) * 1e6, wall / len(scopes) * 1e6))
        return figures

    def _scope(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        plain, _, query = (self._prefix + path).partition("?")
        size = [(b"content-length", str(len(body)).encode())] if body else []
        return {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": plain,
            "raw_path": plain.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [*self._headers, *size],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8080),
        }

    async def _send_request(self, scope: dict[str, Any], body: bytes) -> bytes:
        status, answer = 0, b""

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status, answer
            status = message.get("status", status)
            answer += message.get("body", b"")

        await self._app(scope, receive, send)
        if status >= 400:
            raise RuntimeError(f"{scope['method']} {scope['path']} answered {status}: {answer.decode()}")
        return answer
