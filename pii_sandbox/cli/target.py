"""`pii-sandbox target`: the file that says where `check` goes and what it may do there."""

from __future__ import annotations

from pathlib import Path

import click

from pii_sandbox.conformance.target.config import BadTarget, init

DEFAULT_FILE = "target.toml"


@click.group()
def target() -> None:
    """Describe an endpoint that `check` may call."""


@target.command("init")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=DEFAULT_FILE)
def init_target(file: Path) -> None:
    """Write a commented target file (target.toml unless FILE names another).

    A file that exists is left as it is.
    """
    try:
        init(file)
    except BadTarget as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{file} is written: set the hosts, and the environment variables that it names, then run")
    click.echo(f"  pii-sandbox check --target {file} --plan")
