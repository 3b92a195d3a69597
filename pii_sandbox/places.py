"""Where `pii-sandbox check` goes: a sandbox of its own, one that runs, or what a target file describes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from conformance.own import own_sandbox
from conformance.target_files import BadTarget, read
from conformance.targets import Target
from pii_sandbox.own_server import own_server
from specs import DIALECTS, Dialect

TOKEN_VARIABLE = "PII_SANDBOX_CONTROL_TOKEN"


class Unreachable(Exception):
    """Nobody is there to be checked; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Place:
    """A target and how it was named. `alone`: nobody else is there, and nothing outlives the run."""

    target: Target
    alone: bool = False
    url: str | None = None
    file: Path | None = None


@contextmanager
def place(url: str | None, file: Path | None, environment: Mapping[str, str], dialect: Dialect) -> Iterator[Place]:
    """The place, for as long as it is needed. Raises BadTarget, and Unreachable for a URL where no sandbox answers."""
    if file is not None:
        yield Place(read(file, environment), file=file)
    elif url is not None:
        yield Place(_running(url, environment.get(TOKEN_VARIABLE)), url=url)
    else:
        with own_server(dialect) as own:
            yield Place(replace(own_sandbox(own), dialect=dialect), alone=True, url=own)


def _running(url: str, token: str | None) -> Target:
    if not url.startswith(("http://", "https://")):
        raise BadTarget(f"{url} is no http or https URL")
    target = own_sandbox(url, token)
    with httpx.Client(timeout=10, trust_env=False, headers=target.headers) as client:
        try:
            health = client.get(f"{target.control}/health")
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise Unreachable(f"nothing answers at {url} ({type(error).__name__})") from error
        if health.status_code == 401:
            raise Unreachable(f"{url} wants its control token in {TOKEN_VARIABLE}")
        if health.status_code != 200:
            raise Unreachable(f"{url} is no pii-sandbox server; name any other endpoint in a file: check --target FILE")
        return replace(target, dialect=_dialect(client, target))


def _dialect(client: httpx.Client, target: Target) -> Dialect:
    """What a new sandbox of that server speaks."""
    name = f"check-{secrets.token_hex(4)}"
    spoken = client.get(f"{target.control}/dialect", headers={"X-Sandbox": name}).json()["dialect"]
    client.delete(f"{target.control}/sandboxes/{name}")
    return next(dialect for dialect in DIALECTS if dialect == spoken)
