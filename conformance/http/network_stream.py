"""Network streams of httpcore under a read guard: a deadline, a size, and a look at the stop while nothing comes.

httpx's timeouts count from read to read, so a response that comes a byte at a time would never end.
"""

from __future__ import annotations

import math
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpcore

from pii_sandbox.conformance.target.answer_bounds import size

_SLICE_SECONDS = 0.25  # so long a read may keep a stop waiting
_WRITE_BYTES = 65_536
_HEAD_BYTES = 256 * 1024  # status lines and headers; those of informational responses count


class Oversize(Exception):
    """A response that passes a bound of size; the message goes on after `the answer`."""


@dataclass(slots=True)
class ReadGuard:
    """What reading one response may take. `ends` is of time.monotonic; `look` raises where the run is stopped."""

    ends: float
    most_bytes: int
    too_late: str
    too_long: str
    look: Callable[[], None] = lambda: None
    received: int = 0
    in_head: bool = True

    def seconds_left(self) -> float:
        """Raises httpcore.ReadTimeout where none are left, and what `look` raises."""
        self.look()
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(self.too_late)
        return left

    def count(self, number: int) -> None:
        """Counts received bytes. Raises Oversize beyond the bound."""
        self.received += number
        if self.received > self.most_bytes:
            raise Oversize(self.too_long)
        if self.in_head and self.received > _HEAD_BYTES:
            raise Oversize(f"has headers of over {size(_HEAD_BYTES)}")


_current = threading.local()


@contextmanager
def use_guard(guard: ReadGuard) -> Iterator[None]:
    """Puts all that this thread reads and writes under the guard."""
    _current.guard = guard
    try:
        yield
    finally:
        _current.guard = None


class GuardedStream(httpcore.NetworkStream):
    """A stream that obeys the guard of the thread that uses it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        guard: ReadGuard | None = getattr(_current, "guard", None)
        if guard is None:
            return self._stream.read(max_bytes, timeout)
        ends = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            left = guard.seconds_left()
            try:
                data = self._stream.read(max_bytes, min(left, _SLICE_SECONDS))
            except httpcore.ReadTimeout:
                if ends <= time.monotonic() < guard.ends:
                    raise
                continue  # the guard says by itself that its time is over
            guard.count(len(data))
            return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        guard: ReadGuard | None = getattr(_current, "guard", None)
        if guard is None:
            self._stream.write(buffer, timeout)
            return
        for start in range(0, len(buffer), _WRITE_BYTES):
            self._stream.write(buffer[start : start + _WRITE_BYTES], guard.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        guard: ReadGuard | None = getattr(_current, "guard", None)
        left = timeout if guard is None else guard.seconds_left()
        with _limit_handshake(self._stream, left):
            return GuardedStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _limit_handshake(stream: httpcore.NetworkStream, seconds: float | None) -> Iterator[None]:
    """Ends a TLS handshake that is not done by then: it reads by itself, and its timeout begins anew at each byte."""
    if seconds is None:
        yield
        return
    # a descriptor of its own: the handshake takes the other one over
    copy = socket.socket(fileno=os.dup(stream.get_extra_info("socket").fileno()))
    timer = threading.Timer(seconds, _shut_down, [copy])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        copy.close()


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):  # it ended just now
        connection.shutdown(socket.SHUT_RDWR)


class GuardedBackend(httpcore.SyncBackend):
    """Opens guarded streams."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        guard: ReadGuard | None = getattr(_current, "guard", None)
        if guard is not None:
            left = guard.seconds_left()
            timeout = left if timeout is None else min(left, timeout)
        return GuardedStream(super().connect_tcp(host, port, timeout, local_address, socket_options))
