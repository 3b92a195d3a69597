"""Peers: the other servers of the cluster, which append their calls before this one reads a journal.

They exchange NATS messages outside of streams. A server sends hello when it connects and bye when it ends; one that
does not answer within `ANSWER_SECONDS` counts as gone until its next message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import nats.errors
import orjson
from nats.aio.msg import Msg

from pii_sandbox.mockserver.cluster.connection import ClusterConnection
from pii_sandbox.mockserver.store.log import Unreachable

SUBJECT = "pii.peers"
ANSWER_SECONDS = 0.5
_HELLO, _BYE, _FLUSH = "hello", "bye", "flush"

Flush = Callable[[str], Awaitable[None]]


class Peers:
    """Registry of the peers. `flush(sandbox)` appends this server's calls to a sandbox. Used by one event loop only."""

    def __init__(self, connection: ClusterConnection) -> None:
        self.flush: Flush | None = None
        self._connection = connection
        self._id = ""
        self._inbox = ""
        self._known: set[str] = set()
        self._missing: dict[str, tuple[set[str], asyncio.Event]] = {}  # by question: who has not answered yet
        self._tasks: set[asyncio.Task[None]] = set()
        self._questions = 0
        connection.on_connected(self._hello)

    async def flush_elsewhere(self, sandbox: str) -> None:
        """Return once all known peers have appended their calls. Raises Unreachable."""
        await self._connection.client()  # with the first connection the others are asked who they are
        if not self._known:
            return
        self._questions += 1
        question = str(self._questions)
        missing, answered = set(self._known), asyncio.Event()
        self._missing[question] = missing, answered
        try:
            await self._send(_FLUSH, sandbox=sandbox, question=question)
            with suppress(TimeoutError):
                await asyncio.wait_for(answered.wait(), ANSWER_SECONDS)
        finally:
            del self._missing[question]
        self._known -= missing

    async def bye(self) -> None:
        if self._id:
            with suppress(Unreachable):
                await self._send(_BYE)

    async def _hello(self) -> None:
        if not self._id:
            client = await self._connection.client()
            self._id, self._inbox = uuid4().hex, client.new_inbox()
            await client.subscribe(SUBJECT, cb=self._heard)
            await client.subscribe(self._inbox, cb=self._answered)
        await self._send(_HELLO)

    async def _send(self, kind: str, **more: Any) -> None:
        await self._publish(SUBJECT, {"kind": kind, "from": self._id, **more}, self._inbox)

    async def _publish(self, subject: str, message: dict[str, Any], reply: str = "") -> None:
        client = await self._connection.client()
        try:
            await client.publish(subject, orjson.dumps(message), reply=reply)
            await client.flush(timeout=1)
        except (nats.errors.Error, OSError, TimeoutError) as error:
            raise Unreachable(f"NATS does not answer: {error or type(error).__name__}") from error

    async def _heard(self, message: Msg) -> None:
        said = orjson.loads(message.data)
        if said["from"] == self._id:
            return
        if said["kind"] == _BYE:
            self._known.discard(said["from"])
            return
        self._known.add(said["from"])
        task = asyncio.create_task(self._answer(said, message.reply))  # the next message is not to wait for it
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, said: dict[str, Any], inbox: str) -> None:
        with suppress(Unreachable):  # then the question is not answered
            if said["kind"] == _FLUSH and self.flush is not None:
                await self.flush(said["sandbox"])
            await self._publish(inbox, {"from": self._id, "question": said.get("question")})

    async def _answered(self, message: Msg) -> None:
        said = orjson.loads(message.data)
        self._known.add(said["from"])
        missing, answered = self._missing.get(said["question"], (set(), None))
        missing.discard(said["from"])
        if not missing and answered is not None:
            answered.set()
