"""Nothing of the canary is in anything that leaves a run, in no encoding."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
from rich.console import Console

from pii_sandbox.conformance.history import comparison as history_comparison
from pii_sandbox.conformance.redaction import Quiet, Redactor
from pii_sandbox.conformance.report import FORMS, Live, comparison_table, content, write
from tests.conformance.report import canary, samples


def test_the_canary_is_seen_where_it_is() -> None:
    for value in canary.PERSON:
        for spelling in canary.spellings(value):
            assert value in canary.traces(f"before {spelling} after"), spelling


def test_the_sample_holds_all_of_the_canary() -> None:
    sent = "\n".join(repr(finding) for finding in samples.canary_findings())
    missing = set(canary.PERSON) - set(canary.traces(sent)) - {f"{canary.FIRST_NAME} {canary.LAST_NAME}"}
    assert not missing


def trained_redactor() -> Redactor:
    """A redactor that has seen all of the run."""
    redactor = Redactor("guide")
    for finding in samples.canary_findings():
        redactor.learn_finding(finding)
    return redactor


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    findings = samples.canary_findings()
    write(samples.run(*findings, generated=findings[:1]), folder, samples.target())
    return folder


@pytest.mark.parametrize("name", FORMS)
def test_no_form_holds_anything_of_the_canary(folder: Path, name: str) -> None:
    assert canary.traces((folder / name).read_text("utf-8")) == []


@pytest.mark.parametrize("target", [None, samples.target()], ids=["target unknown", "target known"])
def test_no_command_to_repeat_holds_anything_of_the_canary(target: object) -> None:
    report = content.report(samples.run(*samples.canary_findings()), samples.target() if target else None)
    for entry in report.findings:
        assert entry.repeat.curl
        assert canary.traces(entry.repeat.curl) == []
        assert canary.traces(entry.repeat.pytest) == []


@pytest.mark.parametrize("terminal", [True, False])
def test_the_terminal_shows_nothing_of_the_canary(terminal: bool) -> None:
    out = io.StringIO()
    findings = samples.canary_findings()
    redactor = trained_redactor()
    with Live(Console(file=out, force_terminal=terminal, width=400), redactor) as live:
        live.on_start(2)
        for finding in findings:
            live.on_scenario_start(finding.seen)
            live.on_scenario_end(finding.seen, f"breaks: {finding.seen}")
        live.print_result(samples.run(*findings))
    assert "rules checked at" in out.getvalue()
    assert canary.traces(out.getvalue()) == []


def test_a_finding_redacted_twice_is_as_it_was_after_the_first_time() -> None:
    redactor = trained_redactor()
    for finding in samples.canary_findings():
        once = redactor.finding(finding)
        assert canary.traces(repr(once)) == []
        assert Redactor("guide").finding(once) == once


def test_a_comparison_holds_nothing_of_the_canary() -> None:
    broken, *others = samples.canary_findings()
    here, there = samples.run(*others), samples.run(broken)
    responses = {(finding.rule, finding.name): finding.exchanges for finding in (broken, *others)}
    comparison = history_comparison.compare_runs(
        here, there, Redactor("guide"), sandbox_answers=responses, target_answers=responses
    )
    out = io.StringIO()
    comparison_table.print_comparison(comparison, Console(file=out, width=300))
    assert len(comparison.differences) == len(others) + 1
    assert canary.traces(out.getvalue()) == []
    assert canary.traces(comparison_table.markdown(comparison)) == []


def test_a_log_holds_nothing_of_the_canary() -> None:
    redactor = trained_redactor()
    finding = samples.canary_findings()[0]
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(Quiet(redactor))
    logger = logging.Logger("canary")
    logger.addHandler(handler)
    try:
        raise ValueError(finding.seen)
    except ValueError:
        logger.exception("HTTP Request: GET %s", finding.exchanges[1].url)
    assert "HTTP Request" in out.getvalue()
    assert "ValueError" in out.getvalue()
    assert canary.traces(out.getvalue()) == []


def test_with_a_reason_the_report_shows_the_person_and_is_marked_but_no_credentials(tmp_path: Path) -> None:
    write(samples.run(*samples.canary_findings(), revealed="ticket 4711"), tmp_path, samples.target())
    for name in FORMS:
        text = (tmp_path / name).read_text("utf-8")
        assert "ticket 4711" in text
        assert {canary.APP_TOKEN, canary.PASSWORD} & set(canary.traces(text)) == set()
    assert canary.EMAIL in (tmp_path / "report.json").read_text("utf-8")
