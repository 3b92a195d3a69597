"""`pii-sandbox rules`: prints the rule catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from pii_sandbox.conformance.history import last_seen
from pii_sandbox.conformance.history.last_seen import BadRecord, LastSeen
from pii_sandbox.specs import catalogue
from pii_sandbox.specs.catalogue import Rule

DEFAULT_RECORD = Path("pii-sandbox-record.json")


@click.command()
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--api", type=click.Choice(catalogue.apis_with_rules()), help="Only the rules of this API.")
@click.option(
    "--status",
    type=click.Choice(sorted(catalogue.STATUSES)),
    help="Only rules of this status; 'assumed' includes documented rules of which a part is assumed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--record", "record_file", envvar="PII_SANDBOX_RECORD", type=click.Path(path_type=Path), metavar="FILE",
              help=f"Show when each rule was last verified, from the file that 'check --record' wrote; by default "
              f"{DEFAULT_RECORD}, if it exists.")  # fmt: skip
def rules(rule_id: str | None, api: str | None, status: str | None, as_json: bool, record_file: Path | None) -> None:
    """List the rules of the APIs, or show one with all details."""
    seen = _read_record(record_file)
    if rule_id is not None:
        rule = catalogue.rule(rule_id)
        if rule is None:
            raise click.UsageError(f"unknown rule {rule_id}; 'pii-sandbox rules' lists all rules")
        chosen = [rule]
    else:
        chosen = [rule for name in ([api] if api else catalogue.apis_with_rules()) for rule in catalogue.rules(name)]
    if status is not None:
        chosen = [rule for rule in chosen if rule.status == status or (status == "assumed" and rule.has_assumptions)]
    if as_json:
        click.echo(json.dumps([_as_dict(rule, seen) for rule in chosen], ensure_ascii=False, indent=2))
    elif rule_id is not None:
        for rule in chosen:
            _print_rule(rule, seen)
    else:
        for rule in chosen:
            noted = last_seen.last_seen_summary(seen.get(rule.id, {}))
            click.echo(f"{rule.id:<16}{rule.status:<12}{rule.statement}{f' ({noted})' if noted else ''}")


def _read_record(file: Path | None) -> LastSeen:
    if file is not None and not file.is_file():
        raise click.UsageError(f"there is no record {file}; 'pii-sandbox check --record {file}' writes one")
    try:
        return last_seen.read_last_seen(file or DEFAULT_RECORD)
    except BadRecord as error:
        raise click.UsageError(str(error)) from error


def _as_dict(rule: Rule, last_seen: LastSeen) -> dict[str, object]:
    return {
        "id": rule.id,
        "api": rule.api,
        "statement": rule.statement,
        "status": rule.status,
        "source": dict(rule.source),
        "operations": list(rule.operations),
        "setting": rule.setting,
        "without_setting": rule.without_setting,
        "dialects": dict(rule.dialects),
        "last_seen_true": {target: day.isoformat() for target, day in last_seen.get(rule.id, {}).items()},
    }


def _print_rule(rule: Rule, record: LastSeen) -> None:
    table = Table.grid(padding=(0, 2))
    for name, text in (
        ("rule", rule.id),
        ("api", rule.api),
        ("statement", rule.statement),
        ("status", rule.status),
        ("source", rule.citation),
        ("seen", rule.source["seen"]),
        ("dialects", "; ".join(f"{dialect}: {followed}" for dialect, followed in rule.dialects.items())),
        ("setting", rule.setting or ""),
        ("without setting", rule.without_setting or ""),
        ("operations", ", ".join(rule.operations)),
        ("last seen true", last_seen.last_seen_summary(record.get(rule.id, {})).removeprefix("last seen true ")),
    ):
        if text:
            table.add_row(name, text)
    Console(highlight=False).print(table)
