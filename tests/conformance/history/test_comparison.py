"""A sandbox and a target side by side."""

from __future__ import annotations

import io
import json

from rich.console import Console

from pii_sandbox.conformance.history import comparison as history_comparison
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import comparison_table
from pii_sandbox.conformance.values.findings import Finding
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
