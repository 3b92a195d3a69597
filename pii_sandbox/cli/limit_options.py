"""Options of `pii-sandbox serve` that limit what one client may cost the HTTP server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from pii_sandbox.server.limits import Limits

NAMES = frozenset(
    {
        "max_request_line",
        "max_header_bytes",
        "max_headers",
        "request_timeout",
        "response_timeout",
        "max_connections",
        "shutdown_timeout",
    }
)
_DEFAULT = Limits()
_Command = TypeVar("_Command", bound=Callable[..., Any])


def limit_options(command: _Command) -> _Command:
    """Add the options to a click command."""
    options = (
        click.option("--max-request-line", envvar="PII_SANDBOX_MAX_REQUEST_LINE", type=click.IntRange(1),
                     default=_DEFAULT.request_line_bytes, show_default=True, metavar="BYTES",
                     help="Longest path and query of a request; 414 beyond it."),
        click.option("--max-header-bytes", envvar="PII_SANDBOX_MAX_HEADER_BYTES", type=click.IntRange(1),
                     default=_DEFAULT.header_bytes, show_default=True, metavar="BYTES",
                     help="All header fields of a request together; 431 beyond it."),
        click.option("--max-headers", envvar="PII_SANDBOX_MAX_HEADERS", type=click.IntRange(1),
                     default=_DEFAULT.header_count, show_default=True, metavar="N",
                     help="Number of header fields of a request; 431 beyond it."),
        click.option("--request-timeout", envvar="PII_SANDBOX_REQUEST_TIMEOUT", type=click.FloatRange(0, min_open=True),
                     default=_DEFAULT.request_seconds, show_default=True, metavar="SECONDS",
                     help="From the first byte of a request to its last, and for the first one to come; then 408."),
        click.option("--response-timeout", envvar="PII_SANDBOX_RESPONSE_TIMEOUT",
                     type=click.FloatRange(0, min_open=True), default=_DEFAULT.response_seconds, show_default=True,
                     metavar="SECONDS", help="For a client that reads nothing of its response; then it is cut off."),
        click.option("--max-connections", envvar="PII_SANDBOX_MAX_CONNECTIONS", type=click.IntRange(1),
                     default=_DEFAULT.connections, show_default=True, metavar="N",
                     help="Open connections; one more is answered 503."),
        click.option("--shutdown-timeout", envvar="PII_SANDBOX_SHUTDOWN_TIMEOUT", type=click.FloatRange(0),
                     default=_DEFAULT.shutdown_seconds, show_default=True, metavar="SECONDS",
                     help="For unfinished requests once the server is told to end; then they are cut."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def limits_from(chosen: Mapping[str, Any]) -> Limits:
    """The limits that the options ask for."""
    return Limits(
        request_line_bytes=chosen["max_request_line"],
        header_bytes=chosen["max_header_bytes"],
        header_count=chosen["max_headers"],
        request_seconds=chosen["request_timeout"],
        response_seconds=chosen["response_timeout"],
        connections=chosen["max_connections"],
        shutdown_seconds=chosen["shutdown_timeout"],
    )
