"""Options of `pii-sandbox serve` for the limits of the HTTP server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from pii_sandbox.server.limits import ServerLimits

_DEFAULT = ServerLimits()
_Command = TypeVar("_Command", bound=Callable[..., Any])


def limit_options(command: _Command) -> _Command:
    """Add the options to a click command."""
    options = (
        click.option("--max-request-line", envvar="PII_SANDBOX_MAX_REQUEST_LINE", type=click.IntRange(1),
                     default=_DEFAULT.request_line_bytes, show_default=True, metavar="BYTES",
                     help="Maximum length of path and query of a request; a longer one gets 414."),
        click.option("--max-header-bytes", envvar="PII_SANDBOX_MAX_HEADER_BYTES", type=click.IntRange(1),
                     default=_DEFAULT.header_bytes, show_default=True, metavar="BYTES",
                     help="Maximum size of all header fields of a request; a larger one gets 431."),
        click.option("--max-headers", envvar="PII_SANDBOX_MAX_HEADERS", type=click.IntRange(1),
                     default=_DEFAULT.header_count, show_default=True, metavar="N",
                     help="Maximum number of header fields of a request; one with more gets 431."),
        click.option("--request-timeout", envvar="PII_SANDBOX_REQUEST_TIMEOUT", type=click.FloatRange(0, min_open=True),
                     default=_DEFAULT.request_seconds, show_default=True, metavar="SECONDS",
                     help="Time limit for receiving a request, and for a connection's first request; then 408."),
        click.option("--response-timeout", envvar="PII_SANDBOX_RESPONSE_TIMEOUT",
                     type=click.FloatRange(0, min_open=True), default=_DEFAULT.response_seconds, show_default=True,
                     metavar="SECONDS",
                     help="Time after which a client that reads nothing of its response is disconnected."),
        click.option("--max-connections", envvar="PII_SANDBOX_MAX_CONNECTIONS", type=click.IntRange(1),
                     default=_DEFAULT.connections, show_default=True, metavar="N",
                     help="Maximum number of open connections; further ones get 503."),
        click.option("--shutdown-timeout", envvar="PII_SANDBOX_SHUTDOWN_TIMEOUT", type=click.FloatRange(0),
                     default=_DEFAULT.shutdown_seconds, show_default=True, metavar="SECONDS",
                     help="Time for unfinished requests at shutdown; then they are aborted."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def limits_from(arguments: Mapping[str, Any]) -> ServerLimits:
    """Return the limits of the options."""
    return ServerLimits(
        request_line_bytes=arguments["max_request_line"],
        header_bytes=arguments["max_header_bytes"],
        header_count=arguments["max_headers"],
        request_seconds=arguments["request_timeout"],
        response_seconds=arguments["response_timeout"],
        connections=arguments["max_connections"],
        shutdown_seconds=arguments["shutdown_timeout"],
    )
