"""Streams under a read guard: what each wait may take, how much may come, and the stop that is looked at meanwhile."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import httpcore
import pytest

from pii_sandbox.conformance.http import network_stream
from pii_sandbox.conformance.http.network_stream import GuardedBackend, GuardedStream, Oversize, ReadGuard, use_guard
from tests.conformance.http.scripted_network import Clock, ScriptedStream

KB = 1024
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Stopped(Exception):
    """A run's stop."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped_clock = Clock()
    monkeypatch.setattr(network_stream, "time", stopped_clock)
    return stopped_clock


def guard(seconds: float = 10, most_bytes: int = 2**30, **more: Any) -> ReadGuard:
    """A guard on the scripted clock, that has so many seconds left."""
    return ReadGuard(1000 + seconds, most_bytes, "too late", "is too long", **more)


class PlainStream(httpcore.NetworkStream):
    """Keeps what is asked of it. `wait_seconds` is what each write takes of the clock."""

    def __init__(self, clock: Clock | None = None, wait_seconds: float = 0.0) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self._clock, self._wait_seconds = clock, wait_seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.calls.append(("read", max_bytes, timeout))
        return b"data"

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.calls.append(("write", buffer, timeout))
        if self._clock is not None:
            self._clock.at += self._wait_seconds

    def close(self) -> None:
        self.calls.append(("close",))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self.calls.append(("start_tls", ssl_context, server_hostname, timeout))
        return self

    def get_extra_info(self, info: str) -> Any:
        return f"info of {info}"


@pytest.mark.parametrize("elapsed_seconds", [0, 9.5, 9.999])
def test_the_time_that_is_left_ends_with_the_guard(clock: Clock, elapsed_seconds: float) -> None:
    clock.at += elapsed_seconds
    assert guard().seconds_left() == pytest.approx(10 - elapsed_seconds)


@pytest.mark.parametrize("elapsed_seconds", [10, 10.5, 99])
def test_after_the_time_of_the_guard_nothing_is_waited_for(clock: Clock, elapsed_seconds: float) -> None:
    clock.at += elapsed_seconds
    with pytest.raises(httpcore.ReadTimeout, match="too late"):
        guard().seconds_left()


def test_a_stop_ends_a_read_before_its_time_does(clock: Clock) -> None:
    looks = iter(["", "", "stop"])

    def look() -> None:
        if next(looks):
            raise Stopped

    with use_guard(guard(look=look)), pytest.raises(Stopped):
        GuardedStream(ScriptedStream(clock, [])).read(1)
    assert clock.at < 1001


@pytest.mark.parametrize("parts", [[10], [9, 1], [0, 10]])
def test_as_many_bytes_as_the_bound_allows_may_come(parts: list[int]) -> None:
    one = guard(most_bytes=10)
    for number in parts:
        one.count(number)
    with pytest.raises(Oversize, match="is too long"):
        one.count(1)


def test_a_head_may_have_256_kb_and_a_body_more() -> None:
    one, other = guard(), guard()
    for each in (one, other):
        each.count(255 * KB)
        each.count(KB)
    with pytest.raises(Oversize, match="has headers of over 256 KB"):
        one.count(1)
    other.in_head = False
    other.count(1)


def test_without_a_guard_a_stream_does_as_it_is_asked() -> None:
    plain = PlainStream()
    stream = GuardedStream(plain)
    assert stream.read(7, 5.0) == b"data"
    stream.write(b"a" * 200_000, 6.0)
    assert isinstance(stream.start_tls(TLS, "a.example"), GuardedStream)
    stream.close()
    assert plain.calls == [
        ("read", 7, 5.0), ("write", b"a" * 200_000, 6.0), ("start_tls", TLS, "a.example", None), ("close",),
    ]  # fmt: skip
    assert stream.get_extra_info("is_readable") == "info of is_readable"


def test_a_read_waits_in_short_turns_for_as_long_as_the_guard_allows(clock: Clock) -> None:
    scripted = ScriptedStream(clock, [[(1.9, b"late"), (9.95, b"later")]])
    scripted.write(b"GET / HTTP/1.1\r\n\r\n")
    with use_guard(one := guard()):
        assert GuardedStream(scripted).read(KB, 60.0) == b"late"
        assert GuardedStream(scripted).read(KB, 60.0) == b"later"
        with pytest.raises(httpcore.ReadTimeout, match="too late"):
            GuardedStream(scripted).read(KB, 60.0)
    assert one.received == 9
    assert clock.at == pytest.approx(1010)
    assert max(scripted.timeouts) < 0.5  # so long a stop may have to wait


