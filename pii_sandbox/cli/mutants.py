"""`pii-sandbox mutants`: mutation test of the harness: it must notice every broken rule."""

from __future__ import annotations

import os

import click
from rich.console import Console
from rich.progress import Progress

from pii_sandbox.mutants import runner, table
from pii_sandbox.mutants.runner import MutantResult
from pii_sandbox.specs import catalogue
from pii_sandbox.specs.catalogue import Rule


@click.command()
@click.argument("rule_id", metavar="[RULE]", required=False)
@click.option("--api", type=click.Choice(catalogue.apis_with_rules()), help="Only the rules of this API.")
@click.option("--workers", type=click.IntRange(1), help="Number of processes; by default the number of processors.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--markdown", "form", flag_value="markdown", help="Print the page docs/reference/mutants.md.")
def mutants(rule_id: str | None, api: str | None, workers: int | None, form: str | None) -> None:
    """Break each rule of the sandbox in turn, and run its scenarios, which must fail.

    Exit 0: every mutant was caught, and every scenario catches one; 1: otherwise.
    """
    rules = _select_rules(rule_id, api)
    results = _results(rules, min(workers or os.cpu_count() or 1, len(rules)))
    if form == "json":
        click.echo(table.results_as_json(results))
    elif form == "markdown":
        click.echo(table.as_markdown(results), nl=False)
    else:
        table.print_results(results)
    complaints = table.complaints(results)
    for complaint in complaints:
        click.echo(complaint, err=True)
    if complaints:
        raise SystemExit(1)


def _select_rules(rule_id: str | None, api: str | None) -> list[Rule]:
    if rule_id is None:
        return [rule for name in ([api] if api else catalogue.apis_with_rules()) for rule in catalogue.rules(name)]
    rule = catalogue.rule(rule_id)
    if rule is None:
        raise click.UsageError(f"unknown rule {rule_id}; 'pii-sandbox rules' lists all rules")
    return [rule]


def _results(rules: list[Rule], workers: int) -> list[MutantResult]:
    all_results: list[MutantResult] = []
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("mutants", total=len(rules))
        for results in runner.results(rules, workers):
            all_results += results
            progress.advance(task)
    return all_results
