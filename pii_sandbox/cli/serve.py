"""`pii-sandbox serve`: runs the sandbox server."""

from __future__ import annotations

import contextlib
import gc
import secrets
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click
from click.core import ParameterSource

from pii_sandbox import specs
from pii_sandbox.cli import cluster_options, https_options, limit_options
from pii_sandbox.cli.sockets import listening_url, sockets_for
from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.control.search_preparation import prepare_in_background
from pii_sandbox.mockserver.cross_site import is_loopback
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.gateway.forwarded import LOOPBACK, trusted_proxies
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from pii_sandbox.mockserver.store import StoreError
from pii_sandbox.mockserver.vendors import VENDORS
from pii_sandbox.server import plain_http
from pii_sandbox.server.banner import HttpsBanner, drop_unwritten, print_banner
from pii_sandbox.server.gc_policy import CollectingServer
from pii_sandbox.server.https_server import server
from pii_sandbox.server.listeners import sibling, url
from pii_sandbox.server.logs import LEVELS, configure
from pii_sandbox.server.tunnel import Https
from pii_sandbox.server.workers import in_processes


@click.command()
@click.option("--host", envvar="PII_SANDBOX_HOST", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", envvar="PII_SANDBOX_PORT", type=click.IntRange(0, 65535), default=8080, show_default=True,
              help="Port to listen on; 0 picks a free one.")  # fmt: skip
@click.option("--uds", envvar="PII_SANDBOX_UDS", type=click.Path(path_type=Path), metavar="PATH",
              help="Listen for HTTP on this Unix socket instead of host and port.")  # fmt: skip
@https_options.https_options
@click.option("--data", envvar="PII_SANDBOX_DATA", type=click.Path(path_type=Path), metavar="DIR",
              help="Store data in this folder; by default in memory.")  # fmt: skip
@click.option("--durable", envvar="PII_SANDBOX_DURABLE", is_flag=True,
              help="With --data: flush data to disk before each response, to survive a power cut.")  # fmt: skip
@click.option("--seed", envvar="PII_SANDBOX_SEED", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True,
              help="Seed of the test people; the same seed gives the same people in every release.")  # fmt: skip
@click.option("--shoppers", envvar="PII_SANDBOX_SHOPPERS", type=click.IntRange(0, 500_000), default=50,
              show_default=True, help="Number of people in each new sandbox.")  # fmt: skip
@click.option(
    "--locale", envvar="PII_SANDBOX_LOCALE", help="Locale of all people, e.g. pt_BR; by default several locales."
)
@click.option("--dialect", envvar="PII_SANDBOX_DIALECT", type=click.Choice(specs.DIALECTS), default="guide",
              show_default=True, help="Which vendor document to follow where two of them disagree.")  # fmt: skip
@click.option("--no-auth", envvar="PII_SANDBOX_NO_AUTH", is_flag=True, help="Accept vendor calls without credentials.")
@click.option("--control-token", envvar="PII_SANDBOX_CONTROL_TOKEN",
              help="Token of the control API; generated if --host is not loopback.")  # fmt: skip
@click.option("--forwarded-allow-ips", envvar="PII_SANDBOX_FORWARDED_ALLOW_IPS", default=LOOPBACK, show_default=True,
              metavar="LIST", help="Proxies whose Forwarded and X-Forwarded-* headers are used for links in responses: "
              "addresses and networks separated by commas, or * for all.")  # fmt: skip
@click.option("--max-body", envvar="PII_SANDBOX_MAX_BODY", type=click.IntRange(1), default=10 * 2**20,
              show_default=True, metavar="BYTES", help="Maximum size of a request body.")  # fmt: skip
@click.option("--max-sandboxes", envvar="PII_SANDBOX_MAX_SANDBOXES", type=click.IntRange(1), default=10_000,
              show_default=True, help="Maximum number of sandboxes; further ones are refused.")  # fmt: skip
@click.option("--evict-idle", envvar="PII_SANDBOX_EVICT_IDLE", type=click.FloatRange(0), metavar="SECONDS",
              help="Instead of refusing a further sandbox, delete the one idle longest, "
                   "if it was idle for this time.")  # fmt: skip
@click.option("--validate-responses", envvar="PII_SANDBOX_VALIDATE_RESPONSES", is_flag=True,
              help="Validate every response against its document; an invalid one becomes a 500.")  # fmt: skip
@click.option("--no-compression", envvar="PII_SANDBOX_NO_COMPRESSION", is_flag=True,
              help="Do not compress responses, whatever Accept-Encoding says.")  # fmt: skip
@click.option("--plain-http-server", envvar=plain_http.VARIABLE, is_flag=True,
              help="Use uvicorn's own HTTP protocol, which is slower and has no CONNECT.")  # fmt: skip
@click.option("--log-format", envvar="PII_SANDBOX_LOG_FORMAT", type=click.Choice(["text", "json"]),
              help="Log a line for each request, without personal data, to standard error.")  # fmt: skip
@click.option("--log-level", envvar="PII_SANDBOX_LOG_LEVEL", type=click.Choice(LEVELS),
              help="Lowest level that is logged; info includes requests. "
                   "Default without --log-format: warning.")  # fmt: skip
