"""`pii-sandbox target`: the file that says where `check` goes and what it may do there."""

from __future__ import annotations

import os
from pathlib import Path

import click

from pii_sandbox.cli.terminal import report_errors
from pii_sandbox.conformance.target.config import BadTarget, read_target
from pii_sandbox.conformance.target.disclosure import hosts_and_variables
from pii_sandbox.conformance.target.local_sandbox import APIS
from pii_sandbox.conformance.target.template import template
from pii_sandbox.conformance.values.text_safety import one_line

DEFAULT_FILE = Path("target.toml")
STANDARD_OUTPUT = Path("-")
_NEW_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.group()
def target() -> None:
    """Describe an endpoint that `check` may call, and test what can be checked there."""


@target.command("init")
@click.argument("file", type=_NEW_FILE, required=False)
@click.option("--api", type=click.Choice(APIS), multiple=True,
              help="Write the table of this API, to fill in; may be repeated. By default all as comments.")  # fmt: skip
@click.option("--output", type=_NEW_FILE, metavar="FILE|-", help="File to write; - is standard output.")
def init_target(file: Path | None, api: tuple[str, ...], output: Path | None) -> None:
    """Write a commented target file (target.toml unless FILE or --output names another).

    An existing file is not overwritten.
    """
    if file is not None and output is not None:
        raise click.UsageError("give FILE or --output, not both")
    place = file or output or DEFAULT_FILE
    text = template(dict.fromkeys(api) if api else None)
    if place == STANDARD_OUTPUT:
        click.echo(text, nl=False)
        return
    _write_new(place, text)
    click.echo(f"{place} was written. Fill in the hosts, set the environment variables that it names, and run")
    click.echo(f"  pii-sandbox target check {place}")


@target.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=DEFAULT_FILE)
@click.option("--api", type=click.Choice(APIS), multiple=True, help="Test only this API; may be repeated.")
@click.pass_context
def check_target(context: click.Context, /, file: Path, api: tuple[str, ...]) -> None:
    """Test FILE: what each credential gives access to, which data exist, how many rules can be checked.

    Sends at most ten reads to each API, within the limits of FILE, and nothing that writes.

    \b
    Exit 0: all that FILE names can be used;
         1: something cannot, and the rules that need it are not checked;
         2: nothing can be checked, or FILE cannot be used.
    """
    from pii_sandbox.checking import target_check  # noqa: PLC0415 — `init` needs none of the harness

    click.echo(one_line(f"target {file}: {hosts_and_variables(file)}"), err=True)
    with report_errors("target check", usage=(BadTarget,)):
        described = read_target(file, os.environ)
        names = [name for name in described.urls if not api or name in api]
        if not names:
            raise click.UsageError(f"{file} has no table for {', '.join(api)}; add one, or leave out --api")
        context.exit(target_check.run_target_check(described, names))


def _write_new(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError as error:
        raise click.UsageError(f"{file} already exists and was not changed; name another file with --output") from error
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror or error}") from error
