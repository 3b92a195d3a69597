"""Startup banner: URLs, credentials and a sample request for each API."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.specs import APIS


@dataclass(frozen=True)
class HttpsBanner:
    """HTTPS in the banner. `authority_file` None: the user's certificate is used. `hosts`: those of the proxy."""

    url: str
    authority_file: Path | None
    hosts: Sequence[str]


class FailSafeConsole(Console):
    """A console that ignores a broken pipe: the server must not end because its output cannot be read."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # also for output that is flushed at the end


def drop_unwritten() -> None:
    """Drop what standard output and error cannot take, such as on a full disk: no failure to exit with."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_banner(
    app: App,
    url: str,
    *,
    token: str | None,
    data: Path | None,
    authenticated: bool,
    unix_socket: Path | None = None,
    https: HttpsBanner | None = None,
) -> None:
    """Print base URL, people, credentials and, for each API, a curl command; as far as output is possible."""
    console = FailSafeConsole(highlight=False, soft_wrap=True)
    try:
        _show(console, app, url, data, authenticated, unix_socket)
        if https is not None:
            _show_https(console, url, https, proxy=unix_socket is None)
        _show_control(console, url, token)
    except OSError:  # a full disk, as with a broken pipe
        console.on_broken_pipe()


def _show(
    console: Console,
    app: App,
    url: str,
    data: Path | None,
    authenticated: bool,
    unix_socket: Path | None,
) -> None:
    sandboxes = app.sandboxes
    sandbox = sandboxes.get("default")
    seeded = sandbox.seeded
    storage = f"stored in {data}" if data else "in memory, lost at the end"
    socket = f", Unix socket {unix_socket}" if unix_socket else ""
    console.print(f"[bold]pii-sandbox[/] at [bold]{url}[/]{escape(socket)}")
    console.print(f"{seeded.shoppers} shoppers of seed {seeded.seed}, dialect {sandbox.dialect}, {storage}")
    console.print()
    for vendor in sandboxes.vendors.values():
        console.print(f"[bold]{vendor.name}[/]")
        for credential in vendor.credentials if authenticated else ():
            headers = ", ".join(f"{name}: {value}" for name, value in credential.headers.items())
            console.print(f"  {escape(headers)}  [dim]{escape(credential.allows)}[/]")
        path = vendor.sample_request(sandbox) if vendor.sample_request else None
        if path is not None:
            console.print(f"  [cyan]{escape(curl(vendor, url + path, authenticated, unix_socket))}[/]")
    console.print()


def _show_control(console: Console, url: str, token: str | None) -> None:
    console.print(f"console    {url}/_sandbox/")
    console.print(f"documents  {url}/_sandbox/docs/{next(iter(APIS.values()))[0]}, …, sandbox_control")
    console.print(f"control    {url}/_sandbox/v1/status")
    if token is not None:
        console.print(f"           X-Sandbox-Control-Token: {token}")
    console.print("Ctrl-C stops the server.")


def _show_https(console: Console, url: str, https: HttpsBanner, *, proxy: bool) -> None:
    console.print(f"HTTPS      [bold]{https.url}[/]")
    if https.authority_file is not None:
        trust = f"export SSL_CERT_FILE={shlex.quote(str(https.authority_file))}"
        console.print(f"trust      {escape(trust)}  [dim]other clients: pii-sandbox ca trust-help[/]")
    if proxy:
        console.print(f"proxy      export HTTPS_PROXY={url}  [dim]leads here: {escape(', '.join(https.hosts))}[/]")


def curl(vendor: Vendor, url: str, authenticated: bool, unix_socket: Path | None = None) -> str:
    """Return a curl command that reads `url` with the vendor's first credential."""
    headers = vendor.credentials[0].headers if authenticated and vendor.credentials else {}
    options = "".join(f" -H '{name}: {value}'" for name, value in headers.items())
    socket = f" --unix-socket {shlex.quote(str(unix_socket))}" if unix_socket else ""
    return f"curl -s{socket}{options} '{url}'"
