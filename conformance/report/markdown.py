"""The report as Markdown: a summary for a pull request or a job's page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pii_sandbox.conformance.report.content import NAMES, Report, ShownFinding, as_facts
from pii_sandbox.conformance.report.summary import RESUMING

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")
_BREAKS = re.compile(r"(?<![^\S\n])[^\S\n]*+\n\s*+")


def text(report: Report) -> str:
    return "\n".join(_lines(report)).rstrip("\n") + "\n"


def _lines(report: Report) -> Iterator[str]:
    run = report.run
    yield f"# {_escape(report.headline)}"
    yield ""
    if run.revealed is not None:
        yield f"> **This report shows personal data**, because: {_escape(run.revealed)}"
        yield ""
    if not run.complete:
        yield "> **The run was cut short:** the results below are incomplete."
        yield ""
    yield from _counts(report)
    yield from _gaps(report)
    yield from _findings(report)
    yield from _observations(report)
    yield from _about(report)


def _counts(report: Report) -> Iterator[str]:
    outcomes = report.outcomes
    yield f"| API | {' | '.join(outcomes)} |"
    yield f"|---|{'---:|' * len(outcomes)}"
    for api in report.apis:
        yield f"| {NAMES.get(api, api)} | {' | '.join(str(report.count(outcome, api)) for outcome in outcomes)} |"
    yield f"| **all** | {' | '.join(f'**{report.count(outcome)}**' for outcome in outcomes)} |"
    yield ""


def _findings(report: Report) -> Iterator[str]:
    if report.findings:
        yield "## Findings"
        yield ""
    for shown in report.findings:
        yield from _finding(shown)


def _finding(entry: ShownFinding) -> Iterator[str]:
    finding = entry.finding
    at = f" at {code(finding.operation_id)}" if finding.operation_id else ""
    yield f"### {entry.number}. {_escape(finding.rule)}{at}{' (waived)' if entry.waived is not None else ''}"
    yield ""
    if entry.rule is not None:
        yield f"{_escape(entry.rule.statement)} *Source: {_escape(entry.rule.citation)} ({entry.rule.status}).*"
        yield ""
    if entry.waived is not None:
        yield f"- waived: {_escape(entry.waived)}"
    yield f"- {finding.source}: {_escape(finding.name.replace('_', ' '))}"
    yield f"- expected: {code(finding.expected)}"
    yield f"- seen: {code(finding.seen)}"
    yield f"- certainty: {_escape(entry.certainty)}"
    for number, one in enumerate(entry.exchanges, 1):
        yield f"- call {number}: {code(f'{one.method} {one.url}')} → {one.status or code(one.error or 'no answer')}"
    yield ""
    if entry.repeat.curl:
        yield "<details><summary>To reproduce it</summary>"
        yield ""
        yield _code_block(entry.repeat.curl, "sh")
        yield ""
        yield "</details>"
        yield ""


def _gaps(report: Report) -> Iterator[str]:
    if report.causes:
        yield "## Not checked"
        yield ""
        for group in report.causes:
            yield f"- {_escape(group.title)} ({', '.join(group.rules)})"
        yield ""
    if report.passing_causes:
        yield f"{RESUMING[0]} {code(RESUMING[1])} {RESUMING[2]}"
        yield ""


def _observations(report: Report) -> Iterator[str]:
    if report.observation_lines:
        yield "## Observed"
        yield ""
        yield from (f"- {_escape(line)}" for line in report.observation_lines)
        yield ""


def _about(report: Report) -> Iterator[str]:
    yield "## Run"
    yield ""
    for name, value in as_facts(report.run_facts):
        yield f"- {_escape(name)}: {code(value)}"


def _escape(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", words))


def code(words: str) -> str:
    """A code span; it holds whatever the words hold."""
    words = _BREAKS.sub(" ", words).strip() or " "
    ticks = _ticks_around(words, at_least=1)
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"


def _code_block(block: str, language: str) -> str:
    ticks = _ticks_around(block, at_least=3)
    return f"{ticks}{language}\n{block.rstrip()}\n{ticks}"


def _ticks_around(content: str, *, at_least: int) -> str:
    """More backticks than stand together anywhere in the content."""
    return max(["`" * at_least, *(f"{run}`" for run in re.findall(r"`+", content))], key=len)
