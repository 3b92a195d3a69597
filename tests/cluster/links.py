"""Links between a server of the sandbox and a nats-server: each can be cut, and is mended again."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from functools import partial
from types import TracebackType
from urllib.parse import urlsplit


class Links:
    """Ports of this process, each of which forwards to one nats-server. All of them are cut and mended together."""

    def __init__(self, urls: list[str]) -> None:
        self._targets = [_target(url) for url in urls]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._writers: set[asyncio.StreamWriter] = set()
        self._servers: list[asyncio.Server] = []
        self._is_cut = False
        self.urls: list[str] = []

    def __enter__(self) -> Links:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def cut(self) -> None:
        """Ends all connections; new ones are ended at once, until `mend`."""
        self._is_cut = True
        self._loop.call_soon_threadsafe(self._drop)

    def mend(self) -> None:
        self._is_cut = False

    async def _listen(self) -> None:
        for token, host, port in self._targets:
            server = await asyncio.start_server(partial(self._join, host, port), "127.0.0.1", 0)
            self._servers.append(server)
            self.urls.append(f"nats://{token}@127.0.0.1:{server.sockets[0].getsockname()[1]}")

    async def _join(self, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if not self._is_cut:
                with suppress(OSError):
                    far_reader, far_writer = await asyncio.open_connection(host, port)
                    self._writers.add(far_writer)
                    await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
                    self._writers.discard(far_writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    @staticmethod
    async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        writer.close()

    def _drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _end(self) -> None:
        self._drop()
        for server in self._servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=5)


def _target(url: str) -> tuple[str, str, int]:
    """Token, host and port of the URL."""
    parts = urlsplit(url)
    return parts.username or "", parts.hostname or "", parts.port or 0
