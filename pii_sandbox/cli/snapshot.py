"""`pii-sandbox snapshot`: snapshots of a running server as files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
import httpx

from pii_sandbox.testing import Connection, Refused

DEFAULT_URL = "http://127.0.0.1:8080"


class NotFound(click.ClickException):
    """The server could not be asked, or refused."""

    exit_code = 2


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--token", envvar="PII_SANDBOX_CONTROL_TOKEN", help="Token of the control API, if it needs one."),
        click.option("--sandbox", default="default", show_default=True, help="The sandbox."),
        click.option("--url", envvar="PII_SANDBOX_URL", default=DEFAULT_URL, show_default=True, help="The server."),
    ):
        command = option(command)
    return command


@click.group()
def snapshot() -> None:
    """Keep all that a sandbox is in a file, and load it anywhere."""


@snapshot.command()
@click.argument("name")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True))
@_options
def save(name: str, file: IO[str], url: str, sandbox: str, token: str | None) -> None:
    """Write the snapshot NAME to FILE (- is standard output). It is taken now if there is none of that name."""
    path = _path(name)
    with _server(url, token) as server:
        try:
            held = server.call(sandbox, "GET", path)
        except Refused as refused:
            if refused.status != 404:
                raise
            server.call(sandbox, "POST", "/snapshots", {"name": name})
            held = server.call(sandbox, "GET", path)
    file.write(json.dumps(held, ensure_ascii=False))
    click.echo(f"saved {name}, taken at {held['about']['taken_at']}", err=True)


@snapshot.command()
@click.argument("name")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--restore", is_flag=True, help="And make the sandbox what the snapshot holds.")
@_options
def load(name: str, file: IO[str], restore: bool, url: str, sandbox: str, token: str | None) -> None:
    """Load FILE (- is standard input) as the snapshot NAME, in place of one of that name."""
    path = _path(name)
    try:
        held = json.load(file)
    except ValueError as error:
        raise click.UsageError(f"{file.name} is no snapshot: {error}") from error
    with _server(url, token) as server:
        told = server.call(sandbox, "PUT", path, held)
        if restore:
            server.call(sandbox, "POST", f"{path}/restore")
    click.echo(f"{'restored' if restore else 'loaded'} {name}: {told['documents']} documents", err=True)


def _path(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_.-]{1,64}", name):
        raise click.UsageError("a snapshot's name is 1 to 64 of a-z, 0-9, '-', '_' and '.'")
    return f"/snapshots/{name}"


@contextmanager
def _server(url: str, token: str | None) -> Iterator[Connection]:
    """A connection whose failures are one line for the user."""
    connection = Connection(url, token=token)
    try:
        yield connection
    except (Refused, httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFound(f"{url}: {error}") from error
    finally:
        connection.close()
