"""The command `pii-sandbox serve` as a process of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from pii_sandbox.server import plain_http

_NUMBERS = itertools.count()
about_own_protocol = pytest.mark.skipif(
    plain_http.is_chosen({}, os.environ),
    reason="about the sandbox's own HTTP protocol, which --plain-http-server switches off",
)


@dataclass(frozen=True)
class ServerProcess:
    """A running server: its base URL, what it printed at the start, and its process."""

    url: str
    banner: str
    process: subprocess.Popen[str]

    def interrupt(self) -> int:
        """Ends it as Ctrl-C does; its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(15)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pii_sandbox", *arguments]


def environment() -> dict[str, str]:
    """Return this process's without the sandbox's variables, but for the one that `tox -e plain-http-server` sets."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == plain_http.VARIABLE or not name.startswith("PII_SANDBOX_")
    }


@contextmanager
def running_server(
    *arguments: str, cwd: Path | None = None, stderr: int | None = None, variables: Mapping[str, str] | None = None
) -> Iterator[ServerProcess]:
    """A server on a free port, until the block ends. `stderr` as for Popen, `variables` on top of the environment."""
    process = subprocess.Popen(
        command("serve", "--port", "0", *arguments),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        cwd=cwd,
        env={**environment(), "PYTHONPATH": str(Path(__file__).parents[1]), **(variables or {})},
    )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Ctrl-C"):
                break
        banner = "".join(lines)
        url = re.search(r"http://\S+:\d+", banner)
        assert url, f"the server did not start: {banner}"
        yield ServerProcess(url[0], banner, process)
    finally:
        if "COVERAGE_PROCESS_CONFIG" in os.environ and process.poll() is None:
            _interrupt(process)  # a process that is killed does not write which lines it ran
        process.kill()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def _interrupt(process: subprocess.Popen[str]) -> None:
    """End a server as Ctrl-C does, if it ends within a while."""
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(15)


@contextmanager
def sandbox_of(server: ServerProcess) -> Iterator[ServerProcess]:
    """A new sandbox of a running server, as if it were a server of its own: its `url` leads to that sandbox alone."""
    name = f"shared-{next(_NUMBERS)}"
    yield replace(server, url=f"{server.url}/~{name}")
    httpx.delete(f"{server.url}/_sandbox/v1/sandboxes/{name}", trust_env=False, timeout=30)
