"""`pii-sandbox snapshot`: saves snapshots of a running server to files, and loads them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
import httpx

from pii_sandbox.cli.terminal import request_error_text
from pii_sandbox.testing import Connection, Refused

DEFAULT_URL = "http://127.0.0.1:8080"


class RequestFailed(click.ClickException):
    """The server could not be reached, or refused the request."""

    exit_code = 2


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--token", envvar="PII_SANDBOX_CONTROL_TOKEN", help="Token of the control API, if it needs one."),
        click.option("--sandbox", default="default", show_default=True, help="Name of the sandbox."),
        click.option(
            "--url", envvar="PII_SANDBOX_URL", default=DEFAULT_URL, show_default=True, help="URL of the server."
        ),
    ):
        command = option(command)
    return command


@click.group()
def snapshot() -> None:
    """Save the state of a sandbox to a file, and load it into any sandbox."""


@snapshot.command()
@click.argument("name")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True))
@_options
def save(name: str, file: IO[str], url: str, sandbox: str, token: str | None) -> None:
    """Write the snapshot NAME to FILE (-: standard output). Takes it first if it does not exist."""
    path = _path(name)
    with _server(url, token) as server:
        try:
            content = server.call(sandbox, "GET", path)
        except Refused as refused:
            if refused.status != 404:
                raise
            server.call(sandbox, "POST", "/snapshots", {"name": name})
            content = server.call(sandbox, "GET", path)
    file.write(json.dumps(content, ensure_ascii=False))
    click.echo(f"saved {name}, taken at {content['about']['taken_at']}", err=True)


@snapshot.command()
@click.argument("name")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--restore", is_flag=True, help="Also restore the sandbox to the loaded snapshot.")
@_options
def load(name: str, file: IO[str], restore: bool, url: str, sandbox: str, token: str | None) -> None:
    """Load FILE (-: standard input) as the snapshot NAME; replaces one of that name."""
    path = _path(name)
    try:
        content = json.load(file)
    except ValueError as error:
        raise click.UsageError(f"{file.name} is not a snapshot file: {error}") from error
    with _server(url, token) as server:
        loaded = server.call(sandbox, "PUT", path, content)
        if restore:
            server.call(sandbox, "POST", f"{path}/restore")
    click.echo(f"{'restored' if restore else 'loaded'} {name}: {loaded['documents']} documents", err=True)


def _path(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_.-]{1,64}", name):
        raise click.UsageError("invalid snapshot name: use 1 to 64 of a-z, 0-9, '-', '_' and '.'")
    return f"/snapshots/{name}"


@contextmanager
def _server(url: str, token: str | None) -> Iterator[Connection]:
    """Yield a connection whose errors become one line for the user."""
    connection = Connection(url, token=token)
    try:
        yield connection
    except (Refused, httpx.HTTPError, httpx.InvalidURL) as error:
        raise RequestFailed(request_error_text(url, error)) from error
    finally:
        connection.close()
