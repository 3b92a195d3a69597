"""HTTP written and read byte by byte, and an application that answers in the way that the path asks for."""

from __future__ import annotations

import asyncio
import json
import re
import select
import socket
from typing import Any

from pii_sandbox.mockserver.gateway import HANG_UP, RESPONSE

PATIENCE_SECONDS = 10.0
LARGE = 4 * 2**20
BODY = b"x" * 100_000


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what it was sent, in the way that the path asks for."""
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    how = scope["path"].strip("/")
    if how.startswith("late"):
        await asyncio.sleep(1.0 if "second" in how else 0.05)
    body = b""
    while not how.startswith("unread"):
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    echo = b"%b %b %b" % (scope["method"].encode(), scope["raw_path"], body)
    made = {"headers": lambda: _headers_as_json(scope), "large": lambda: b"y" * LARGE}
    echo = made.get(how.removesuffix("-streamed"), lambda: echo)()
    if how == "raises":
        raise ValueError("as asked")
    if how == "dropped":
        scope["extensions"][HANG_UP](True)
    elif how.endswith("whole") or how in ("unread", "large", "headers"):
        shown = b"" if scope["method"] == "HEAD" else echo
        await scope["extensions"][RESPONSE](200, b"content-length: %d\r\n" % len(echo), shown)
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": echo})


def _headers_as_json(scope: Any) -> bytes:
    return json.dumps([[name.decode(), value.decode()] for name, value in scope["headers"]]).encode()


def request(path: str, body: bytes = b"", *headers: str, method: str = "POST") -> bytes:
    lines = [f"{method} /{path} HTTP/1.1", "Host: here", *headers]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def read(line: socket.socket, size: int) -> bytes:
    """So many bytes, fewer where the connection ends before."""
    read = b""
    while len(read) < size and (piece := line.recv(size - len(read))):
        read += piece
    return read


def response(line: socket.socket, *, shown: bool = True) -> tuple[bytes, bytes]:
    """Head and body of the next answer. `shown` False: the body is announced and not sent."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = line.recv(1)
        assert byte, f"the connection ended within {head!r}"
        head += byte
    if b"transfer-encoding: chunked" in head:
        body = b""
        while True:
            size = b""
            while not size.endswith(b"\r\n"):
                size += line.recv(1)
            piece = read(line, int(size, 16) + 2)[:-2]
            if not piece:
                return head, body
            body += piece
    announced = re.search(rb"content-length: (\d+)", head)
    assert announced
    return head, read(line, int(announced[1]) if shown else 0)


def is_over(line: socket.socket) -> bool:
    return line.recv(1) == b""


def is_quiet(line: socket.socket) -> bool:
    return not select.select([line], [], [], 0.05)[0]
