"""`pii-sandbox serve --tls` as a process."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.server_process import ServerProcess, running_server


@dataclass(frozen=True)
class HttpsSandbox:
    """A server and its HTTPS base URL; `log` is the file of its standard error."""

    http: ServerProcess
    url: str
    ca_file: Path
    log: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def http_port(self) -> int:
        return int(self.http.url.rpartition(":")[2])


@contextmanager
def serve_https(state: Path, *arguments: str, tls: tuple[str, ...] = ("--tls",)) -> Iterator[HttpsSandbox]:
    log = state / f"log-{id(arguments)}"
    with (
        log.open("w") as errors,
        running_server(
            "--shoppers",
            "3",
            *tls,
            *arguments,
            stderr=errors.fileno(),
            variables={"PII_SANDBOX_STATE_DIR": str(state)},
        ) as server,
    ):
        url = re.search(r"https://\S+:\d+", server.banner)
        assert url, server.banner
        yield HttpsSandbox(server, url[0], state / "ca" / "ca.pem", log)


def variables() -> dict[str, str]:
    """This process's environment without what says whom to trust and which proxy to use."""
    about = ("SSL_CERT", "CA_BUNDLE", "CA_CERTS", "_PROXY", "PII_SANDBOX_", "JAVA_")
    return {name: value for name, value in os.environ.items() if not any(word in name.upper() for word in about)}


def output(*command: str, **added: str) -> str:
    """What a command prints. `added` are variables of its environment; its errors are in the failure of a test."""
    environment = {**variables(), **added}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout
