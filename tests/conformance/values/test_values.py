"""Plain values of a run: requests, JSON contents, scenarios, causes and errors."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.values import scenario as scenarios
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.certainty import standing_of
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation, RunStopped
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none, texts
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.conformance.values.scenario import POWERS, Scenario, holds, scenario
from tests.conformance.report.samples import BEGIN


@pytest.mark.parametrize(
    ("method", "safety", "idempotent"),
    [
        ("GET", "read", True),
        ("POST", "read", True),
        ("PUT", "update", True),
        ("DELETE", "delete", True),
        ("POST", "create", False),
        ("PATCH", "update", False),
        ("POST", "irreversible", False),
    ],
)
def test_a_request_is_idempotent_by_its_method_or_because_it_reads(method: str, safety: Any, idempotent: bool) -> None:
    assert Request("vtex", "any", method, "https://a", safety=safety).is_idempotent is idempotent


@pytest.mark.parametrize(
    ("length", "headers", "obstacle"),
    [
        (65_536, {"A": "b"}, None),
        (65_537, {}, "the URL would have 65537 characters, because it contains values of a response; nothing was sent"),
        (20, {"A": "b", "C": "é"},
         "a header would contain characters of a response that HTTP does not allow; nothing was sent"),
        (20, {}, None),
    ],
)  # fmt: skip
def test_a_request_that_an_answer_made_unfit_is_not_sent(
    length: int, headers: dict[str, str], obstacle: str | None
) -> None:
    assert Request("vtex", None, "GET", "https://a/".ljust(length, "x"), headers).obstacle == obstacle


@pytest.mark.parametrize(
    ("content", "value"),
    [(b'{"a": [1]}', {"a": [1]}), (b"", None), (b"{", None), (b"\xff\xfe\xfd", None), (b"[" * 100_000, None)],
)  # fmt: skip
def test_a_body_that_is_no_json_is_none(content: bytes, value: Any) -> None:
    assert json_or_none(content) == value


def test_texts_are_found_at_any_depth_and_names_where_they_are_asked_for() -> None:
    value = {"a": "b", "c": [{"d": "e"}, "f", ["g", 7, None, True]], "h": {"i": 1.5}}
    assert list(texts(value)) == ["b", "e", "f", "g"]
    assert list(texts(value, names=True)) == ["a", "c", "h", "b", "d", "e", "f", "g", "i"]
    assert list(texts("alone")) == ["alone"]
    assert list(texts(7)) == []


def test_a_scenario_is_registered_with_what_it_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    registry: list[Scenario] = []
    monkeypatch.setattr(scenarios, "REGISTRY", registry)

    def _a_rule_that_holds(api: Any) -> None: ...

    assert scenario("VTEX-TTL-1")(_a_rule_that_holds) is _a_rule_that_holds
    scenario("VTEX-TTL-1", needs=POWERS, dialect="guide", waits=True)(_a_rule_that_holds)
    scenario("VTEX-TTL-2", needs=["write"], immediate=True)(_a_rule_that_holds)
    scenario("VTEX-TTL-2", needs=(each for each in ("read", "erase")), assumed=True)(_a_rule_that_holds)
    name = "a_rule_that_holds"
    assert registry == [
        Scenario("VTEX-TTL-1", name, _a_rule_that_holds, frozenset()),
        Scenario("VTEX-TTL-1", name, _a_rule_that_holds, POWERS, dialect="guide", waits=True),
        Scenario("VTEX-TTL-2", name, _a_rule_that_holds, frozenset({"write"}), immediate=True),
        Scenario("VTEX-TTL-2", name, _a_rule_that_holds, frozenset({"read", "erase"}), assumed=True),
    ]
    first = registry[0]
    assert (first.dialect, first.waits, first.immediate, first.assumed) == (None, False, False, False)


def test_a_scenario_cannot_need_a_power_that_no_target_grants(monkeypatch: pytest.MonkeyPatch) -> None:
    registry: list[Scenario] = []
    monkeypatch.setattr(scenarios, "REGISTRY", registry)
    with pytest.raises(ValueError, match=r"^VTEX-TTL-1: unknown power fly, walk$"):
        scenario("VTEX-TTL-1", needs=("walk", "read", "fly"))
    assert registry == []


@pytest.mark.parametrize(
    ("condition", "seen", "told"),
    [(False, "an answer", "an answer"), ([], 7, "7"), (None, ["a"], "['a']"), (0, None, "None")],
)
def test_what_does_not_hold_is_told_with_what_was_seen(condition: Any, seen: Any, told: str) -> None:
    with pytest.raises(RuleViolation) as broken:
        holds(condition, "a rule", seen)
    assert (broken.value.expected, broken.value.seen) == ("a rule", told)
    assert str(broken.value) == f"expected a rule; saw {told}"
    holds(True, "a rule", seen)
    holds(["anything"], "a rule", seen)


def test_a_phrase_that_quotes_an_answer_is_bounded() -> None:
    violation = RuleViolation("a" * 8_192, "b" * 9_000)
    assert (len(violation.expected), len(violation.seen)) == (8_192, 8_192)
    assert len(RuleViolation("a" * 8_193, "b").expected) == 8_192


def test_equal_causes_are_one_whatever_call_showed_them_first() -> None:
    cause = Cause("setup", "a customer could not be set up")
    assert cause == Cause("setup", "a customer could not be set up", "GET /a", ("CreateClientProfile", 500))
    assert len({cause, Cause("setup", cause.text, "GET /b"), Cause("setup", cause.text, failed=("a", 400))}) == 1
    assert cause != Cause("target", cause.text)
    assert cause != Cause("setup", "an address could not be set up")


def test_a_reason_why_nothing_is_checked_keeps_its_cause() -> None:
    cause = Cause("network", "the host cannot be reached", "GET /a", ("CreateClientProfile", 503))
    error = CannotCheck.of(cause)
    assert (error.cause, error.cause.failed, error.cause.first) == (cause, ("CreateClientProfile", 503), "GET /a")
    assert str(error) == "the host cannot be reached"
    assert not error.was_sent
    plain = CannotCheck("nobody knows how", "datum", "GET /b")
    assert (str(plain), plain.cause.kind, plain.cause.first) == ("nobody knows how", "datum", "GET /b")
    assert CannotCheck("nobody knows how").cause.kind == "target"
    stop = RunStopped()
    assert (str(stop), stop.cause) == ("the run was stopped", Cause("stopped", "the run was stopped"))


@pytest.mark.parametrize(
    ("broken", "held", "obstacle", "standing"),
    [
        (2, 0, None, "breaks"),
        (3, 0, "network", "breaks"),
        (2, 1, "intermediary", "breaks"),
        (1, 2, None, "unstable"),
        (1, 0, None, "unstable"),
        (1, 0, "limit", "unstable"),
        (1, 0, "stopped", "unstable"),
        (1, 1, "network", "unstable"),
        (1, 1, "unavailable", "unstable"),
        (1, 1, "setup", "unstable"),
        (1, 0, "network", None),
        (1, 0, "setup", None),
        (1, 1, "intermediary", None),
        (1, 1, "credentials", None),
        (1, 1, "target", None),
    ],
)
def test_a_failure_breaks_if_it_was_seen_twice_and_is_unstable_only_where_conditions_were_sound(
    broken: int, held: int, obstacle: Any, standing: str | None
) -> None:
    cause = None if obstacle is None else Cause(obstacle, "what stood in the way")
    assert standing_of(broken, held, cause) == standing


@pytest.mark.parametrize(
    ("status", "sent", "unsent"), [(None, False, True), (None, True, False), (200, True, False), (200, False, False)]
)
def test_a_call_without_answer_and_time_was_never_sent(status: int | None, sent: bool, unsent: bool) -> None:
    call = Exchange("vtex", None, "GET", "https://a", {}, b"", status, sent_at=BEGIN if sent else None)
    assert call.is_unsent is unsent
