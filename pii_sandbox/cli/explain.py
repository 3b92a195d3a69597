"""`pii-sandbox explain`: explains why a running server gave the response of a call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import click
import httpx
from rich.console import Console
from rich.markup import escape

from pii_sandbox.cli.terminal import request_error_text
from pii_sandbox.conformance.values.text_safety import printable
from pii_sandbox.testing import Connection, Refused

NOT_FOUND = 404


class _RequestFailed(click.ClickException):
    """The server could not be reached, or refused the request."""

    exit_code = 2


@click.command()
@click.argument("entry", metavar="[ID|last]", default="last")
@click.option(
    "--url", envvar="PII_SANDBOX_URL", default="http://127.0.0.1:8080", show_default=True, help="URL of the server."
)
@click.option("--sandbox", default="default", show_default=True, help="Name of the sandbox.")
@click.option("--token", envvar="PII_SANDBOX_CONTROL_TOKEN", help="Token of the control API, if it needs one.")
@click.option(
    "--reveal", metavar="REASON", help="Show personal data unredacted; the reason is recorded in the audit trail."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(entry: str, url: str, sandbox: str, token: str | None, reveal: str | None, as_json: bool) -> None:
    """Explain a call: the rule that decided it, the values it saw, and a corrected call.

    ID is the number of a journal entry; without it the last call is explained. Exit 1: there is no such entry; 2: the
    server could not be reached.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,14}|last", entry):
        raise click.UsageError("ID is the number of a journal entry, or 'last'")
    explanation = _fetch(entry, url, sandbox, token, reveal)
    if as_json:
        click.echo(json.dumps(explanation, ensure_ascii=False, indent=2))
    else:
        _print_explanation(explanation)


def _fetch(entry: str, url: str, sandbox: str, token: str | None, reveal: str | None) -> Mapping[str, Any]:
    connection = Connection(url, token=token)
    try:
        explanation: Mapping[str, Any] = connection.call(sandbox, "GET", f"/journal/{entry}/explain", reveal=reveal)
        return explanation
    except (Refused, httpx.HTTPError, httpx.InvalidURL) as error:
        missing = isinstance(error, Refused) and error.status == NOT_FOUND
        raise (click.ClickException if missing else _RequestFailed)(request_error_text(url, error)) from error
    finally:
        connection.close()


def _print_explanation(explanation: Mapping[str, Any]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{_markup(str(explanation['entry']))}[/]  {_markup(explanation['summary'])}")
    if explanation["rule"]:
        rule = explanation["rule"]
        console.print(f"\n[bold]{_markup(rule['id'])}[/] ({_markup(rule['status'])}) {_markup(rule['statement'])}")
        console.print(f"[dim]{_markup(rule['source'])}[/]")
    if explanation["saw"]:
        console.print("\n[bold]what it saw[/]")
        for name, value in explanation["saw"].items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            console.print(f"  {_markup(name)}: {_markup(text)}")
    if explanation["correction"]:
        console.print(f"\n[bold]corrected call[/] {_markup(explanation['correction']['advice'])}")
        _command(console, explanation["correction"]["curl"])
    for near in explanation["nearest"]:
        call = f"{_markup(near['method'])} {_markup(near['path'])}"
        console.print(f"\n[bold]similar[/] {call}  [dim]{_markup(str(near['operation']))}[/]")
        _command(console, near["curl"])
    if not explanation["revealed"] and "#" in json.dumps([explanation["saw"], explanation["correction"]]).replace(
        "%23", "#"
    ):
        console.print("\n[dim]Pseudonyms such as email#7f3a replace personal data; --reveal REASON shows it.[/]")


def _markup(text: str) -> str:
    """Text of a server as console markup, without what a terminal could take for a command."""
    return escape(printable(text))


def _command(console: Console, curl: str | None) -> None:
    if curl is not None:
        console.print(f"[cyan]{_markup(curl)}[/]")
