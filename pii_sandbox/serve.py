"""`pii-sandbox serve`: the sandbox server."""

from __future__ import annotations

import gc
import secrets
import socket
from pathlib import Path
from typing import Any

import click

import specs
from mockserver.app import App
from mockserver.control.guard import is_loopback
from mockserver.gateway import Options
from mockserver.problems import Malformed
from mockserver.sandbox import Seeded
from mockserver.sandboxes import Blueprint
from mockserver.store import StoreError
from pii_sandbox.banner import show
from pii_sandbox.garbage import TidyServer
from pii_sandbox.logs import LEVELS, configure
from pii_sandbox.wire import server

OPTIONS = frozenset(
    {
        "host",
        "port",
        "data",
        "durable",
        "seed",
        "shoppers",
        "locale",
        "dialect",
        "no_auth",
        "control_token",
        "max_body",
        "max_sandboxes",
        "evict_idle",
        "validate_responses",
        "log_format",
        "log_level",
    }
)


@click.command()
@click.option("--host", envvar="PII_SANDBOX_HOST", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", envvar="PII_SANDBOX_PORT", type=click.IntRange(0, 65535), default=8080, show_default=True,
              help="Port to listen on; 0 picks a free one.")  # fmt: skip
@click.option("--data", envvar="PII_SANDBOX_DATA", type=click.Path(path_type=Path), metavar="DIR",
              help="Keep what is stored in this folder; without it, in memory.")  # fmt: skip
@click.option("--durable", envvar="PII_SANDBOX_DURABLE", is_flag=True,
              help="With --data: an answer waits until what it tells survives a power cut.")  # fmt: skip
@click.option("--seed", envvar="PII_SANDBOX_SEED", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True,
              help="The same seed makes the same people.")  # fmt: skip
@click.option("--shoppers", envvar="PII_SANDBOX_SHOPPERS", type=click.IntRange(0, 500_000), default=50,
              show_default=True, help="How many people each new sandbox holds.")  # fmt: skip
@click.option(
    "--locale", envvar="PII_SANDBOX_LOCALE", help="One locale for all people, e.g. pt_BR; several without it."
)
@click.option("--dialect", envvar="PII_SANDBOX_DIALECT", type=click.Choice(specs.DIALECTS), default="guide",
              show_default=True, help="Which of two disagreeing vendor documents to follow.")  # fmt: skip
@click.option("--no-auth", envvar="PII_SANDBOX_NO_AUTH", is_flag=True, help="Accept every vendor call.")
@click.option("--control-token", envvar="PII_SANDBOX_CONTROL_TOKEN",
              help="Token of the control API; generated where --host is not loopback.")  # fmt: skip
@click.option("--max-body", envvar="PII_SANDBOX_MAX_BODY", type=click.IntRange(1), default=10 * 2**20,
              show_default=True, metavar="BYTES", help="Largest request body.")  # fmt: skip
@click.option("--max-sandboxes", envvar="PII_SANDBOX_MAX_SANDBOXES", type=click.IntRange(1), default=10_000,
              show_default=True, help="How many sandboxes there may be; one more is refused.")  # fmt: skip
@click.option("--evict-idle", envvar="PII_SANDBOX_EVICT_IDLE", type=click.FloatRange(0), metavar="SECONDS",
              help="Instead of refusing one more, delete the least recently used that was idle so long.")  # fmt: skip
@click.option("--validate-responses", envvar="PII_SANDBOX_VALIDATE_RESPONSES", is_flag=True,
              help="Hold every answer against its document; one outside it is a 500.")  # fmt: skip
@click.option("--log-format", envvar="PII_SANDBOX_LOG_FORMAT", type=click.Choice(["text", "json"]),
              help="Log a line a request, without personal data, to standard error.")  # fmt: skip
@click.option("--log-level", envvar="PII_SANDBOX_LOG_LEVEL", type=click.Choice(LEVELS),
              help="info logs requests too; without --log-format it is warning.")  # fmt: skip
@click.pass_obj
def serve(rule_settings: dict[str, Any], /, **chosen: Any) -> None:
    """Serve the five APIs on one local port."""
    configure(chosen["log_format"], chosen["log_level"])
    token = chosen["control_token"] or (None if is_loopback(chosen["host"]) else secrets.token_urlsafe(24))
    listening = _bound(chosen["host"], chosen["port"])
    try:
        app = _app(chosen, rule_settings, token)
    except (StoreError, specs.SpecError, Malformed, ValueError) as error:
        listening.close()
        raise click.UsageError(str(error)) from error
    show(app, _url(chosen["host"], listening), token=token, data=chosen["data"], authenticated=not chosen["no_auth"])
    gc.enable()
    try:
        server(app, kind=TidyServer).run(sockets=[listening])
    except KeyboardInterrupt:
        click.echo("stopped")


def _app(chosen: dict[str, Any], rule_settings: dict[str, Any], token: str | None) -> App:
    blueprint = Blueprint(
        seeded=Seeded(chosen["seed"], chosen["shoppers"], chosen["locale"]),
        dialect=chosen["dialect"],
        settings=rule_settings,
        data=chosen["data"],
        durable=chosen["durable"],
        most_sandboxes=chosen["max_sandboxes"],
        evict_idle_seconds=chosen["evict_idle"],
    )
    options = Options(largest_body=chosen["max_body"], validate_answers=chosen["validate_responses"])
    app = App(blueprint, options, authenticate=not chosen["no_auth"], control_token=token, loopback_only=token is None)
    app.sandboxes.get("default")
    return app


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises UsageError, in one line, where that cannot be."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        raise click.UsageError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
    return listening


def _url(host: str, listening: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}"
