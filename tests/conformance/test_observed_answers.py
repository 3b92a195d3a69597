"""What `check --observe` tells of answers: shapes of bodies, media types, counts, and the rules that it is about."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.assumption_observer import AssumptionObserver, is_observed, shape
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Exchange, Finding, RuleResult, RunResult
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.specs import catalogue
from tests.conformance.report.samples import BEGIN

OBSERVED = [rule for rule in catalogue.rules("vtex") if is_observed(rule)][:2]
DOCUMENTED = next(rule for rule in catalogue.rules("vtex") if not rule.has_assumptions and rule.status != "withdrawn")


def nested(levels: int, value: Any) -> Any:
    for _ in range(levels):
        value = [value]
    return value


def known(levels: int, value: Any) -> Any:
    for _ in range(levels):
        value = {"email": value}
    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, "number"),
        (1.5, "number"),
        (True, "boolean"),
        (None, None),
        ("Ada", "text"),
        ([], []),
        ({}, {}),
        ({"email": "a@b.example", "lastName": None}, {"email": "text", "lastName": None}),
        ({"email": 1, "of hers": 2, "own": [3]}, {"email": "number", "(unknown properties)": 2}),
        ({"of hers": {"email": 1}}, {"(unknown properties)": 1}),
        ([7, "a", 8], ["number", "text"]),
        ([7, "a", True, None, [], {}, [1]], ["boolean", "number", "text", ["number"], []]),
        ([{"email": 1, "document": 2}, {"document": 3, "email": 4}], [{"document": "number", "email": "number"}]),
        (nested(6, 1), nested(6, "number")),
        (nested(7, 1), nested(7, "…")),
        (known(6, 1), known(6, "number")),
        (known(7, 1), known(7, "…")),
        ({"status": 404}, {"status": 404}),
        ({"status": 99}, {"status": "number"}),
        ({"status": 600}, {"status": "number"}),
        ({"status": 404.5}, {"status": "number"}),
        ({"statusCode": "404", "errorCode": "22004"}, {"statusCode": "404", "errorCode": "22004"}),
        ({"errorCode": 22004, "status": [404, "Ada"]}, {"errorCode": 22004, "status": ["text", 404]}),
        ({"errorCode": "Error"}, {"errorCode": "Error"}),
        ({"errorCode": "Adalbert"}, {"errorCode": "text"}),
        ({"errorCode": "error"}, {"errorCode": "text"}),
        ({"status": "an Error"}, {"status": "text"}),
        ({"email": 404, "document": "404", "title": "Error"}, {"email": "number", "document": "text", "title": "text"}),
    ],
)
def test_a_shape_has_types_for_values_and_the_codes_of_errors(value: Any, expected: Any) -> None:
    assert shape(value) == expected


def exchange(
    body: bytes = b"{}", status: int | None = 200, operation: str | None = "GetProfile", **headers: str
) -> Exchange:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Exchange("vtex", operation, "GET", "https://a", {}, b"", status, named, body)


def play(rule_id: str, name: str, *exchanges: Exchange, outcome: str = "holds") -> ScenarioResult:
    finding = Finding(rule_id, "vtex", None, "scenario", name, "a", "b")
    return ScenarioResult(
        Scenario(rule_id, name, lambda _: None, frozenset()),
        finding if outcome == "differs" else None,
        Cause("network", "away") if outcome == "not checked" else None,
        exchanges=exchanges,
    )


def told(*plays: ScenarioResult, facts: Any = None, rules: Any = (*OBSERVED, DOCUMENTED)) -> dict[str, Any]:
    observer = AssumptionObserver()
    for each in plays:
        observer.note(each)
    results = tuple(RuleResult(rule.id, "vtex", "conforms") for rule in rules)
    text = observer.text(RunResult("run", "t", BEGIN, 1.0, 7, frozenset(), results, facts=facts or {}), "0.1.0")
    value: dict[str, Any] = json.loads(text)
    assert text == json.dumps(value, ensure_ascii=True, indent=2) + "\n"
    return value


def answers(*exchanges: Exchange) -> list[dict[str, Any]]:
    rule = told(play(OBSERVED[0].id, "a", *exchanges))["rules"][0]
    listed: list[dict[str, Any]] = rule["scenarios"][0]["answers"]
    return listed


@pytest.mark.parametrize(
    ("headers", "media_type"),
    [
        ({}, "none"),
        ({"Content_Type": "application/json"}, "application/json"),
        ({"X_First": "text/plain", "content_type": "Text/HTML ; charset=utf-8"}, "text/html"),
        ({"Content_Type": "application/vnd.of-hers+json"}, "another"),
        ({"Content_Type": " ; charset=utf-8"}, "none"),
    ],
)
def test_a_media_type_is_told_if_it_is_a_common_one(headers: dict[str, Any], media_type: str) -> None:
    assert [answer["media type"] for answer in answers(exchange(**headers))] == [media_type]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", None),
        (b"null", None),
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[" * 8 + b"]" * 8, nested(7, "…")),
        (b"7", "number"),
    ],
)
def test_a_body_is_told_by_its_shape(body: bytes, expected: Any) -> None:
    assert [answer["body"] for answer in answers(exchange(body))] == [expected]


def test_answers_are_counted_by_operation_status_media_type_and_shape() -> None:
    first, other = exchange(b"[1]"), exchange(b'["a"]', 404, None)
    listed = answers(first, other, exchange(b"[2]"), exchange(status=None), first)
    assert [(each["operation"], each["status"], each["body"], each["times"]) for each in listed] == [
        ("GetProfile", 200, ["number"], 3),
        ("another call", 404, ["text"], 1),
    ]


def test_no_more_than_forty_answers_of_a_scenario_are_told() -> None:
    assert [each["status"] for each in answers(*(exchange(status=status) for status in range(400, 450)))] == list(
        range(400, 440)
    )


def test_each_assumed_rule_has_its_own_scenarios_and_what_they_came_to() -> None:
    first, second = (rule.id for rule in OBSERVED)
    plays = [
        play(first, "c", exchange(), outcome="not checked"),
        play(first, "a", exchange(), outcome="differs"),
        play(second, "a", exchange(status=404)),
        play(second, "a", exchange(status=404)),
        play(DOCUMENTED.id, "a", exchange()),
        play("NO-RULE-1", "a", exchange()),
    ]
    rules = {rule["rule"]: rule["scenarios"] for rule in told(*plays)["rules"]}
    outcomes = {
        rule: [(each["name"], each["outcome"], [answer["times"] for answer in each["answers"]]) for each in scenarios]
        for rule, scenarios in rules.items()
    }
    assert outcomes == {
        first: [("a", "differs", [1]), ("c", "not checked", [1])],
        second: [("a", "holds", [2])],
    }


def test_the_head_of_the_file_tells_version_day_dialect_and_powers() -> None:
    plain, other = told(), told(facts={"dialect": "reference"})
    assert {name: plain[name] for name in ("format", "pii-sandbox", "day", "dialect", "powers")} == {
        "format": 1,
        "pii-sandbox": "0.1.0",
        "day": "2026-01-31",
        "dialect": "guide",
        "powers": [],
    }
    assert other["dialect"] == "reference"
    assert told(facts={"dialect": "a host"})["dialect"] == "guide"


def test_a_rule_is_observed_if_a_part_of_it_is_assumed_and_it_is_not_withdrawn() -> None:
    assert not is_observed(DOCUMENTED)
    assert is_observed(OBSERVED[0])
    assert not is_observed(replace(OBSERVED[0], status="withdrawn"))
