"""`pii-sandbox target`: the file that says where `check` goes and what it may do there."""

from __future__ import annotations

from pathlib import Path

import click

from pii_sandbox.conformance.target.local_sandbox import APIS
from pii_sandbox.conformance.target.template import template

DEFAULT_FILE = Path("target.toml")
STANDARD_OUTPUT = Path("-")
_NEW_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.group()
def target() -> None:
    """Describe an endpoint that `check` may call, and try whether it can be checked."""


@target.command("init")
@click.argument("file", type=_NEW_FILE, required=False)
@click.option("--api", type=click.Choice(APIS), multiple=True,
              help="A table for this API, to fill in; may be repeated. Without it: all, commented out.")  # fmt: skip
@click.option("--output", type=_NEW_FILE, metavar="FILE|-", help="Where to write it; - is the standard output.")
def init_target(file: Path | None, api: tuple[str, ...], output: Path | None) -> None:
    """Write a commented target file (target.toml unless FILE or --output names another).

    A file that exists is left as it is.
    """
    if file is not None and output is not None:
        raise click.UsageError("give FILE or --output, not both")
    place = file or output or DEFAULT_FILE
    text = template(dict.fromkeys(api) if api else None)
    if place == STANDARD_OUTPUT:
        click.echo(text, nl=False)
        return
    _write_new(place, text)
    click.echo(f"{place} is written. Set the hosts in it, and the environment variables that it names; then run")
    click.echo(f"  pii-sandbox target check {place}")


def _write_new(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError as error:
        raise click.UsageError(f"{file} exists already and is left as it is") from error
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror or error}") from error
