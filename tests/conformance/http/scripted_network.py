"""A network that is a script: what arrives after each request and when, on a clock that only waiting moves."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpcore
import pytest

from pii_sandbox.conformance.http import network_stream, response_reader, transport
from pii_sandbox.conformance.http.network_stream import GuardedStream

Arrival = tuple[float, bytes]  # seconds after the request, and what arrives then; b"" is the end of the connection


@dataclass
class Clock:
    """Stands in for the module `time`."""

    at: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.at += seconds


class ScriptedStream(httpcore.NetworkStream):
    """One connection. `timeouts` are those of its reads; `late_seconds`: by so much a read passes its own."""

    def __init__(self, clock: Clock, replies: Iterable[Sequence[Arrival]], *, late_seconds: float = 0.0) -> None:
        self._clock = clock
        self._late_seconds = late_seconds
        self._replies = list(replies)
        self._arrivals: list[Arrival] = []
        self._socket: socket.socket | None = None
        self.timeouts: list[float] = []
        self.sent = b""
        self.tls: list[tuple[ssl.SSLContext, str | None]] = []
        self.requests = 0
        self.has_ticket = False  # readable, and a read gives nothing
        self.is_closed = False

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.sent += buffer
        if b"\r\n\r\n" in buffer:
            self.requests += 1
            self._arrivals += [(self._clock.at + after, data) for after, data in self._replies.pop(0)]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        assert timeout is not None
        assert timeout > 0
        self.timeouts.append(timeout)
        if not self._arrivals or self._arrivals[0][0] > self._clock.at + timeout:
            self._clock.at += timeout + self._late_seconds
            raise httpcore.ReadTimeout("timed out")
        at, data = self._arrivals.pop(0)
        self._clock.at = max(self._clock.at, at)
        if len(data) > max_bytes:
            self._arrivals.insert(0, (at, data[max_bytes:]))
        return data[:max_bytes]

    def close(self) -> None:
        self.is_closed = True
        if self._socket is not None:
            self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self.tls.append((ssl_context, server_hostname))
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self.is_closed or self.has_ticket or bool(self._arrivals and self._arrivals[0][0] <= self._clock.at)
        if info == "socket":
            self._socket = self._socket or socket.socket()
        return self._socket if info == "socket" else None


class ScriptedNetwork(httpcore.NetworkBackend):
    """Opens the connections that `connections` describes, one after the other: for each request, what arrives."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.connections: list[list[Sequence[Arrival]]] = []
        self.streams: list[ScriptedStream] = []
        self.has_tickets = False

    def connect_tcp(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        stream = ScriptedStream(self.clock, self.connections[len(self.streams)])
        stream.has_ticket = self.has_tickets
        self.streams.append(stream)
        return GuardedStream(stream)


def install_network(monkeypatch: pytest.MonkeyPatch) -> ScriptedNetwork:
    """The network, and the clock, of all transports that a test makes from now on."""
    scripted = ScriptedNetwork(Clock())
    monkeypatch.setattr(transport, "GuardedBackend", lambda: scripted)
    for module in (transport, network_stream, response_reader):
        monkeypatch.setattr(module, "time", scripted.clock)
    return scripted
