"""Terminal output of texts that come from files and servers: without control characters, one line each."""

from __future__ import annotations

import click


def echo(text: str, *, err: bool = False) -> None:
    """Print a text as one line, in which all that a terminal could take for a command is an escape."""
    from pii_sandbox.conformance.values.text_safety import one_line  # noqa: PLC0415 — `data` loads no harness to start

    click.echo(one_line(text), err=err)
