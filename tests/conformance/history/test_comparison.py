"""A sandbox and a target side by side."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from pii_sandbox.conformance.history import comparison as history_comparison
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import comparison_table, content
from pii_sandbox.conformance.values.findings import Exchange, Finding
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange

PATH = "/v1/d/pii/profiles"
CALLS = (
    exchange(
        "newstore", "getOrCreateProfile", "POST", PATH, request_body={"email": "ada@lovelace.example"}, status=201
    ),
    exchange(
        "newstore", "getOrCreateProfile", "POST", PATH, request_body={"email": "ADA@lovelace.example"}, status=201, at=1
    ),
)
KEPT = (
    CALLS[0],
    exchange("newstore", "getOrCreateProfile", "POST", PATH, request_body={"email": "b@c.example"}, status=200, at=1),
)
BROKEN = Finding(
    "NS-GOC-1", "newstore", "getOrCreateProfile", "scenario", "it_is_so", "status 200", "status 201", CALLS
)


def test_each_rule_is_the_same_or_differs_or_nobody_knows() -> None:
    comparison = history_comparison.compare_runs(samples.run(), samples.run(BROKEN), Redactor("guide"))
    rows = {row.rule: row for row in comparison.rows}
    assert (rows["NS-GOC-1"].sandbox, rows["NS-GOC-1"].target, rows["NS-GOC-1"].agrees) == ("conforms", "breaks", False)
    assert rows["NS-GOC-2"].agrees is True
    assert rows["OCC-LANG-1"].agrees is None
    assert [row.rule for row in comparison.differing_rows] == ["NS-GOC-1"]


def test_a_difference_has_both_answers_redacted() -> None:
    kept = {("NS-GOC-1", "it_is_so"): KEPT}
    comparison = history_comparison.compare_runs(
        samples.run(), samples.run(BROKEN), Redactor("guide"), sandbox_answers=kept
    )
    (difference,) = comparison.differences
    assert difference.sandbox is not None
    assert difference.target is not None
    assert (difference.sandbox.status, difference.target.status) == (200, 201)
    assert (difference.seen_at_sandbox, difference.seen_at_target) == (None, "status 201")
    assert json.loads(difference.target.request_body)["email"].startswith("email#")


def test_answers_that_nobody_kept_are_told_as_such() -> None:
    comparison = history_comparison.compare_runs(samples.run(BROKEN), samples.run(), Redactor("guide"))
    out = io.StringIO()
    comparison_table.print_comparison(comparison, Console(file=out, width=160))
    assert "its responses were not kept" in out.getvalue()
    assert f"1 of {len(comparison.rows) - 1} rules that were checked at both differ; 1 were not." in out.getvalue()
    assert "| NS-GOC-1 | breaks | conforms | **differs** |" in comparison_table.markdown(comparison)


@pytest.mark.parametrize(
    ("sandbox", "target", "agrees"),
    [
        ("conforms", "conforms", True),
        ("breaks", "drift", True),
        ("conforms", "waived", False),
        ("unstable", "conforms", False),
        ("not checked", "conforms", None),
        ("breaks", "not checked", None),
    ],
)
def test_a_rule_agrees_where_both_conform_or_neither_does(
    sandbox: content.Outcome, target: content.Outcome, agrees: bool | None
) -> None:
    row = history_comparison.Row("NS-GOC-1", sandbox, target)
    assert row.agrees is agrees
    comparison = history_comparison.Comparison("staging", (row,), ())
    assert comparison.differing_rows == ((row,) if agrees is False else ())


def compare(sandbox: Finding | None, target: Finding | None, **answers: Any) -> history_comparison.Comparison:
    here, there = (samples.run(*filter(None, [found])) for found in (sandbox, target))
    return history_comparison.compare_runs(here, there, Redactor("guide"), **answers)


def test_rules_of_which_one_run_knows_nothing_are_not_compared() -> None:
    target = samples.run(BROKEN)
    target = replace(target, rules=tuple(rule for rule in target.rules if rule.rule != "NS-LOCK-1"))
    comparison = history_comparison.compare_runs(samples.run(), target, Redactor("guide"))
    assert [row.rule for row in comparison.rows] == [rule.rule for rule in target.rules]


@pytest.mark.parametrize("at_sandbox", [True, False])
def test_a_difference_says_at_which_side_what_was_seen(at_sandbox: bool) -> None:
    (difference,) = compare(*((BROKEN, None) if at_sandbox else (None, BROKEN))).differences
    assert (difference.rule, difference.scenario, difference.expected) == ("NS-GOC-1", "it_is_so", "status 200")
    seen = (difference.seen_at_sandbox, difference.seen_at_target)
    assert seen == (("status 201", None) if at_sandbox else (None, "status 201"))


def test_what_differs_for_no_scenario_is_no_difference() -> None:
    generated = replace(BROKEN, source="generated", name="status codes")
    assert compare(None, generated).differences == ()
    assert compare(BROKEN, replace(BROKEN, seen="status 500")).differences == ()  # neither conforms


def calls(*texts: str) -> tuple[Exchange, ...]:
    """Calls from `GET getData` and the like, each with its number as status, from 201 on."""
    made = []
    for number, text in enumerate(texts, 201):
        method, _, operation = text.partition(" ")
        made.append(exchange("newstore", operation or None, method, f"/v1/{number}", status=number))
    return tuple(made)


MANY = ("GET getData", "POST createData", "GET getProfile")


@pytest.mark.parametrize(
    ("found", "kept", "shown"),
    [
        (MANY, MANY, (203, 203)),
        (MANY, (), (203, None)),
        (MANY, ("POST getProfile", "GET getData"), (203, None)),
        (MANY, ("GET getProfile", "GET getProfile", "GET getData"), (203, 201)),
        (("GET getData", "GET getData"), ("GET getData", "GET getData", "GET getData", "GET getData"), (202, 202)),
        (("GET getData",) * 3, ("GET getData", "GET getData", "GET getProfile"), (203, 202)),
        (("GET getProfile", "GET getData", "GET getData"), ("GET getData", "GET getData", "GET getData"), (203, 202)),
        (("POST", "GET", "GET"), ("GET", "GET", "POST", "GET"), (203, 202)),
        (("POST", "POST", "GET"), ("POST", "POST", "GET", "GET"), (203, 203)),
        ((), MANY, (None, 203)),
        ((), (), (None, None)),
    ],
)
@pytest.mark.parametrize("at_sandbox", [True, False])
def test_a_difference_shows_the_last_call_of_a_finding_and_the_one_that_matches_it(
    found: tuple[str, ...], kept: tuple[str, ...], shown: tuple[int | None, int | None], at_sandbox: bool
) -> None:
    finding = replace(BROKEN, exchanges=calls(*found))
    answers = {("NS-GOC-1", "it_is_so"): calls(*kept)}
    if at_sandbox:
        (difference,) = compare(finding, None, target_answers=answers).differences
        sides = (difference.sandbox, difference.target)
    else:
        (difference,) = compare(None, finding, sandbox_answers=answers).differences
        sides = (difference.target, difference.sandbox)
    assert tuple(side and side.status for side in sides) == shown


NAME = "Zx-Quill"  # personal by its place alone: it has no form that gives it away
NAMED = exchange(
    "vtex", "CreateClientProfile", "POST", "/api/storage/profile-system/profiles", request_body={"lastName": NAME}
)


@pytest.mark.parametrize("place", ["the finding", "the other side", "another difference"])
def test_a_personal_value_of_any_call_is_in_no_text_of_a_comparison(place: str) -> None:
    finding = replace(BROKEN, expected=f"nobody but {NAME}", seen=f"{NAME} twice", exchanges=CALLS)
    other = replace(BROKEN, rule="NS-LOCK-1", exchanges=(NAMED, *CALLS))
    kept = {}
    findings = [finding]
    if place == "the finding":
        findings = [replace(finding, exchanges=(NAMED, *CALLS))]
    elif place == "the other side":
        kept = {("NS-GOC-1", "it_is_so"): (NAMED, *KEPT)}
    else:
        findings.append(other)
    comparison = history_comparison.compare_runs(
        samples.run(), samples.run(*findings), Redactor("guide"), sandbox_answers=kept
    )
    assert "name#" in str(comparison.differences[0].seen_at_target)
    assert NAME not in str(comparison)


def test_a_personal_value_that_a_finding_names_is_hidden_wherever_it_is_repeated() -> None:
    seen = json.dumps({"lastName": NAME})
    comparison = compare(None, replace(BROKEN, expected=f"nobody but {NAME}", seen=seen))
    assert NAME not in str(comparison)
