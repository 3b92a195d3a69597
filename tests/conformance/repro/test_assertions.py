"""What a reproduction expects of the last answer: a status, or that it is no longer what the finding saw."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.repro.assertions import LARGEST, Assertion, assertion_for
from pii_sandbox.conformance.repro.placeholder_values import PlaceholderFactory
from pii_sandbox.conformance.repro.steps import Step
from pii_sandbox.redaction.schema_marks import SchemaMark
from tests.conformance.report.samples import finding
from tests.conformance.repro.reproductions import step

NAME = SchemaMark("full_name")


def assertion(*steps: Step, expected: str = "the email in clear", sent: frozenset[str] = frozenset()) -> Assertion:
    placeholders = PlaceholderFactory([("Zoraida Quixbury", NAME), ("Ana", NAME), ("loyalty_zq", NAME)])
    return assertion_for(finding("NS-LOCK-1", expected=expected), steps, placeholders, sent)


def repeated(answer: Any, sent: frozenset[str] = frozenset()) -> Any:
    """What the body of an answer is compared with."""
    return assertion(step(answer=answer), sent=sent).body


@pytest.mark.parametrize(
    ("expected", "statuses"),
    [
        ("status 404", (404,)),
        ("status 400 or 404 or 422", (400, 404, 422)),
        ("status 404 with Allow", ()),
        ("no status 404", ()),
        ("the email in clear", ()),
    ],
)
def test_an_expected_status_is_all_that_is_asserted(expected: str, statuses: tuple[int, ...]) -> None:
    found = assertion(step(answer={"id": "a"}), expected=expected)
    assert found.statuses == statuses
    assert (found == Assertion(statuses)) is bool(statuses)


@pytest.mark.parametrize(
    ("groups", "seen"),
    [
        ([(0, 201), (1, 404), (2, 200)], (200,)),
        ([(0, 201), (1, 404), (1, 200)], (200, 404)),
        ([(0, 201), (1, 409), (1, None), (1, 200)], (200, 409, None)),
        ([(0, 409), (0, 200)], (200, 409)),
    ],
)
def test_the_statuses_that_were_seen_are_those_of_the_last_calls_alone(
    groups: list[tuple[int, int]], seen: tuple[int | None, ...]
) -> None:
    found = assertion(*(step(group=group, status=status, answer={"a": "b"}) for group, status in groups))
    assert found.seen == seen
    assert found.body == ({"a": "b"} if len(seen) == 1 else None)


def test_the_body_that_is_compared_is_the_last_one() -> None:
    found = assertion(*(step(group=at, answer={"number": at}) for at in range(3)))
    assert found.body == {"number": 2}


@pytest.mark.parametrize(
    ("answer", "is_compared"),
    [
        ([1] * (LARGEST - 1), True),
        ([1] * LARGEST, False),
        ({str(number): None for number in range(LARGEST - 1)}, True),
        ({str(number): None for number in range(LARGEST)}, False),
        ({"a": [1] * (LARGEST - 2)}, True),
        ({"a": [1] * (LARGEST - 1)}, False),
        ([{"a": 1}] * (LARGEST // 2), False),
        (b"<html>", False),
        (b"", False),
    ],
)
def test_a_body_of_a_few_values_is_compared_as_a_whole(answer: Any, is_compared: bool) -> None:
    assert repeated(answer) == (answer if is_compared else None)


@pytest.mark.parametrize(
    "stays",
    ["active", "", "12345", "ABC12", "Abcdefgh", "facade", "http:", True, False, 99_999, -99_999, 1.5e9, "x2026-01-31"],
)
def test_what_is_the_same_in_each_run_is_compared(stays: Any) -> None:
    assert repeated({"value": stays, "list": [stays]}) == {"value": stays, "list": [stays]}


@pytest.mark.parametrize(
    "passing",
    [
        "2026-01-31T09:30:00Z", "123456", "order 1234567", "http://a.test", "see https://a.test/b", "0a1b2c3d-4e5f",
        "0a1b2c3d4e5f", "NS-EU-01FXX4", "ABCDEF", 100_000, -100_000, 2**64, "J***", "j***.d**@e******.c**",
        "Zoraida Quixbury", "ZORAIDA QUIXBURY", "no customer Zoraida Quixbury", "by Zoráida Quixbury", "Ana",
    ],
)  # fmt: skip
def test_what_differs_from_run_to_run_or_is_personal_is_not_compared(passing: Any) -> None:
    assert repeated({"value": passing, "list": [passing, "active"]}) == {"value": ..., "list": [..., "active"]}


def test_what_the_steps_send_is_expected_again_as_they_send_it() -> None:
    sent = frozenset({"Zoraida Quixbury", "2026-01-31T09:30:00Z", "Tier 1234567"})
    body = repeated({"name": "Zoraida Quixbury", "at": "2026-01-31T09:30:00Z", "tier": "TIER 1234567"}, sent)
    placeholder = PlaceholderFactory([("Zoraida Quixbury", NAME)]).of("Zoraida Quixbury", NAME)
    assert body == {"name": placeholder, "at": "2026-01-31T09:30:00Z", "tier": "TIER 1234567"}
    assert "Quixbury" not in placeholder


def test_the_name_of_a_property_is_replaced_where_it_is_personal_and_no_word_of_the_documents() -> None:
    named = PlaceholderFactory([("loyalty_zq", NAME), ("email", NAME)])
    body = {"loyalty_zq": "active", "email": "active", "tier": "active"}
    found = assertion_for(finding("NS-LOCK-1", expected="a"), [step(answer=body)], named, frozenset())
    assert found.body == {named.of("loyalty_zq", NAME): "active", "email": "active", "tier": "active"}
    assert "loyalty_zq" not in found.body
