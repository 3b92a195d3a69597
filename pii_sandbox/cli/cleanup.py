"""`pii-sandbox cleanup`: undo what a run that crashed has left behind."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from pii_sandbox.checking.target_choice import TOKEN_VARIABLE, announce
from pii_sandbox.cli.terminal import echo, report_errors
from pii_sandbox.conformance.cleanup import ledger as ledgers
from pii_sandbox.conformance.cleanup.cleanup import clean_up, target_mismatch
from pii_sandbox.conformance.cleanup.ledger import BadLedger, Entry, Ledger
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.target.config import BadTarget, read_target
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Target


@click.command()
@click.argument("ledger", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--target", "target_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="The target file of the run; by default the one that the ledger names.")  # fmt: skip
@click.pass_context
def cleanup(context: click.Context, /, ledger: Path, target_file: Path | None) -> None:
    """Delete what a run created and did not delete, as LEDGER lists it, and verify that each object is gone.

    Touches nothing that LEDGER does not name. Exit 0: nothing is left; 1: something is; 2: it could not start, or
    failed with an internal error.
    """
    with report_errors("cleanup", usage=(BadLedger, BadTarget)), closing(ledgers.read_ledger(ledger)) as book:
        target = _target(ledger, book, target_file, os.environ)
        obstacle = target_mismatch(book, target)
        if obstacle is not None:
            raise BadLedger(obstacle)
        with standalone_context(target, book.run_id, seed=0, ledger=book) as run:
            ended = clean_up(run, on_entry=_print_entry)
    left = sum(entry.is_open for entry in ended)
    accepted = sum(entry.state == "accepted" for entry in ended)
    click.echo(f"{len(ended) - left - accepted} gone, {accepted} to be deleted by the vendor, {left} left")
    context.exit(1 if left else 0)


def _target(ledger: Path, book: Ledger, file: Path | None, environment: Mapping[str, str]) -> Target:
    about: Mapping[str, Any] = book.about
    if file is None and about.get("target_file"):
        file = Path(about["target_file"])
    url = about.get("sandbox")
    announce(ledger, url, file, environment)
    if file is not None:
        return read_target(file, environment)
    if url:
        return local_sandbox(url, environment.get(TOKEN_VARIABLE))
    raise BadTarget("the ledger names no target; name one with --target FILE")


def _print_entry(entry: Entry) -> None:
    what = f"sandbox {entry.sandbox}" if entry.sandbox is not None else f"{entry.api} {entry.operation_id}"
    echo(f"{entry.state:<9} {entry.number:>4} {what}: {entry.why}")
