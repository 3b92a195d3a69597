"""What the terminal shows of a run at its end."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from pii_sandbox.conformance.report import Live
from pii_sandbox.conformance.values.findings import RuleResult, RunResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from tests.conformance.report.small_runs import FOUND, POWER, breaking, cause, rule, run, run_of_all_outcomes

RESULT = """\
API              breaks  waived  unstable  drift  conforms  not checked
VTEX                  1       1         1      1         2            1
Oracle Commerce       0       0         0      0         1            0
not checked, 1 rule: no power
1. VTEX-2, it is so
   expected status 404
   saw status 200
2. VTEX-2, it is so
   expected status 404
   saw no answer
3. VTEX-3, it is so (waived: ticket 4711)
   expected status 404
   saw status 200
4. VTEX-6, it is so
   expected status 404
   saw status 200
   unstable; seen in 1 of 2 plays
5. VTEX-7, it is so
   expected status 404
   saw status 200
   unstable; seen in 1 of 2 plays
6. VTEX-7, it is so
   expected status 404
   saw status 200
   unstable; seen in 1 of 2 plays
7. generated:status_code_conformance, status codes
   expected status 404
   saw status 200
8. generated:status_code_conformance, status codes
   expected status 404
   saw status 200
   unstable; seen in 2 of 2 plays
lag, vtex GetProfile: a read showed the run's own write after 1.5 s
lag, vtex ListProfiles: a read showed the run's own write after 1.0 s
not created by this run, left unchanged: entry 1
not created by this run, left unchanged: entry 2
"""


def result_lines(result: RunResult, width: int = 80, **about: Any) -> list[str]:
    out = io.StringIO()
    Live(Console(file=out, width=width, **about)).print_result(result)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_the_terminal_shows_counts_causes_findings_and_observations_and_the_headline_last() -> None:
    *lines, headline = result_lines(run_of_all_outcomes())
    assert "\n".join([*lines, ""]) == RESULT
    assert headline.startswith("7 of 8 rules checked at shop.example.com (VTEX)")
    assert headline.endswith("; 1 not checked, because no power")  # on one line, however long


@pytest.mark.parametrize(
    ("standing", "broken", "certainty"),
    [
        ("breaks", 1, ["   seen in the only play; a limit or the end of the run prevented a second one"]),
        ("breaks", 2, []),
        ("breaks", 3, []),
        ("assumed", 2, ["   differs from an assumed behaviour, which no document states; seen in 2 of 2 plays"]),
    ],
)
def test_a_finding_that_is_not_sure_says_so(standing: Any, broken: int, certainty: list[str]) -> None:
    found = replace(FOUND, standing=standing, broken=broken, played=broken)
    assert result_lines(run(breaking(2, found)), 100)[3:-1] == [
        "   expected status 404",
        "   saw status 200",
        *certainty,
    ]


LONG = "a long cause " * 9


@pytest.mark.parametrize(
    ("about", "lines"),
    [
        ({}, []),
        ({"complete": False}, ["the run was cut short"]),
        ({"revealed": "ticket 9"}, ["personal data is shown: ticket 9"]),
        ({"min_checked": 50}, []),
        ({"min_checked": 51}, ["fewer than 51 % of the rules were checked (--min-checked)"]),
        ({"facts": {"left alone": ["two\nlines"]}}, ["not created by this run, left unchanged: two\\nlines"]),
    ],
)
def test_what_keeps_a_result_from_being_all_there_is_to_say_stands_before_the_headline(
    about: dict[str, Any], lines: list[str]
) -> None:
    result = run(rule(1, "conforms"), rule(2, "not checked", cause("setup", LONG)), **about)
    assert result_lines(result, width=60)[2:-1] == [f"not checked, 1 rule: {LONG}".rstrip(), *lines]


def test_long_lines_are_left_to_the_terminal() -> None:
    drift = Observations(drift=(Drift("vtex", "GetProfile", LONG),))
    lines = result_lines(run(rule(1, "conforms"), observations=drift, facts={"left alone": [LONG]}), width=50)
    assert lines[2:-1] == [
        f"drift, vtex GetProfile: {LONG} is in no document",
        f"not created by this run, left unchanged: {LONG}".rstrip(),
    ]


COLOURED: dict[str, Any] = {"force_terminal": True, "color_system": "standard", "width": 100}


def test_findings_that_are_waived_have_another_colour() -> None:
    lines = result_lines(run(breaking(1, FOUND), breaking(2, FOUND, waived="ticket")), **COLOURED)
    assert "\x1b[1;31m1. VTEX-1, it is so\x1b[0m" in lines
    assert "\x1b[33m2. VTEX-2, it is so (waived: ticket)\x1b[0m" in lines


@pytest.mark.parametrize(
    ("rules", "style"),
    [
        ([rule(1, "conforms")], "\x1b[1;32m"),
        ([breaking(1, FOUND)], "\x1b[1;31m"),
        ([rule(1, "not checked", POWER)], "\x1b[1;33m"),
    ],
)
def test_the_headline_has_the_colour_of_the_exit_code(rules: list[RuleResult], style: str) -> None:
    assert result_lines(run(*rules), **COLOURED)[-1].startswith(style)


def test_the_live_view_is_off_the_terminal_before_the_result() -> None:
    out = io.StringIO()
    live = Live(Console(file=out, force_terminal=True, width=80, color_system=None))
    live.on_start(1)
    live.print_result(run(rule(1, "conforms")))
    bar, _, result = out.getvalue().rpartition("\x1b[2K")
    assert "0/1" in bar
    assert result.startswith("API ")
