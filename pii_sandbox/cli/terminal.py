"""Terminal output: texts of files and servers without control characters, and our own faults, one line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click


def echo(text: str, *, err: bool = False) -> None:
    """Print a text as one line, in which all that a terminal could take for a command is an escape."""
    from pii_sandbox.conformance.values.text_safety import one_line  # noqa: PLC0415 — `data` loads no harness to start

    click.echo(one_line(text), err=err)


@contextmanager
def faults_told(command: str) -> Iterator[None]:
    """End a command with exit code 2 and one line where an exception of ours would end it with a traceback."""
    from pii_sandbox.conformance.values.faults import fault_text  # noqa: PLC0415 — as above

    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:  # whatever it is, the line says nothing of the target
        click.echo(f"Error: {fault_text(f'the command {command}', error)}", err=True)
        raise click.exceptions.Exit(2) from error
