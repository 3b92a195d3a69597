"""What goes onto the wire, and in how many writes."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from pii_sandbox.wire import OneWrite

HEAD, BODY = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", b"{}"


class Transport:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


def played(*writes: bytes, turns: int = 0, close: bool = False) -> tuple[list[bytes], bool]:
    """What has left after so many turns of the loop, and whether the transport is closed."""

    async def play() -> tuple[list[bytes], bool]:
        transport = Transport()
        answer = OneWrite(cast("Any", transport), asyncio.get_running_loop())
        for data in writes:
            answer.write(data)
        for _ in range(turns):
            await asyncio.sleep(0)
        if close:
            answer.close()
        return list(transport.writes), transport.closed

    return asyncio.run(play())


def test_a_head_and_its_body_leave_in_one_write() -> None:
    assert played(HEAD, BODY, turns=2)[0] == [HEAD + BODY]


def test_a_head_whose_body_takes_longer_leaves_alone() -> None:
    assert played(HEAD)[0] == []
    assert played(HEAD, turns=1)[0] == [HEAD]


def test_every_later_piece_leaves_as_it_comes() -> None:
    assert played(HEAD, BODY, BODY)[0] == [HEAD + BODY, BODY]


def test_answers_after_each_other_keep_their_order() -> None:
    assert b"".join(played(HEAD, BODY, HEAD, BODY, HEAD, turns=1)[0]) == HEAD + BODY + HEAD + BODY + HEAD


def test_what_was_held_back_leaves_before_the_end() -> None:
    assert played(HEAD, close=True) == ([HEAD], True)


def test_everything_else_is_the_transports_own() -> None:
    async def asked() -> bool:
        return bool(OneWrite(cast("Any", Transport()), asyncio.get_running_loop()).is_closing())

    assert asyncio.run(asked()) is False
