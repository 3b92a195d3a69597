"""Answers leave together, in order, and none of them waits for long."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from pii_sandbox.server.write_batch import MAX_RESPONSES, WriteBatch
from tests.server_process import about_own_protocol

pytestmark = about_own_protocol


class Transport:
    """Remembers what it is written."""

    def __init__(self, written: list[bytes]) -> None:
        self.written = written
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closed


def sent_answers(number: int, *, turns: int = 0, close: bool = False) -> list[bytes]:
    """What has left of so many answers, after so many turns of the loop; `close`: their connection ends before."""

    async def play() -> list[bytes]:
        written: list[bytes] = []
        batch, transport = WriteBatch(), Transport(written)
        for place in range(number):
            batch.put(asyncio.get_running_loop(), cast("Any", transport), b"%d" % place)
        transport.closed = close
        for _ in range(turns):
            await asyncio.sleep(0)
        return list(written)

    return asyncio.run(play())


def expected_answers(number: int) -> list[bytes]:
    return [b"%d" % place for place in range(number)]


def test_a_response_is_sent_once_all_available_requests_are_read() -> None:
    assert sent_answers(3) == []
    assert sent_answers(3, turns=1) == expected_answers(3)


def test_many_responses_are_written_earlier() -> None:
    assert sent_answers(MAX_RESPONSES + 2) == expected_answers(MAX_RESPONSES)
    assert sent_answers(MAX_RESPONSES + 2, turns=1) == expected_answers(MAX_RESPONSES + 2)


def test_a_response_to_a_connection_that_has_ended_is_dropped() -> None:
    assert sent_answers(3, turns=1, close=True) == []


def test_it_can_be_emptied_at_any_time() -> None:
    async def play() -> list[bytes]:
        written: list[bytes] = []
        batch = WriteBatch()
        batch.put(asyncio.get_running_loop(), cast("Any", Transport(written)), b"first")
        batch.flush()
        written.append(b"between")
        batch.put(asyncio.get_running_loop(), cast("Any", Transport(written)), b"second")
        batch.flush()
        batch.flush()
        return written

    assert asyncio.run(play()) == [b"first", b"between", b"second"]
