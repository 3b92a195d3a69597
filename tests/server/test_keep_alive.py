"""How long a connection stays that nobody uses. No time goes by: the loop's is set."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Any, cast

from uvicorn.server import ServerState

from pii_sandbox.mockserver.gateway import RESPONSE
from pii_sandbox.server.https_server import server
from tests.server_process import about_own_protocol

pytestmark = about_own_protocol

HALF, REST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbo", b"dy"


async def application(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await scope["extensions"][RESPONSE](204, b"", b"")


class Loop(asyncio.SelectorEventLoop):
    """Its time is set, and its timers wait until they are rung."""

    now = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.timers: list[tuple[float, Any]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> Any:  # type: ignore[override] # its own arguments are none of ours
        self.timers.append((self.now + delay, callback))
        return self.call_soon(lambda: None)

    def ring(self) -> None:
        """The one timer that there is: its time has come."""
        [(self.now, callback)] = self.timers
        self.timers.clear()
        callback()


class Line(asyncio.Transport):
    closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closed

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


def test_a_connection_ends_once_it_has_been_idle_for_as_long_as_is_configured() -> None:
    """One timer, however many requests; it is set anew for what is left of that time."""
    config = server(application, log_config=None).config
    config.load()
    after = config.timeout_keep_alive

    async def play(loop: Loop) -> None:
        line, make = Line(), cast("Any", config.http_protocol_class)
        connection = make(config=config, server_state=ServerState(), app_state={}, _loop=loop)
        connection.connection_made(line)
        for second in range(3):
            loop.now = float(second)
            connection.data_received(HALF + REST)
            assert [at for at, _ in loop.timers] == [after]
        loop.ring()
        assert not line.closed
        assert [at for at, _ in loop.timers] == [2 + after]
        connection.data_received(HALF)
        loop.ring()
        assert not line.closed
        connection.data_received(REST)
        while not connection.cycle.response_complete:
            await asyncio.sleep(0)
        last = loop.now
        loop.ring()
        assert line.closed
        assert loop.now == last + after

    with closing(Loop()) as loop:
        loop.run_until_complete(play(loop))
