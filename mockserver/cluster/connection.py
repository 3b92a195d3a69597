"""Connection to NATS: requests with a bounded time, and the streams that hold all sandboxes and their journals."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import nats
import nats.errors
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg

from pii_sandbox.mockserver.store.log import Unreachable

TRY_SECONDS = 1.0  # for one request
GIVE_UP_SECONDS = 5.0  # for all tries of one
_PAUSE_SECONDS = 0.1
_ENVELOPE = 4096  # bytes of a message that are no payload
_MOST_REPLICAS = 3
_FENCES = 64
_NO_STREAM = 10059

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream with a subject for each sandbox. `fences`: its subjects for empty messages that confirm reads.

    `kept_seconds`: how long it keeps a message; 0: for ever.
    """

    name: str
    subjects: str
    fences: str
    kept_seconds: int = 0

    def subject(self, sandbox: str) -> str:
        """Return the subject of a sandbox. Dots, which separate tokens, are escaped; no sandbox's name contains `%`."""
        return self.subjects + sandbox.replace(".", "%")

    def sandbox(self, subject: str) -> str:
        return subject.removeprefix(self.subjects).replace("%", ".")


SANDBOXES = Stream("PII_SANDBOX", "pii.sandbox.", "pii.fence.")
JOURNALS = Stream("PII_SANDBOX_JOURNAL", "pii.journal.", "pii.journal-fence.", kept_seconds=24 * 3600)


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """`urls` of NATS servers. `stale_seconds`: how old a state a read may see; None: every read sees the latest.

    `replicas`: servers that keep each message; None: three where there are as many URLs, else one.
    """

    urls: Sequence[str]
    stale_seconds: float | None = None
    replicas: int | None = None

    @property
    def stream_replicas(self) -> int:
        return self.replicas or (_MOST_REPLICAS if len(self.urls) >= _MOST_REPLICAS else 1)


class ClusterConnection:
    """The process's connection to the cluster: opened on first use, and again whenever it is lost."""

    def __init__(self, options: ClusterOptions) -> None:
        self._options = options
        self._client: Client | None = None
        self._connecting: asyncio.Lock | None = None
        self._process, self._messages = "", count()
        self.fence = random.randrange(_FENCES)  # a few for all processes, so that none is left behind
        self._on_connected: list[Callable[[], Awaitable[None]]] = []

    async def start(self) -> None:
        """Connect, and create the streams if they do not exist. Raises Unreachable."""
        if self._connecting is None:
            self._connecting = asyncio.Lock()
        async with self._connecting:
            if self._client is not None:
                return
            try:
                client = await nats.connect(
                    servers=list(self._options.urls),
                    name="pii-sandbox",
                    connect_timeout=2,
                    reconnect_time_wait=0.25,
                    max_reconnect_attempts=-1,
                    allow_reconnect=True,
                    error_cb=_note,
                    reconnected_cb=self._greet,
                )
            except (OSError, TimeoutError, nats.errors.Error) as error:
                raise Unreachable(f"NATS cannot be reached: {error or type(error).__name__}") from error
            try:
                for stream in (SANDBOXES, JOURNALS):
                    await self._ensure_stream(client, stream)
            except BaseException:
                await client.close()
                raise
            self._client = client
        await self._greet()

    def on_connected(self, action: Callable[[], Awaitable[None]]) -> None:
        """Have `action` called after each connect."""
        self._on_connected.append(action)

    async def _greet(self) -> None:
        for action in self._on_connected:
            with suppress(Unreachable):
                await action()

    async def client(self) -> Client:
        """Return the NATS client, for messages outside of streams. Raises Unreachable."""
        return await self._client_once_connected()

    def new_id(self) -> str:
        """Return an id of a message that no other process uses."""
        if not self._process:  # not before the first message: processes may have been forked until then
            self._process = uuid4().hex
        return f"{self._process}-{next(self._messages)}"

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(nats.errors.Error, OSError, TimeoutError):
                await client.close()

    async def payload_limit(self) -> int:
        """Return the largest payload of a message, in bytes."""
        return int((await self._client_once_connected()).max_payload) - _ENVELOPE

    async def request(self, subject: str, payload: bytes = b"", headers: Mapping[str, str] | None = None) -> Msg:
        """Send a message and return the reply. Raises Unreachable if none comes: the message may have arrived."""
        client = await self._client_once_connected()
        try:
            return await client.request(subject, payload, timeout=TRY_SECONDS, headers=dict(headers or {}) or None)
        except (nats.errors.Error, OSError, TimeoutError) as error:
            raise Unreachable(f"NATS does not answer: {error or type(error).__name__}") from error

    async def ask(self, stream: Stream, api: str, query: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request of the JetStream API; return the reply of the stream's leader. Raises Unreachable."""
        answer = await self.request(f"$JS.API.{api}.{stream.name}", orjson.dumps(query))
        found: dict[str, Any] = orjson.loads(answer.data)
        return found

    async def messages(self, stream: Stream, query: Mapping[str, Any]) -> AsyncIterator[Msg]:
        """Yield the messages of a batch, from any server that has the stream. Raises Unreachable."""
        client = await self._client_once_connected()
        inbox = client.new_inbox()
        try:
            subscription = await client.subscribe(inbox)
            try:
                await client.publish(f"$JS.API.DIRECT.GET.{stream.name}", orjson.dumps(query), reply=inbox)
                while True:
                    message = await subscription.next_msg(TRY_SECONDS)
                    if message.headers and "Status" in message.headers:
                        return
                    yield message
            finally:
                await subscription.unsubscribe()
        except (nats.errors.Error, OSError, TimeoutError) as error:
            raise Unreachable(f"NATS does not answer: {error or type(error).__name__}") from error

    async def _client_once_connected(self) -> Client:
        if self._client is None:
            await self.start()
        assert self._client is not None
        return self._client

    async def _ensure_stream(self, client: Client, stream: Stream) -> None:
        """Create the stream if it does not exist. Raises Unreachable while too few servers are up."""
        definition = {
            "name": stream.name,
            "subjects": [f"{stream.subjects}*", f"{stream.fences}*"],
            "max_age": stream.kept_seconds * 10**9,
            "storage": "file",
            "num_replicas": self._options.stream_replicas,
            "allow_rollup_hdrs": True,
            "allow_direct": True,
        }
        deadline = asyncio.get_running_loop().time() + GIVE_UP_SECONDS
        while True:
            try:
                found = orjson.loads(
                    (await client.request(f"$JS.API.STREAM.INFO.{stream.name}", timeout=TRY_SECONDS)).data
                )
                if found.get("error", {}).get("err_code") == _NO_STREAM:
                    payload = orjson.dumps(definition)
                    answer = await client.request(
                        f"$JS.API.STREAM.CREATE.{stream.name}", payload, timeout=GIVE_UP_SECONDS
                    )
                    found = orjson.loads(answer.data)
                if "error" not in found:
                    return
                told = found["error"].get("description", "")
            except (nats.errors.Error, OSError, TimeoutError) as error:
                told = str(error) or type(error).__name__
            if asyncio.get_running_loop().time() > deadline:
                raise Unreachable(f"the stream {stream.name} cannot be opened or created: {told}")
            await asyncio.sleep(_PAUSE_SECONDS)


async def _note(error: Exception) -> None:
    """Ignore errors of the connection: the requests that fail by them are reported."""
    _log.info("NATS: %r", error)
