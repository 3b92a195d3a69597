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

from pii_sandbox import __version__
from pii_sandbox.checking.comparison import ExchangeRecorder
from pii_sandbox.conformance import private_files, report
from pii_sandbox.conformance.assumption_observer import AssumptionObserver
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.history import last_seen, waivers
from pii_sandbox.conformance.history.comparison import Comparison
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import comparison_table, content, host_names
from pii_sandbox.conformance.report.next_steps import next_steps
from pii_sandbox.conformance.report.terminal import Live
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.faults import FaultLog
from pii_sandbox.conformance.values.findings import Finding, RunResult
from pii_sandbox.conformance.values.text_safety import one_line

_VERSIONS = ("openapi-core", "schemathesis", "httpx")


class EventListener:
    """Listens to a run: shows what comes, and lets the redactor learn from it first."""

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        self.live = Live(redactor=redactor)
        self.answers = ExchangeRecorder()
        self.assumptions = AssumptionObserver()

    def on_scenario(self, outcome: ScenarioResult) -> None:
        self.answers.keep(outcome)
        self.assumptions.note(outcome)
        if outcome.finding is not None:
            self.redactor.learn(*outcome.finding.exchanges)

    def on_finding(self, finding: Finding) -> None:
        self.redactor.learn(*finding.exchanges)
        expected, seen = self.redactor.sentence(finding.expected), self.redactor.sentence(finding.seen)
        told = f"{finding.rule} {finding.name}: expected {expected}, saw {seen}"
        self.live.console.print(Text(one_line(told), "red"))


def redactor_of(target: Target, run_id: str, reveal: str | None) -> Redactor:
    known = {value: name for data in target.data.values() for name, value in data.items() if not name.endswith("_id")}
    return Redactor(target.dialect, known, public=[run_id], reveal=reveal)


def versions() -> dict[str, str]:
    on_finding = {"pii-sandbox": __version__, "python": platform.python_version()}
    for name in _VERSIONS:
        try:
            on_finding[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return on_finding


def apply_waiver_file(result: RunResult, file: Path | None) -> RunResult:
    """The result with the waivers of that file applied. Raises BadWaiver."""
    if file is None:
        return result
    return replace(
        result, rules=tuple(waivers.apply_waivers(result.rules, file, result.target, result.started_at.date()))
    )


def write_outputs(
    result: RunResult, target: Target, arguments: Mapping[str, Any], run_ledger: Ledger, listener: EventListener
) -> int:
    """Writes and shows what came of the run; the exit code.

    What cannot be written is told and changes no exit code; a fault of this program makes a 2 of a 0.
    """
    faults = FaultLog()
    code = result.exit_code
    shown, shown_target = host_names.hide_host_names(result, target) if arguments["hide_hosts"] else (result, target)
    told: report.Report | None = None
    with faults.guard("the summary"):
        told = listener.live.print_result(shown, shown_target)
        code = code or told.run.exit_code  # redaction may have failed
    written = report.WriteResult(())
    if arguments["report"] is not None:
        with faults.guard("the report"):
            made = told or content.report(shown, shown_target, listener.redactor)
            written = report.write_report(made, arguments["report"], sarif_root=arguments["sarif_root"])
        for file in written.files:
            listener.live.console.print(Text(str(file), "dim"), soft_wrap=True)
        for failure in written.failures:
            click.echo(f"Error: {failure}", err=True)
    if arguments["record"] is not None:
        try:
            last_seen.update_last_seen(arguments["record"], result)
        except last_seen.BadRecord as error:
            click.echo(f"Error: {error}", err=True)
    if arguments["observe"] is not None:
        with faults.guard("the observations"):
            _write_observations(arguments["observe"], result, listener)
    for fault in faults.texts:
        click.echo(f"Error: {fault}", err=True)
    steps = [] if told is None else next_steps(told, arguments["report"], run_ledger.file)
    if steps:
        click.echo("Next:", err=True)
    for number, step in enumerate(steps, 1):
        click.echo(f"  {number}. {step}", err=True)
    return code or (2 if faults.texts or written.faulty else 0)


def _write_observations(file: Path, result: RunResult, listener: EventListener) -> None:
    try:
        private_files.replace(file, listener.assumptions.text(result, __version__), mode=0o666)
    except OSError as error:
        click.echo(f"Error: {file} could not be written: {error.strerror or error}", err=True)
    else:
        listener.live.console.print(Text(str(file), "dim"), soft_wrap=True)


def show_comparison(comparison: Comparison, folder: Path | None) -> None:
    comparison_table.print_comparison(comparison, Console(highlight=False))
    if folder is not None:
        file = folder / "comparison.md"
        try:
            private_files.replace(file, comparison_table.markdown(comparison), mode=0o666)
        except OSError as error:
            click.echo(f"Error: {file} could not be written: {error.strerror or error}", err=True)
