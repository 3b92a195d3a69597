"""`pii-sandbox rules`: the rule catalogue in the terminal."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from specs import catalogue
from specs.catalogue import Rule


@click.command()
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--api", type=click.Choice(catalogue.apis()), help="Only the rules of this API.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def rules(rule_id: str | None, api: str | None, as_json: bool) -> None:
    """List the rules that the sandbox keeps, or tell one whole."""
    if rule_id is not None:
        rule = catalogue.rule(rule_id)
        if rule is None:
            raise click.UsageError(f"there is no rule {rule_id}; 'pii-sandbox rules' lists them")
        chosen = [rule]
    else:
        chosen = [rule for name in ([api] if api else catalogue.apis()) for rule in catalogue.rules(name)]
    if as_json:
        click.echo(json.dumps([_as_dict(rule) for rule in chosen], ensure_ascii=False, indent=2))
    elif rule_id is not None:
        _tell(chosen[0])
    else:
        for rule in chosen:
            click.echo(f"{rule.id:<16}{rule.status:<12}{rule.statement}")


def _as_dict(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "api": rule.api,
        "statement": rule.statement,
        "status": rule.status,
        "source": dict(rule.source),
        "operations": list(rule.operations),
    }


def _tell(rule: Rule) -> None:
    table = Table.grid(padding=(0, 2))
    for name, text in (
        ("rule", rule.id),
        ("api", rule.api),
        ("statement", rule.statement),
        ("status", rule.status),
        ("source", rule.cited),
        ("operations", ", ".join(rule.operations)),
    ):
        table.add_row(name, text)
    Console(highlight=False).print(table)
