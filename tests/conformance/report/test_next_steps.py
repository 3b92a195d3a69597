"""What to do after a run, the most urgent first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pii_sandbox.conformance.report.next_steps import next_steps
from pii_sandbox.conformance.values.causes import CauseKind
from pii_sandbox.conformance.values.findings import RuleResult, RunResult
from pii_sandbox.specs import catalogue
from tests.conformance.report.small_runs import CHECK, FOUND, breaking, cause, rule, run, small_report

FOLDER, LEDGER = Path("report"), Path("ledger.jsonl")
HELD = rule(1, "conforms")
SHARE = ["share report/report.html", "repeat this exact run: add --seed 7"]
RESUME = "pii-sandbox check --resume report"


def missing(*kinds: CauseKind) -> list[RuleResult]:
    return [rule(number, "not checked", cause(kind, f"{kind}!")) for number, kind in enumerate(kinds, 2)]


def steps(result: RunResult, folder: Path | None = FOLDER, ledger: Path | None = LEDGER) -> list[str]:
    return next_steps(small_report(result), folder, ledger)


@pytest.mark.parametrize(
    ("facts", "ledger", "first"),
    [
        ({"left behind": 2}, LEDGER, "delete what the run left behind (2): pii-sandbox cleanup ledger.jsonl"),
        ({"left behind": 2}, None, SHARE[0]),
        ({"left behind": 0}, LEDGER, SHARE[0]),
        ({}, LEDGER, SHARE[0]),
    ],
)
def test_what_a_run_left_behind_is_deleted_first(facts: dict[str, int], ledger: Path | None, first: str) -> None:
    assert steps(run(HELD, facts=facts), FOLDER, ledger)[0] == first


@pytest.mark.parametrize(
    ("complete", "folder", "first"),
    [
        (False, FOLDER, f"finish the run: {RESUME}"),
        (False, None, "write a report to share: add --report DIR"),
        (True, FOLDER, SHARE[0]),
    ],
)
def test_a_run_that_was_cut_short_is_finished(complete: bool, folder: Path | None, first: str) -> None:
    assert steps(run(HELD, complete=complete), folder)[0] == first


@pytest.mark.parametrize(
    ("kinds", "unfinished", "complete", "first"),
    [
        (["network"], False, True, f"once the host answers, check the 1 rule that could not be checked: {RESUME}"),
        (
            ["network", "throttled", "throttled"], True, True,
            "once the host answers, check the 3 rules that could not be checked and finish the generated calls: "
            f"{RESUME}",
        ),
        ([], True, True, f"once the host answers, finish the generated calls: {RESUME}"),
        ([], True, False, f"finish the run: {RESUME}"),
        (["power"], False, True, "check 1 more rule, with more powers in the target file: power!"),
    ],
)  # fmt: skip
def test_what_a_host_kept_from_the_run_is_done_once_it_answers(
    kinds: list[CauseKind], unfinished: bool, complete: bool, first: str
) -> None:
    facts = {"generated calls unfinished": unfinished}
    told = steps(run(HELD, *missing(*kinds), facts=facts, complete=complete))
    assert told[0] == first
    assert sum("once the host" in step for step in told) == first.startswith("once the host")


def test_without_a_folder_a_run_cannot_be_resumed_but_repeated() -> None:
    how = "run again with --report DIR, which --resume DIR continues"
    told = steps(run(HELD, *missing("network")), None)
    assert told[0] == f"once the host answers, check the 1 rule that could not be checked: {how}"


@pytest.mark.parametrize(
    ("kinds", "complete", "folder", "told"),
    [
        (["credentials"], True, FOLDER, [f"fix what kept 1 rule from being checked: credentials!; then {RESUME}"]),
        (["credentials"], True, None, ["fix what kept 1 rule from being checked: credentials!"]),
        (["credentials"], False, FOLDER, ["fix what kept 1 rule from being checked: credentials!"]),
        (["url"], True, FOLDER, ["fix what kept 1 rule from being checked: url!"]),
        (
            ["url", "url", "wrong dialect"], True, FOLDER,
            [
                "fix what kept 1 rule from being checked: wrong dialect!",
                "fix what kept 2 rules from being checked: url!",
            ],
        ),
        (["setup"], True, FOLDER, []),
        (["power"], True, FOLDER, []),
    ],
)  # fmt: skip
def test_what_kept_rules_from_being_checked_is_fixed(
    kinds: list[CauseKind], complete: bool, folder: Path | None, told: list[str]
) -> None:
    found = steps(run(HELD, *missing(*kinds), complete=complete), folder)
    assert [step for step in found if step.startswith("fix ")] == told


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("power", "with more powers in the target file"),
        ("limit", "with higher limits in the target file"),
    ],
)
def test_a_target_may_be_granted_more(kind: CauseKind, how: str) -> None:
    assert steps(run(HELD, *missing(kind)))[0] == f"check 1 more rule, {how}: {kind}!"


KNOWN = catalogue.rules("vtex")[0].id
READ = f"read the rule and its source: pii-sandbox rules {KNOWN}"
BROKEN = RuleResult(KNOWN, "vtex", "breaks", (replace(FOUND, rule=KNOWN),))


@pytest.mark.parametrize(
    ("rules", "folder", "told"),
    [
        ([BROKEN], FOLDER, ["see each finding with its calls, as commands: report/report.html", READ]),
        ([BROKEN], None, ["see the calls of each finding, as commands: add --report DIR", READ]),
        (
            [breaking(2, FOUND), BROKEN], FOLDER,
            ["see each finding with its calls, as commands: report/report.html", READ],
        ),
        ([breaking(2, FOUND)], FOLDER, ["see each finding with its calls, as commands: report/report.html"]),
        ([replace(BROKEN, waived="ticket"), HELD], FOLDER, ["repeat this exact run: add --seed 7"]),
        ([HELD], FOLDER, SHARE),
    ],
)  # fmt: skip
def test_findings_are_looked_at_unless_they_are_waived(
    rules: list[RuleResult], folder: Path | None, told: list[str]
) -> None:
    record = [step for step in (steps(run(*rules), folder)) if not step.startswith("record ")]
    assert record == told


def test_a_run_in_which_nothing_was_checked_is_not_to_be_repeated() -> None:
    told = steps(run(*missing("setup")))
    assert told == ["share report/report.html"]


def test_there_are_three_steps_at_most() -> None:
    result = run(HELD, *missing("network", "credentials", "power"), generated=(CHECK,), facts={"left behind": 2})
    assert [step.split()[0] for step in steps(result)] == ["delete", "once", "fix"]
