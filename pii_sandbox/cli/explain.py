"""`pii-sandbox explain`: why a running server answered a call as it did."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import click
import httpx
from rich.console import Console
from rich.markup import escape

from pii_sandbox.testing import Connection, Refused

NOT_FOUND = 404


class _RequestFailed(click.ClickException):
    """The server cannot be asked."""

    exit_code = 2


@click.command()
@click.argument("entry", metavar="[ID|last]", default="last")
@click.option("--url", envvar="PII_SANDBOX_URL", default="http://127.0.0.1:8080", show_default=True, help="The server.")
@click.option("--sandbox", default="default", show_default=True, help="The sandbox.")
@click.option("--token", envvar="PII_SANDBOX_CONTROL_TOKEN", help="Token of the control API, if it needs one.")
@click.option("--reveal", metavar="REASON", help="Show personal data as it was; the reason is kept in the audit trail.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain(entry: str, url: str, sandbox: str, token: str | None, reveal: str | None, as_json: bool) -> None:
    """Tell which rule decided a call, what it saw, and the call that would have done better.

    ID is the number of an entry of the journal; without one it is the last call. Exit 1 where there is no such entry,
    2 where the server cannot be asked.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,14}|last", entry):
        raise click.UsageError("ID is the number of an entry of the journal, or 'last'")
    told = _fetch(entry, url, sandbox, token, reveal)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print_explanation(told)


def _fetch(entry: str, url: str, sandbox: str, token: str | None, reveal: str | None) -> Mapping[str, Any]:
    connection = Connection(url, token=token)
    try:
        told: Mapping[str, Any] = connection.call(sandbox, "GET", f"/journal/{entry}/explain", reveal=reveal)
        return told
    except (Refused, httpx.HTTPError, httpx.InvalidURL) as error:
        missing = isinstance(error, Refused) and error.status == NOT_FOUND
        raise (click.ClickException if missing else _RequestFailed)(f"{url}: {error}") from error
    finally:
        connection.close()


def _print_explanation(told: Mapping[str, Any]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{told['entry']}[/]  {escape(told['summary'])}")
    if told["rule"]:
        rule = told["rule"]
        console.print(f"\n[bold]{rule['id']}[/] ({rule['status']}) {escape(rule['statement'])}")
        console.print(f"[dim]{escape(rule['source'])}[/]")
    if told["saw"]:
        console.print("\n[bold]what it saw[/]")
        for name, value in told["saw"].items():
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            console.print(f"  {name}: {escape(shown)}")
    if told["correction"]:
        console.print(f"\n[bold]better[/] {escape(told['correction']['advice'])}")
        _command(console, told["correction"]["curl"])
    for near in told["nearest"]:
        console.print(f"\n[bold]near[/] {near['method']} {escape(near['path'])}  [dim]{near['operation']}[/]")
        _command(console, near["curl"])
    if not told["revealed"] and "#" in json.dumps([told["saw"], told["correction"]]).replace("%23", "#"):
        console.print("\n[dim]Pseudonyms such as email#7f3a stand for what was sent; --reveal REASON shows it.[/]")


def _command(console: Console, curl: str | None) -> None:
    if curl is not None:
        console.print(f"[cyan]{escape(curl)}[/]")
