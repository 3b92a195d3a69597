"""What `pii-sandbox check` tells: on the screen, in reports, in the record. All of it redacted."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from conformance import record, report, waivers
from conformance.compare import Comparison
from conformance.findings import Finding, RunResult
from conformance.ledger import Ledger
from conformance.redaction import Redactor
from conformance.report import side_by_side
from conformance.report.content import printable
from conformance.report.terminal import Live
from conformance.run import Played
from conformance.targets import Target
from pii_sandbox import __version__
from pii_sandbox.comparing import Answers

_VERSIONS = ("openapi-core", "schemathesis", "httpx")


class Ear:
    """Listens to a run: shows what comes, and lets the redactor learn from it first."""

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        self.live = Live(redactor=redactor)
        self.answers = Answers()

    def heard(self, came: Played) -> None:
        self.answers.keep(came)
        if came.finding is not None:
            self.redactor.learn(*came.finding.exchanges)

    def found(self, finding: Finding) -> None:
        self.redactor.learn(*finding.exchanges)
        told = f"{finding.rule} {finding.name}: expected {finding.expected}, saw {finding.seen}"
        self.live.console.print(Text(printable(self.redactor.text(told)), "red"))


def redactor_of(target: Target, run_id: str, reveal: str | None) -> Redactor:
    known = {value: name for data in target.data.values() for name, value in data.items() if not name.endswith("_id")}
    return Redactor(target.dialect, known, public=[run_id], reveal=reveal)


def versions() -> dict[str, str]:
    found = {"pii-sandbox": __version__, "python": platform.python_version()}
    for name in _VERSIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def judged(result: RunResult, file: Path | None) -> RunResult:
    """The result with the waivers of that file applied. Raises BadWaiver."""
    if file is None:
        return result
    return replace(result, rules=tuple(waivers.waived(result.rules, file, result.target, result.started_at.date())))


def tell(result: RunResult, target: Target, chosen: Mapping[str, Any], book: Ledger, ear: Ear) -> None:
    """Writes and shows what came of the run. Raises BadRecord."""
    ear.live.ended(result)
    if chosen["record"] is not None:
        record.keep(chosen["record"], result)
    if chosen["report"] is not None:
        for file in report.write(result, chosen["report"], target, ear.redactor):
            ear.live.console.print(str(file), style="dim")
    if result.facts["left behind"]:
        click.echo(f"{result.facts['left behind']} not undone; to try again: pii-sandbox cleanup {book.file}", err=True)
    if not result.complete and chosen["report"] is not None:
        click.echo(f"to do the rest: pii-sandbox check --resume {chosen['report']}", err=True)


def show_comparison(comparison: Comparison, folder: Path | None) -> None:
    side_by_side.show(comparison, Console(highlight=False))
    if folder is not None:
        (folder / "comparison.md").write_text(side_by_side.markdown(comparison), "utf-8")
