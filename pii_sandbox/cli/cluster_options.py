"""Options of `serve` for sandboxes that several servers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from pii_sandbox.mockserver.shared_sandboxes import SharedBackend
from pii_sandbox.server.nats_server import NatsServerError, nats_server

LOCAL_READS_SECONDS = 1.0  # maximum age of the state that `--reads local` answers from
_Command = TypeVar("_Command", bound=Callable[..., Any])


def cluster_options(command: _Command) -> _Command:
    """Add the options to a click command."""
    options = (
        click.option("--cluster", envvar="PII_SANDBOX_CLUSTER", metavar="URLS",
                     help="Share sandboxes with other servers over NATS JetStream, e.g. nats://a:4222,nats://b:4222."),
        click.option("--reads", envvar="PII_SANDBOX_READS", type=click.Choice(["linearizable", "local"]),
                     default="linearizable", show_default=True,
                     help="With --cluster: linearizable reads see every earlier write, local ones may be 1 s old."),
        click.option("--workers", envvar="PII_SANDBOX_WORKERS", type=click.IntRange(1), default=1, show_default=True,
                     help="Number of server processes; several share sandboxes through a nats-server that is started."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def warn_of_named_log(context: click.Context, *, on_terminal: bool) -> None:
    """Warn that a settings file names the servers that sandboxes are stored on: it may not be the user's own.

    Raises UsageError without a terminal, where nobody would read the warning.
    """
    if context.get_parameter_source("cluster") is not ParameterSource.DEFAULT_MAP:
        return
    hosts = [urlsplit(url.strip()).netloc.rpartition("@")[2] for url in context.params["cluster"].split(",")]
    warning = f"a settings file of this folder (cluster) stores what clients send on {' and '.join(hosts)}"
    if not on_terminal:
        raise click.UsageError(f"{warning}; to allow this, give --cluster on the command line")
    click.echo(f"Warning: {warning}", err=True)


def start_log(arguments: Mapping[str, Any], stack: ExitStack) -> Mapping[str, Any]:
    """Return the options with `cluster` set: several workers need a log, a nats-server that `stack` ends.

    It has its files in `--data`, else in a temporary folder. Raises UsageError.
    """
    if arguments["workers"] == 1 or arguments["cluster"]:
        return arguments
    data: Path | None = arguments["data"]
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="pii-sandbox-"))) if data is None else data / "nats"
    try:
        log = stack.enter_context(nats_server(folder, durable=arguments["durable"]))
    except (NatsServerError, OSError) as error:
        raise click.UsageError(f"--workers: {error}") from error
    return {**arguments, "cluster": log.url, "data": None, "durable": False}


def backend_from(arguments: Mapping[str, Any]) -> SharedBackend | None:
    """Return where shared sandboxes are kept; None without `--cluster`.

    Raises UsageError without the extra, and for `--data`, which a cluster has no use for.
    """
    if not arguments["cluster"]:
        return None
    if arguments["data"] is not None:
        raise click.UsageError("--cluster stores data in its log: leave out --data")
    try:
        from pii_sandbox.mockserver.cluster import ClusterBackend, ClusterOptions  # noqa: PLC0415 — an extra
    except ImportError as error:
        raise click.UsageError("--cluster needs an extra: pip install 'pii-sandbox[cluster]'") from error
    stale_seconds = LOCAL_READS_SECONDS if arguments["reads"] == "local" else None
    urls = [url.strip() for url in arguments["cluster"].split(",") if url.strip()]
    return ClusterBackend(ClusterOptions(urls, stale_seconds))
