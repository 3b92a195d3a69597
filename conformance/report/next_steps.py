"""Next steps after a run: at most three commands or things to look at, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pii_sandbox.conformance.report.content import Report
from pii_sandbox.conformance.report.summary import plural

MOST = 3
_TO_MEND = (
    "wrong dialect", "credentials", "credential", "datum", "dialect", "network", "intermediary", "unavailable", "url",
)  # fmt: skip
_TO_GRANT = {"power": "with more powers in the target file", "limit": "with higher limits in the target file"}


def next_steps(report: Report, folder: Path | None, ledger: Path | None) -> list[str]:
    """The steps, in words. `folder` is where the reports are, `ledger` what the run wrote down of what it made."""
    return list(islice(_steps(report, folder, ledger), MOST))


def _steps(report: Report, folder: Path | None, ledger: Path | None) -> Iterator[str]:
    run = report.run
    if run.facts.get("left behind") and ledger is not None:
        yield f"delete what the run left behind ({run.facts['left behind']}): pii-sandbox cleanup {ledger}"
    if not run.complete and folder is not None:
        yield f"finish the run: {_resume(folder)}"
    yield from _about_resuming(report, folder)
    for group in sorted(report.causes, key=lambda group: group.cause.kind != "wrong dialect"):
        if group.cause.kind in _TO_MEND:
            then = ""
            if group.cause.kind == "credentials" and run.complete and folder is not None:
                then = f"; then {_resume(folder)}"
            yield f"fix what kept {plural(len(group.rules), 'rule')} from being checked: {group.cause.text}{then}"
    yield from _about_findings(report, folder)
    for group in report.causes:
        if group.cause.kind in _TO_GRANT:
            yield f"check {plural(len(group.rules), 'more rule')}, {_TO_GRANT[group.cause.kind]}: {group.cause.text}"
    if not report.findings:
        yield "write a report to share: add --report DIR" if folder is None else f"share {folder / 'report.html'}"
    if run.exit_code == 0:
        yield f"repeat this exact run: add --seed {run.seed}"
        yield "record which rules held, for pii-sandbox rules: add --record FILE"


def _about_resuming(report: Report, folder: Path | None) -> Iterator[str]:
    """How to go on after a host went away: not with what credentials open, which are to be mended first."""
    left = plural(sum(len(group.rules) for group in report.passing_causes), "rule") if report.passing_causes else ""
    rest = left and f"check the {left} that could not be checked"
    if report.run.facts.get("generated calls unfinished"):
        rest = f"{rest} and finish the generated calls" if rest else "finish the generated calls"
    if not rest or not report.run.complete:
        return
    how = "run again with --report DIR, which --resume DIR continues" if folder is None else _resume(folder)
    yield f"once the host answers, {rest}: {how}"


def _resume(folder: Path) -> str:
    return f"pii-sandbox check --resume {folder}"


def _about_findings(report: Report, folder: Path | None) -> Iterator[str]:
    rules = [shown.rule for shown in report.findings if shown.waived is None]
    if not rules:
        return
    if folder is None:
        yield "see the calls of each finding, as commands: add --report DIR"
    else:
        yield f"see each finding with its calls, as commands: {folder / 'report.html'}"
    rule = next((rule.id for rule in rules if rule is not None), None)
    if rule is not None:
        yield f"read the rule and its source: pii-sandbox rules {rule}"
