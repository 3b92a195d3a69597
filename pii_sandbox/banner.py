"""What a newcomer needs on the screen when the server starts."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape

from mockserver.app import App
from mockserver.vendor import Vendor
from specs import APIS


def show(app: App, url: str, *, token: str | None, data: Path | None, authenticated: bool) -> None:
    """Prints base URL, people, credentials, and for each API a curl that works when pasted."""
    console = Console(highlight=False, soft_wrap=True)
    sandboxes = app.sandboxes
    sandbox = sandboxes.get("default")
    seeded = sandbox.seeded
    kept = f"kept in {data}" if data else "in memory, gone at the end"
    console.print(f"[bold]pii-sandbox[/] at [bold]{url}[/]")
    console.print(f"{seeded.shoppers} shoppers of seed {seeded.seed}, dialect {sandbox.dialect}, {kept}")
    console.print()
    for vendor in sandboxes.vendors.values():
        console.print(f"[bold]{vendor.name}[/]")
        for credential in vendor.credentials if authenticated else ():
            headers = ", ".join(f"{name}: {value}" for name, value in credential.headers.items())
            console.print(f"  {escape(headers)}  [dim]{escape(credential.allows)}[/]")
        path = vendor.first_call(sandbox) if vendor.first_call else None
        if path is not None:
            console.print(f"  [cyan]{escape(curl(vendor, url + path, authenticated))}[/]")
    console.print()
    console.print(f"console    {url}/_sandbox/")
    console.print(f"documents  {url}/_sandbox/docs/{next(iter(APIS.values()))[0]}, …, sandbox_control")
    console.print(f"control    {url}/_sandbox/v1/status")
    if token is not None:
        console.print(f"           X-Sandbox-Control-Token: {token}")
    console.print("Ctrl-C ends it.")


def curl(vendor: Vendor, url: str, authenticated: bool) -> str:
    """A command line that reads `url` with the vendor's first credential."""
    headers = vendor.credentials[0].headers if authenticated and vendor.credentials else {}
    shown = "".join(f" -H '{name}: {value}'" for name, value in headers.items())
    return f"curl -s{shown} '{url}'"
