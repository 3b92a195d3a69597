"""The sandbox behind applications that note what arrives, or that spoil what it answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import uvicorn

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ChangedApp:
    """An application before which something is noted, and whose answers something is done to.

    `change` gets each message of an answer, with the status, and gives what is sent instead.
    """

    def __init__(self, app: Any, change: Callable[[Message, int], Message] = lambda message, status: message) -> None:
        self.app = app
        self.change = change
        self.arrived: list[tuple[str, str]] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_vendors = "/_sandbox/" not in scope["path"]
        if is_vendors:
            self.arrived.append((scope["method"], scope["path"]))
        status = 0

        async def changed(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(self.change(message, status) if is_vendors else message)

        await self.app(scope, receive, changed)


def sandbox_application() -> App:
    """The sandbox; its bodies come as they are, so that they can be spoilt."""
    return App(SandboxDefaults(seeded=SeedSpec(1, 3, None)), Options(compression=False))


@contextmanager
def serve(app: Any) -> Iterator[str]:
    """The base URL of an application on a free port, until the block ends."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


class SkipAuthentication:
    """An application that adds the credentials that a caller did not send."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            others = [(name, value) for name, value in scope["headers"] if name != b"x-fashionai-app-token"]
            scope["headers"] = [*others, (b"x-fashionai-app-token", b"fai_test_sandbox")]
        await self.app(scope, receive, send)


def answer_html(message: Message, status: int) -> Message:
    if status < 400 or message["type"] != "http.response.start":
        return message
    others = [(name, value) for name, value in message["headers"] if name != b"content-type"]
    return {**message, "headers": [*others, (b"content-type", b"text/html")]}


def answer_500(message: Message, status: int) -> Message:
    return {**message, "status": 500} if message["type"] == "http.response.start" and status == 200 else message


def misspell_property(message: Message, status: int) -> Message:
    if status != 200 or message["type"] != "http.response.body":
        return message
    return {**message, "body": message.get("body", b"").replace(b'"userProfileId"', b'"userProfileID"')}


def add_property(message: Message, status: int) -> Message:
    """What a vendor may add to its successes: a header, a property, a status of the same class."""
    if status != 200:
        return message
    if message["type"] == "http.response.start":
        others = [(name, value) for name, value in message["headers"] if name != b"content-length"]
        return {**message, "headers": [*others, (b"x-loyalty", b"gold")]}
    body = message.get("body", b"")
    return {**message, "body": b'{"tier":1,' + body[1:] if body.startswith(b"{") else body}


def answer_206(message: Message, status: int) -> Message:
    return {**message, "status": 206} if message["type"] == "http.response.start" and status == 200 else message


class FailOnce:
    """Turns the first success into a server error, and none that comes after it."""

    def __init__(self) -> None:
        self._done = False

    def __call__(self, message: Message, status: int) -> Message:
        if message["type"] == "http.response.start" and status == 200 and not self._done:
            self._done = True
            return {**message, "status": 500}
        return message
