"""Formats the results of mutants: a terminal table, Markdown for the documentation, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pii_sandbox.mutants.runner import MutantResult

_INTRODUCTION = """\
# Mutants

`pii-sandbox mutants` shows that the harness can fail. It breaks the rules of the mock server one at a time, by
replacing one function or value, and plays the scenarios of that rule, which hold on the unbroken server: at least one
must fail. A mutant that no scenario catches fails the build (`tox -e mutants`). This page is the output of

    pii-sandbox mutants --markdown > docs/reference/mutants.md
"""


def caught_summary(results: Sequence[MutantResult]) -> str:
    """Return how many mutants of how many rules were caught."""
    rules = {result.rule for result in results}
    caught = sum(result.caught for result in results)
    return f"{caught} of {len(results)} mutants of {len(rules)} rules caught"


def print_results(results: Sequence[MutantResult]) -> None:
    """Print a table of rules and results, with the reason for mutants that were not caught."""
    table = Table("rule", "the mock then", "fate", "by", box=None, pad_edge=False)
    for result in results:
        fate = f"[green]{result.fate}[/]" if result.caught else f"[bold red]{result.fate}[/]"
        by = ", ".join(map(_sentence, result.caught_by)) if result.caught else result.why
        table.add_row(result.rule, escape(result.says), fate, escape(by))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"\n[bold]{caught_summary(results)}[/]")


def complaints(results: Sequence[MutantResult]) -> list[str]:
    """Return the failures: mutants that were not caught, scenarios that no mutant makes fail."""
    return [
        *(f"{one.rule}: {one.fate}: {one.says or one.rule}: {one.why}" for one in results if not one.caught),
        *(f"{rule}: no mutant turns this scenario red: {_sentence(name)}" for rule, name in idle(results)),
    ]


def results_as_json(results: Iterable[MutantResult]) -> str:
    return json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=2)


def as_markdown(results: Sequence[MutantResult]) -> str:
    """Return the page of the documentation."""
    lines = [_INTRODUCTION, f"{caught_summary(results)}.".capitalize()]
    for api in dict.fromkeys(result.api for result in results):
        lines += ["", f"## {api}", "", "| rule | broken so that | caught by |", "|---|---|---|"]
        for result in results:
            if result.api == api:
                by = "; ".join(map(_sentence, result.caught_by)) if result.caught else f"**{result.fate}**"
                lines.append(f"| {result.rule} | {_cell(result.says)} | {_cell(by)} |")
    return "\n".join(lines) + "\n"


def idle(results: Iterable[MutantResult]) -> list[tuple[str, str]]:
    """Return the scenarios (rule, name) that held on all mutants of their rule."""
    seen: dict[tuple[str, str], bool] = {}
    for result in results:
        for name in result.caught_by:
            seen[result.rule, name] = True
        for name in result.idle:
            seen.setdefault((result.rule, name), False)
    return [scenario for scenario, turned in seen.items() if not turned]


def _sentence(name: str) -> str:
    return name.replace("_", " ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
