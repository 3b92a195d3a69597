"""Terminal output: texts of files and servers without control characters, and errors as messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click


def echo(text: str, *, err: bool = False) -> None:
    """Print a text as one line, in which all that a terminal could take for a command is an escape."""
    from pii_sandbox.conformance.values.text_safety import one_line  # noqa: PLC0415 — `data` loads no harness to start

    click.echo(one_line(text), err=err)


def request_error_text(url: str, error: Exception) -> str:
    """Return the message about a request of the control API that was refused, or got no response."""
    import httpx  # noqa: PLC0415 — as above

    if isinstance(error, httpx.TransportError):
        return f"no server responds at {url} ({error}); start one with 'pii-sandbox serve', or name another with --url"
    return f"{url}: {error}"


@contextmanager
def report_errors(
    command: str, *, usage: tuple[type[Exception], ...] = (), failures: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """End a command with exit code 2 and a message for each exception, never with a traceback.

    `usage`: what the user can mend in the call or its files, with a hint at `--help`. `failures`: one line alone.
    Everything else is a fault of pii-sandbox.
    """
    from pii_sandbox.conformance.values.faults import fault_text  # noqa: PLC0415 — as above

    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except failures as error:
        _end(str(error), error)
    except usage as error:
        raise click.UsageError(_usage_text(error)) from error
    except Exception as error:  # whatever it is, the line says nothing of the target
        _end(fault_text(f"the command {command}", error), error)


def _end(message: str, error: Exception) -> NoReturn:
    click.echo(f"Error: {message}", err=True)
    raise click.exceptions.Exit(2) from error


def _usage_text(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror or error}"
    return str(error)
