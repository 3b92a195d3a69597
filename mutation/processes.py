"""Runs jobs in forked processes, several at a time, each with a deadline."""

from __future__ import annotations

import json
import os
import selectors
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_READ_BYTES = 1 << 16


@dataclass
class _Child:
    job: int
    process: int
    deadline: float
    output: bytearray = field(default_factory=bytearray)


def run_forked(
    jobs: Sequence[Callable[[], dict[str, Any]]], workers: int, timeout_seconds: float
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Run each job in a process forked from this one; yield its number and result as it ends, None after the deadline.

    A job inherits all that is imported and cached here and can change nothing here. The caller must have no threads.
    """
    pending = list(range(len(jobs)))[::-1]
    children: dict[int, _Child] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while pending or children:
                while pending and len(children) < workers:
                    number = pending.pop()
                    process, descriptor = _fork(jobs[number])
                    children[descriptor] = _Child(number, process, time.monotonic() + timeout_seconds)
                    selector.register(descriptor, selectors.EVENT_READ)
                for key, _ in selector.select(timeout=0.2):
                    child = children[key.fd]
                    piece = os.read(key.fd, _READ_BYTES)
                    child.output += piece
                    if not piece:
                        _end(selector, key.fd, children.pop(key.fd))
                        yield child.job, json.loads(child.output) if child.output else None
                for descriptor, child in list(children.items()):
                    if time.monotonic() > child.deadline:
                        _end(selector, descriptor, children.pop(descriptor))
                        yield child.job, None
        finally:
            for descriptor, child in children.items():
                _end(selector, descriptor, child)


def _end(selector: selectors.BaseSelector, descriptor: int, child: _Child) -> None:
    selector.unregister(descriptor)
    os.close(descriptor)
    os.kill(child.process, signal.SIGKILL)  # threads of a server may keep it from ending
    os.waitpid(child.process, 0)


def _fork(job: Callable[[], dict[str, Any]]) -> tuple[int, int]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    os.close(reading)
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    try:
        result = job()
    except BaseException:  # nothing of a child may reach the parent's stack
        result = {"fate": "error", "why": traceback.format_exc(limit=-4)}
    with open(writing, "wb") as stream:  # noqa: PTH123 — a descriptor
        stream.write(json.dumps(result).encode())
    os._exit(0)