@limit_options.limit_options
@cluster_options.cluster_options
@click.pass_obj
def serve(rule_settings: dict[str, Any], /, **arguments: Any) -> None:
    """Serve the five APIs on one local port."""
    if arguments["hosts"]:
        click.echo(https_options.hosts_lines(arguments, VENDORS))
        return
    context = click.get_current_context()
    _warn_of_open_server(context, arguments["host"])
    cluster_options.warn_of_named_log(context, on_terminal=sys.stdin.isatty())
    configure(arguments["log_format"], arguments["log_level"])
    token = arguments["control_token"] or (None if is_loopback(arguments["host"]) else secrets.token_urlsafe(24))
    with contextlib.ExitStack() as opened:
        plain = sockets_for(arguments, opened)
        https = https_options.https_from(arguments, VENDORS)
        encrypted = (
            sockets_for({**arguments, "uds": None, "port": https_options.https_port(arguments)}, opened)
            if https
            else []
        )
        stored = cluster_options.start_log(arguments, opened)
        try:
            app = _app(stored, rule_settings, token)
        except (StoreError, specs.SpecError, Malformed, ValueError) as error:
            raise click.UsageError(str(error)) from error
        print_banner(
            app,
            listening_url(arguments, plain[0]),
            token=token,
            data=arguments["data"],
            authenticated=not arguments["no_auth"],
            unix_socket=arguments["uds"],
            https=_https_banner(arguments, https, encrypted[0]) if https else None,
        )
        if arguments["workers"] == 1:
            _run_server(arguments, app, https, plain, encrypted)
            return
        siblings = [
            [opened.enter_context(sibling(each)) for each in (*plain, *encrypted)]
            for _ in range(1, arguments["workers"])
        ]
        sockets = [[*plain, *encrypted], *siblings]
        code = in_processes(
            arguments["workers"],
            lambda number: _run_server(
                arguments, app, https, sockets[number][: len(plain)], sockets[number][len(plain) :]
            ),
        )
    raise SystemExit(code)


def _run_server(
    arguments: Mapping[str, Any],
    app: App,
    https: Https | None,
    http_sockets: Sequence[socket.socket],
    encrypted: Sequence[socket.socket],
) -> None:
    """Serve on these sockets until a signal ends it."""
    signal.signal(signal.SIGTERM, _exit)
    gc.enable()
    prepare_in_background(app.sandboxes.get("default").store)
    running = server(
        app,
        kind=CollectingServer,
        https=https,
        tls_sockets=encrypted,
        plain=arguments["plain_http_server"],
        limits=limit_options.limits_from(arguments),
    )
    try:
        running.run(sockets=[*http_sockets, *encrypted])
    except KeyboardInterrupt:
        click.echo("stopped")
    finally:
        drop_unwritten()


def _exit(number: int, frame: FrameType | None) -> None:
    """Exit with 0: uvicorn raises the signal again once it has shut down."""
    raise SystemExit(0)


def _app(arguments: Mapping[str, Any], rule_settings: dict[str, Any], token: str | None) -> App:
    defaults = SandboxDefaults(
        seeded=SeedSpec(arguments["seed"], arguments["shoppers"], arguments["locale"]),
        dialect=arguments["dialect"],
        settings=rule_settings,
        data=arguments["data"],
        durable=arguments["durable"],
        most_sandboxes=arguments["max_sandboxes"],
        evict_idle_seconds=arguments["evict_idle"],
    )
    options = Options(
        largest_body=arguments["max_body"],
        validate_responses=arguments["validate_responses"],
        compression=not arguments["no_compression"],
        proxies=trusted_proxies(arguments["forwarded_allow_ips"]),
    )
    app = App(
        defaults,
        options,
        authenticate=not arguments["no_auth"],
        control_token=token,
        loopback_only=token is None,
        on_loopback=is_loopback(arguments["host"]),
        backend=cluster_options.backend_from(arguments),
    )
    app.sandboxes.get("default")
    return app


def _warn_of_open_server(context: click.Context, host: str) -> None:
    """Warn that a settings file opens the server to other machines without credentials, or with a token that it names.

    Raises UsageError without a terminal, where nobody would read the warning.
    """
    names = ("host", "no_auth", "control_token")
    by_file = [name for name in names if context.get_parameter_source(name) is ParameterSource.DEFAULT_MAP]
    if not by_file or is_loopback(host):
        return
    if context.params["no_auth"] and by_file != ["control_token"]:
        how, options = "without credentials", "--host and --no-auth"
    elif {"host", "control_token"} <= set(by_file):
        how, options = "with the control token in it", "--host and --control-token"
    else:
        return
    warning = f"a settings file of this folder ({' and '.join(by_file)}) lets other machines call {how}"
    if not sys.stdin.isatty():
        raise click.UsageError(f"{warning}; to allow this, give {options} on the command line")
    click.echo(f"Warning: {warning}", err=True)


def _https_banner(arguments: Mapping[str, Any], https: Https, listening: socket.socket) -> HttpsBanner:
    host = "localhost" if arguments["host"] in ("0.0.0.0", "::") else arguments["host"]
    return HttpsBanner(url("https", host, listening), https.contexts.authority_file, https.proxy.hosts)
