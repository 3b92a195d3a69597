"""Starts a measured server on its processor, and stops it with its child processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.contenders.contender import Contender

PATIENCE_SECONDS = 90
_ALL = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
# one processor for the server, another one for the load: otherwise they take it from each other
SERVER_CORES, LOAD_CORES = (_ALL[:1], _ALL[-1:]) if len(_ALL) > 1 else (_ALL, _ALL)


@dataclass(frozen=True)
class RunningServer:
    """A running server. `folder`: its working folder. `start_seconds`: time until its first response."""

    contender: Contender
    url: str
    pid: int
    folder: Path
    start_seconds: float


def pin(cores: list[int]) -> None:
    """Pin this process and its children to these processors."""
    if cores:
        os.sched_setaffinity(0, cores)


@contextmanager
def running_server(contender: Contender, folder: Path | None = None) -> Iterator[RunningServer]:
    """Run the server in `folder`, or in a temporary one. Raises RuntimeError if it does not start."""
    with tempfile.TemporaryDirectory() as own:
        place, port = folder or Path(own), free_port()
        url, cores = f"{contender.scheme}://127.0.0.1:{port}", _ALL if contender.all_cores else SERVER_CORES
        command = contender.command(port, place)
        begun = time.monotonic()
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: pin(cores),  # noqa: PLW1509 — nothing here has threads
            start_new_session=True,
        )
        try:
            _wait(url + contender.ready, contender.ready_headers, process, begun)
            yield RunningServer(contender, url, process.pid, place, time.monotonic() - begun)
        finally:
            _end(process)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(url: str, headers: Mapping[str, str], process: subprocess.Popen[bytes], started_at: float) -> None:
    while time.monotonic() - started_at < PATIENCE_SECONDS:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            httpx.get(url, headers=headers, timeout=PATIENCE_SECONDS, verify=False)
        except httpx.TransportError:
            time.sleep(0.005)
            continue
        return
    raise RuntimeError("the server did not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
