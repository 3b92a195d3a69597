"""The headline of a report and the causes that it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.report import summary
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Finding, RuleResult
from tests.conformance.report.small_runs import CHECK, POWER, SPENT, cause, rule, run

HELD = [rule(number, "conforms") for number in (1, 2)]
UNSTABLE = replace(CHECK, standing="unstable")
LEFT_OUT = cause("left out", "scenarios were left out on request")
TITLES = {"vtex": "VTEX", "oracle": "Oracle"}


def headline(*rules: RuleResult, **about: Any) -> str:
    return summary.headline(run(*rules, **about), TITLES)


def after_the_place(*rules: RuleResult, **about: Any) -> str:
    return headline(*rules, **about).partition("shop.example.com (VTEX)")[2]


@pytest.mark.parametrize(
    ("rules", "rest"),
    [
        ([rule(1, "conforms")], "; none breaks"),
        ([*HELD, rule(3, "breaks")], "; 1 breaks"),
        ([rule(3, "breaks"), rule(4, "breaks")], "; 2 break"),
        ([*HELD, rule(3, "breaks", waived="ticket")], "; none breaks; 1 waived"),
        ([rule(1, "conforms", waived="ticket")], "; none breaks"),
        ([rule(3, "drift"), rule(4, "drift"), rule(5, "unstable")], "; none breaks; 1 unstable; 2 with drift"),
        ([*HELD, rule(3, "not checked")], "; none breaks; 1 not checked"),
        ([rule(3, "not checked", POWER), rule(4, "not checked", POWER)], "; 2 not checked, because no power"),
        (
            [rule(3, "not checked", SPENT), rule(4, "not checked", POWER, SPENT), rule(5, "not checked", POWER)],
            "; 3 not checked, 2 of them because no power; 1 more cause below",
        ),
        (
            [rule(number, "not checked", cause("setup", f"{number}")) for number in range(4)],
            "; 4 not checked, 1 of them because 0; 3 more causes below",
        ),
    ],
)
def test_the_headline_counts_what_came_of_the_rules(rules: list[RuleResult], rest: str) -> None:
    assert after_the_place(*rules) == rest


@pytest.mark.parametrize(
    ("generated", "facts", "rest"),
    [
        ([CHECK], {}, "; 1 finding of generated calls beside the rules"),
        (
            [CHECK, CHECK, UNSTABLE],
            {},
            "; 2 findings of generated calls beside the rules; 1 unstable finding of generated calls",
        ),
        ([UNSTABLE] * 2, {}, "; 2 unstable findings of generated calls"),
        ([], {"generated calls unfinished": True}, "; the generated calls are not finished"),
        ([], {"generated calls": 5}, ""),
    ],
)
def test_the_headline_counts_findings_of_generated_calls(
    generated: list[Finding], facts: dict[str, Any], rest: str
) -> None:
    assert after_the_place(*HELD, generated=tuple(generated), facts=facts) == f"; none breaks{rest}"


@pytest.mark.parametrize(
    ("facts", "generated", "line"),
    [
        ({"generated calls": 1}, (), "1 generated call at shop.example.com (VTEX); nothing found"),
        ({"generated calls": 2000}, (), "2,000 generated calls at shop.example.com (VTEX); nothing found"),
        ({"generated calls": 0}, (), "0 generated calls at shop.example.com (VTEX); nothing checked"),
        ({}, (), "0 generated calls at shop.example.com (VTEX); nothing checked"),
        (
            {"generated calls": 3}, (CHECK,),
            "3 generated calls at shop.example.com (VTEX); 1 finding of generated calls",
        ),
    ],
)  # fmt: skip
def test_a_run_of_generated_calls_alone_has_a_headline_of_its_own(
    facts: dict[str, Any], generated: tuple[Finding, ...], line: str
) -> None:
    told = headline(rule(1, "not checked", LEFT_OUT), facts=facts, generated=generated)
    assert told == f"{line}; the rules were left out on request"


@pytest.mark.parametrize(
    ("rules", "start"),
    [
        ([rule(1, "not checked", LEFT_OUT), rule(2, "not checked", POWER)], "0 of 2 rules checked at"),
        ([rule(1, "not checked", LEFT_OUT), rule(2, "conforms")], "1 of 2 rules checked at"),
        ([rule(1, "conforms")], "1 of 1 rule checked at"),
        ([], "0 of 0 rules checked at no named host"),
    ],
)
def test_a_headline_is_of_rules_unless_all_were_left_out(rules: list[RuleResult], start: str) -> None:
    assert headline(*rules).startswith(start)


def test_the_headline_names_each_host_with_its_apis() -> None:
    rules = [rule(1, "conforms"), rule(1, "conforms", api="oracle"), rule(1, "conforms", api="other")]
    where = headline(*rules, rule(2, "conforms"), hosts={"vtex": "a", "other": "a", "unused": "b"})
    assert where == "4 of 4 rules checked at a (VTEX, other) and no named host (Oracle); none breaks"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * 160, "x" * 160),
        ("x" * 161, f"{'x' * 160}…"),
        (f"{'x' * 159}   and more", f"{'x' * 159}…"),
    ],
)
def test_a_long_cause_is_cut_in_the_headline(text: str, told: str) -> None:
    assert headline(rule(1, "not checked", cause("setup", text))).endswith(f"; 1 not checked, because {told}")


def test_a_rule_counts_for_its_first_cause_and_only_where_it_was_not_checked() -> None:
    groups = summary.cause_groups(
        [
            rule(1, "not checked", POWER, SPENT, LEFT_OUT),
            rule(2, "conforms", SPENT),
            rule(3, "not checked"),
            rule(4, "not checked", SPENT),
            rule(5, "not checked", SPENT, POWER),
        ]
    )
    assert [(group.cause, group.rules) for group in groups] == [(SPENT, ("VTEX-4", "VTEX-5")), (POWER, ("VTEX-1",))]


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("", "2 rules: refused for GET /x"),
        ("POST /y", "2 rules: refused for GET /x (first at POST /y)"),
        ("GET /x", "2 rules: refused for GET /x"),
    ],
)
def test_a_cause_is_told_with_the_call_at_which_it_showed_first(first: str, title: str) -> None:
    group = summary.CauseGroup(Cause("credentials", "refused for GET /x", first), ("A-1", "A-2"))
    assert group.title == title


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_joined_as_in_a_sentence(names: list[str], words: str) -> None:
    assert summary.join_with_and(names) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0 rules"), (1, "1 rule"), (2, "2 rules")])
def test_a_noun_has_the_number_of_its_count(count: int, words: str) -> None:
    assert summary.plural(count, "rule") == words