@pytest.mark.parametrize(("timeout", "elapsed_seconds"), [(0.1, 0.25), (0.5, 0.5), (2.0, 2.0), (None, 10.0)])
def test_a_read_that_gives_nothing_ends_with_its_own_timeout_too(
    clock: Clock, timeout: float | None, elapsed_seconds: float
) -> None:
    with use_guard(guard()), pytest.raises(httpcore.ReadTimeout):
        GuardedStream(ScriptedStream(clock, [])).read(KB, timeout)
    assert clock.at == 1000 + elapsed_seconds


@pytest.mark.parametrize(("connect_seconds", "late_seconds"), [(0.0, 0.5), (0.01, 0.5), (0.3, 0.5), (0.0, 0.0)])
def test_a_read_that_outlasts_the_guard_ends_with_the_guards_own_words(
    clock: Clock, connect_seconds: float, late_seconds: float
) -> None:
    """Both times are the same in practice, and the read's begins later: which of them is noticed must be no chance."""
    one = guard()
    clock.at += connect_seconds
    with use_guard(one), pytest.raises(httpcore.ReadTimeout, match="too late"):
        GuardedStream(ScriptedStream(clock, [], late_seconds=late_seconds)).read(KB, 10.0)


def test_a_write_of_many_bytes_looks_at_the_time_and_the_stop_between_its_parts(clock: Clock) -> None:
    plain = PlainStream(clock, 1.0)
    body = bytes(range(256)) * KB
    with use_guard(guard()):
        GuardedStream(plain).write(body, 60.0)
        assert b"".join(buffer for _, buffer, _ in plain.calls) == body
        assert [left for _, _, left in plain.calls] == [10, 9, 8, 7]
    parts = len(plain.calls)
    with use_guard(guard(5.5)), pytest.raises(httpcore.ReadTimeout, match="too late"):
        GuardedStream(plain).write(body)
    assert len(plain.calls) == parts + 2


def test_a_guard_is_of_its_thread_and_ends_with_its_block(clock: Clock) -> None:
    plain = PlainStream()
    other_thread = threading.Thread(target=GuardedStream(plain).read, args=(1, 77.0))

    def fail() -> None:
        with use_guard(guard()):
            other_thread.start()
            other_thread.join()
            raise Stopped

    with pytest.raises(Stopped):
        fail()
    GuardedStream(plain).read(2, 78.0)
    assert plain.calls == [("read", 1, 77.0), ("read", 2, 78.0)]


@pytest.mark.parametrize(
    ("seconds", "timeout", "used"), [(3, None, 3), (3, 5.0, 3), (3, 1.0, 1), (None, 5.0, 5), (None, None, None)]
)
def test_connecting_takes_no_longer_than_the_guard_and_the_timeout_allow(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, seconds: float | None, timeout: float | None, used: float | None
) -> None:
    plain, asked = PlainStream(), []

    def connect(_: Any, *arguments: Any) -> httpcore.NetworkStream:
        asked.append(arguments)
        return plain

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    if seconds is None:
        stream = GuardedBackend().connect_tcp("a.example", 443, timeout)
    else:
        with use_guard(guard(seconds)):
            stream = GuardedBackend().connect_tcp("a.example", 443, timeout)
    assert asked == [("a.example", 443, used, None, None)]
    stream.read(1, 2.0)
    assert plain.calls == [("read", 1, 2.0)]


class Handshake(PlainStream):
    """A TLS handshake on a connection over which nothing comes."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self.connection = connection

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        if self.connection.recv(1) == b"":
            raise httpcore.ConnectError("the connection ended")
        return super().start_tls(ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        return self.connection if info == "socket" else None


@pytest.fixture
def peers() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    one.settimeout(10)
    with one, other:
        yield one, other


def test_a_handshake_that_does_not_end_is_ended_with_the_time_of_the_guard(
    peers: tuple[socket.socket, socket.socket], clock: Clock
) -> None:
    with use_guard(guard(0.1)), pytest.raises(httpcore.ConnectError, match="ended"):
        GuardedStream(Handshake(peers[0])).start_tls(TLS, "a.example", 60.0)


def test_a_handshake_in_time_leaves_nothing_behind(
    peers: tuple[socket.socket, socket.socket], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a timer, which would end the connection later or keep the program from ending, nor a descriptor."""
    timers: list[threading.Timer] = []

    class Timer(threading.Timer):
        def start(self) -> None:
            timers.append(self)
            super().start()

    monkeypatch.setattr(threading, "Timer", Timer)
    handshake = Handshake(peers[0])
    peers[1].sendall(b"done")
    with use_guard(guard()):
        assert isinstance(GuardedStream(handshake).start_tls(TLS, "a.example", 60.0), GuardedStream)
    assert handshake.calls == [("start_tls", TLS, "a.example", 10)]
    (timer,) = timers
    assert (timer.interval, timer.daemon) == (10, True)
    assert timer.finished.is_set()
    (descriptor,) = timer.args
    assert descriptor.fileno() == -1
    assert peers[0].recv(3) == b"one"
