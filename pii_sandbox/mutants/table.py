"""Mutants as a table: for a terminal, for the documentation, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pii_sandbox.mutants.runner import Outcome

_INTRODUCTION = """\
# Mutants

The harness is worth what it finds. `pii-sandbox mutants` breaks the rules of the mock one at a time, each by replacing
one function or value of it, and plays that rule's scenarios, which hold on the mock as it is: at least one must turn
red. A mutant that none of them catches fails the build (`tox -e mutants`). This page is its output:

    pii-sandbox mutants --markdown > docs/reference/mutants.md
"""


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many mutants of how many rules were caught."""
    rules = {outcome.rule for outcome in outcomes}
    caught = sum(outcome.caught for outcome in outcomes)
    return f"{caught} of {len(outcomes)} mutants of {len(rules)} rules caught"


def show(outcomes: Sequence[Outcome]) -> None:
    """Prints rule × caught, and why where one is not."""
    table = Table("rule", "the mock then", "fate", "by", box=None, pad_edge=False)
    for outcome in outcomes:
        fate = f"[green]{outcome.fate}[/]" if outcome.caught else f"[bold red]{outcome.fate}[/]"
        by = ", ".join(map(_sentence, outcome.caught_by)) if outcome.caught else outcome.why
        table.add_row(outcome.rule, escape(outcome.says), fate, escape(by))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"\n[bold]{summary(outcomes)}[/]")


def complaints(outcomes: Sequence[Outcome]) -> list[str]:
    """What fails the build: mutants that are not caught, scenarios that no mutant turns red."""
    return [
        *(f"{one.rule}: {one.fate}: {one.says or one.rule}: {one.why}" for one in outcomes if not one.caught),
        *(f"{rule}: no mutant turns this scenario red: {_sentence(name)}" for rule, name in idle(outcomes)),
    ]


def as_json(outcomes: Iterable[Outcome]) -> str:
    return json.dumps([asdict(outcome) for outcome in outcomes], ensure_ascii=False, indent=2)


def as_markdown(outcomes: Sequence[Outcome]) -> str:
    """The page for the documentation; the same for the same outcomes."""
    lines = [_INTRODUCTION, f"{summary(outcomes)}.".capitalize()]
    for api in dict.fromkeys(outcome.api for outcome in outcomes):
        lines += ["", f"## {api}", "", "| rule | broken so that | caught by |", "|---|---|---|"]
        for outcome in outcomes:
            if outcome.api == api:
                by = "; ".join(map(_sentence, outcome.caught_by)) if outcome.caught else f"**{outcome.fate}**"
                lines.append(f"| {outcome.rule} | {_cell(outcome.says)} | {_cell(by)} |")
    return "\n".join(lines) + "\n"


def idle(outcomes: Iterable[Outcome]) -> list[tuple[str, str]]:
    """Scenarios (rule, name) that no mutant of their rule turned red, though each was played on one."""
    seen: dict[tuple[str, str], bool] = {}
    for outcome in outcomes:
        for name in outcome.caught_by:
            seen[outcome.rule, name] = True
        for name in outcome.idle:
            seen.setdefault((outcome.rule, name), False)
    return [scenario for scenario, turned in seen.items() if not turned]


def _sentence(name: str) -> str:
    return name.replace("_", " ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
