"""Replicated log of one sandbox: a subject of a NATS JetStream stream.

Compare-and-append is JetStream's `Nats-Expected-Last-Subject-Sequence`. A read is confirmed the same way, and not by
asking for the last sequence: a small message to another subject is published on the condition that the subject of the
sandbox has nothing newer (`Nats-Expected-Last-Subject-Sequence-Subject`), and its acknowledgement needs the quorum. A
leader that was deposed and does not know it yet could answer a question, but can acknowledge nothing.

A unit that is larger than a message is sent in parts, each on the condition that the one before is the last message of
the subject. If the last part is missing, because its sender died or another unit came between, all are ignored.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from itertools import count
from time import monotonic

import orjson

from pii_sandbox.mockserver.cluster.connection import GIVE_UP_SECONDS, SANDBOXES, ClusterConnection, Stream
from pii_sandbox.mockserver.store.log import Outdated, Unreachable

EXPECTED = "Nats-Expected-Last-Subject-Sequence"
EXPECTED_SUBJECT = "Nats-Expected-Last-Subject-Sequence-Subject"
ID, SEQUENCE, ROLLUP = "Nats-Msg-Id", "Nats-Sequence", "Nats-Rollup"
PART = "Pii-Sandbox-Part"  # "number/of"; all parts of a unit have its id, and their number, as message id
_WRONG_LAST_SEQUENCE = 10071
_IN_FLIGHT = 10164  # another message with a condition on the subject is on its way: it may be anybody's question
_SHORT_PAUSE_SECONDS = 0.001
_NOT_FOUND = 10037
_BATCH = 1000
_PAUSES = (0.02, 0.1, 0.25)


class JetStreamLog:
    """The log of the sandbox of that name: of its units, or of its calls (a journal)."""

    def __init__(self, connection: ClusterConnection, name: str, stream: Stream = SANDBOXES) -> None:
        self._connection = connection
        self._stream = stream
        self._subject = stream.subject(name)
        self._parts: tuple[str, list[bytes]] = "", []  # of a unit that is not whole yet
        self._first_of_latest = 0, 0  # of the latest unit that was appended in parts: its last and its first position

    async def append(self, unit: bytes, after: int) -> int:
        size, unit_id = await self._connection.payload_limit(), self._connection.new_id()
        if len(unit) <= size:
            return await self._publish(unit, after, unit_id, {})
        pieces = [unit[start : start + size] for start in range(0, len(unit), size)]
        first, position = 0, after
        for number, piece in enumerate(pieces, 1):
            part = {PART: f"{unit_id} {number}/{len(pieces)}"}
            position = await self._publish(piece, position, f"{unit_id}-{number}", part)
            first = first or position
        self._first_of_latest = position, first
        return position

    async def append_anyway(self, unit_id: str, unit: bytes) -> None:
        """Append a unit of at most `most_bytes` unconditionally; once for an id. Raises Unreachable."""
        await self._publish(unit, None, unit_id, {})

    async def replace(self, unit: bytes, after: int) -> int:
        """As `append`, for a unit of at most `most_bytes`; the log drops all units before it."""
        return await self._publish(unit, after, self._connection.new_id(), {ROLLUP: "sub"})

    async def most_bytes(self) -> int:
        return await self._connection.payload_limit()

    def new_id(self) -> str:
        return self._connection.new_id()

    async def confirm(self, position: int) -> None:
        headers = {EXPECTED: str(position), EXPECTED_SUBJECT: self._subject, ROLLUP: "sub"}
        fence = f"{self._stream.fences}{self._connection.fence}"
        deadline = monotonic() + GIVE_UP_SECONDS
        for attempt in count():
            try:
                answer = orjson.loads((await self._connection.request(fence, b"", headers)).data)
                error = answer.get("error")
                if error is None:
                    return
                if error.get("err_code") == _WRONG_LAST_SEQUENCE:
                    raise Outdated
                if error.get("err_code") == _IN_FLIGHT and monotonic() < deadline:
                    await asyncio.sleep(random.random() * _SHORT_PAUSE_SECONDS)
                    continue
                failure = Unreachable(f"NATS refused the request: {error.get('description')}")
            except Unreachable as unreachable:
                failure = unreachable
            await _pause(attempt, deadline, failure)

    async def units(self, after: int) -> Iterable[tuple[int, bytes]] | None:
        found: list[tuple[int, bytes]] = []
        while True:
            last, size = found[-1][0] if found else after, len(found)
            query = {"seq": last + 1, "next_by_subj": self._subject, "batch": _BATCH}
            async for message in self._connection.messages(self._stream, query):
                headers = message.headers or {}
                position = int(headers[SEQUENCE])
                found.append((position, self._joined(headers.get(PART), message.data)))
            if len(found) - size < _BATCH:
                break
        if not found and await self._is_erased():
            self._parts = "", []
            return None
        return found

    async def forget(self, before: int) -> None:
        last, first = self._first_of_latest
        query = {"filter": self._subject, "seq": first if last == before else before}
        await self._connection.ask(self._stream, "STREAM.PURGE", query)

    async def erase(self) -> None:
        """Delete the log with its sandbox. Raises Unreachable."""
        answer = await self._connection.ask(self._stream, "STREAM.PURGE", {"filter": self._subject})
        if "error" in answer:
            raise Unreachable(f"NATS refused the request: {answer['error'].get('description')}")

    async def _publish(self, payload: bytes, after: int | None, message_id: str, extra: dict[str, str]) -> int:
        """Send the message until it is known whether the log has it. Raises Outdated, Unreachable.

        It can be sent again safely: its condition holds once at most, and NATS knows its id for two minutes.
        """
        headers = {ID: message_id, **extra}
        if after is not None:
            headers[EXPECTED] = str(after)
        deadline, in_doubt = monotonic() + GIVE_UP_SECONDS, False
        for attempt in count():
            try:
                answer = orjson.loads((await self._connection.request(self._subject, payload, headers)).data)
                error = answer.get("error")
                if error is None:
                    return int(answer["seq"])
                if error.get("err_code") == _IN_FLIGHT and monotonic() < deadline:
                    await asyncio.sleep(random.random() * _SHORT_PAUSE_SECONDS)
                    continue
                if error.get("err_code") == _WRONG_LAST_SEQUENCE:
                    position = await self._position_of(message_id, after or 0) if in_doubt else None
                    if position is None:
                        raise Outdated
                    return position
                failure = Unreachable(f"NATS refused the request: {error.get('description')}")
            except Unreachable as unreachable:
                failure = unreachable
            in_doubt = True
            await _pause(attempt, deadline, failure)
        raise AssertionError("unreachable")

    async def _position_of(self, message_id: str, after: int) -> int | None:
        """Return the position of the message if it is the next one, else None."""
        query = {"seq": after + 1, "next_by_subj": self._subject, "batch": 1}
        async for message in self._connection.messages(self._stream, query):
            headers = message.headers or {}
            if headers.get(ID) == message_id:
                return int(headers[SEQUENCE])
        return None

    def _joined(self, part: str | None, data: bytes) -> bytes:
        """Return the unit that the message completes; empty if it completes none."""
        if part is None:
            self._parts = "", []
            return data
        unit_id, _, place = part.partition(" ")
        number, _, of = place.partition("/")
        known, pieces = self._parts
        if number == "1":
            self._parts = unit_id, [data]
        elif known == unit_id and len(pieces) == int(number) - 1:
            pieces.append(data)
        else:
            self._parts = "", []
            return b""
        if number != of:
            return b""
        whole = b"".join(self._parts[1])
        self._parts = "", []
        return whole

    async def _is_erased(self) -> bool:
        """Whether the subject has no message, by its leader."""
        answer = await self._connection.ask(self._stream, "STREAM.MSG.GET", {"last_by_subj": self._subject})
        return bool(answer.get("error", {}).get("err_code") == _NOT_FOUND)


async def _pause(attempt: int, deadline: float, failure: Unreachable) -> None:
    """Wait before the next try. Raises the failure if no time is left for one."""
    if monotonic() > deadline:
        raise failure
    await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
