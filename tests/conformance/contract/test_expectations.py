"""Statuses that a scenario asks for, and what of an answer is a violation of the document or drift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pii_sandbox.conformance.contract import expectations, operations
from pii_sandbox.conformance.values.errors import RuleViolation
from pii_sandbox.specs import Operation
from tests.conformance.contract.documents import PROBLEM, Documents, called, content, path_item

THING = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
OTHER = {
    "type": "object", "required": ["number"], "properties": {"number": {"type": "integer"}},
    "additionalProperties": False,
}  # fmt: skip


def thing(documents: Documents) -> Operation:
    """An operation whose other dialect answers otherwise, and whose 400 no document describes."""
    assumed = {"x-assumed": True, **content({"required": ["title"]}, PROBLEM)}
    responses = {"200": content(THING), "404": content({}, PROBLEM), "400": assumed}
    other = {**responses, "200": content(OTHER), "302": {}}
    return documents.operation({"/things": path_item(responses)}, {"/things": path_item(other)})


@pytest.mark.parametrize(
    ("status", "expected", "lenient", "refused"),
    [
        (404, None, False, False),
        (404, [404], False, False),
        (404, [200, 404], False, False),
        (404, [200, 201], False, True),
        (404, [400], True, True),
        (410, [404], False, True),
        (410, [404], True, False),
        (410, [200], True, True),
        (None, [200], True, True),
    ],
)
def test_a_status_that_was_not_asked_for_is_refused_unless_it_is_drift(
    status: int | None, expected: Sequence[int] | None, lenient: bool, refused: bool, documents: Documents
) -> None:
    facts = thing(documents)
    exchange = called(facts, status)
    if not refused:
        expectations.refuse_status(exchange, expected, facts, "guide", lenient=lenient)
        return
    with pytest.raises(RuleViolation) as raised:
        expectations.refuse_status(exchange, expected, facts, "guide", lenient=lenient)
    assert raised.value.expected == f"status {' or '.join(map(str, expected or ()))}"
    assert raised.value.seen == f"status {status}"


@pytest.mark.parametrize(
    ("answer", "strict", "lenient", "drift"),
    [
        ({"body": {"id": "a"}}, None, None, []),
        ({"body": {"id": "a", "tier": 1}}, None, None, ["property $.tier"]),
        ({"body": {"id": "a"}, "headers": {"X-Tier": "1"}}, None, None, ["header X-Tier"]),
        ({"body": {}}, "the whole breaks required: ['id']", "the whole breaks required: ['id']", []),
        ({"body": {"number": 7}}, "the whole breaks required: ['id']", None, ["property $.number"]),
        ({"body": {"number": 7, "tier": 1}}, "the whole breaks required: ['id']", None,
         ["property $.number", "property $.tier"]),
        ({"body": {"number": "7"}}, "the whole breaks required: ['id']", "the whole breaks required: ['id']", []),
        ({"body": {"number": 7, "id": 7}}, "id breaks type: 'string'", "id breaks type: 'string'", []),
        ({"body": {"number": "7", "id": 7}}, "id breaks type: 'string'", "id breaks type: 'string'", []),
        ({"status": 206, "body": {"id": "a"}}, "the undocumented status 206", None, ["status 206"]),
        ({"status": 302, "media": None}, "the undocumented status 302", None, []),
        ({"status": 303}, "the undocumented status 303", "the undocumented status 303", []),
        ({"status": 400, "body": {}, "media": PROBLEM}, "the whole breaks required: ['title']", None,
         ["status 400 with a body in which the whole breaks required: ['title']"]),
        ({"status": 400, "body": {"title": "a"}, "media": PROBLEM}, None, None, []),
        ({"method": "HEAD", "status": 206}, "the undocumented status 206", "the undocumented status 206", []),
        ({"method": "HEAD", "headers": {"X-Tier": "1"}}, None, None, []),
    ],
)  # fmt: skip
def test_what_a_vendor_adds_is_drift_where_the_target_is_a_vendors_own_and_a_violation_where_it_is_not(
    answer: dict[str, Any], strict: str | None, lenient: str | None, drift: list[str], documents: Documents
) -> None:
    facts = thing(documents)
    exchange = called(facts, **answer)
    for is_lenient, expected in ((False, strict), (True, lenient)):
        found = expectations.violation(exchange, facts, "guide", lenient=is_lenient)
        assert found is None if expected is None else expected in str(found)
        if expected is None:
            reported = expectations.refuse_undocumented(exchange, facts, "guide", lenient=is_lenient)
            assert [each.what for each in reported] == (drift if is_lenient else [])
        else:
            with pytest.raises(RuleViolation) as raised:
                expectations.refuse_undocumented(exchange, facts, "guide", lenient=is_lenient)
            assert raised.value.expected == "a response that conforms to the document"
            assert raised.value.seen == found


def test_an_empty_object_that_one_document_allows_excuses_no_wrong_value_that_the_other_knows() -> None:
    facts = operations.operation("oracle", "getProfileAsAdmin", "guide")
    wrong: list[dict[str, Any]] = [{"id": 7}, {"id": 7, "tier": 1}, {"email": []}]
    for body in wrong:
        assert expectations.violation(called(facts, body=body), facts, "guide", lenient=True) is not None, body
    assert expectations.violation(called(facts, body={"id": "a", "tier": 1}), facts, "guide", lenient=True) is None


def test_an_answer_is_a_violation_where_no_document_of_the_vendor_describes_it(documents: Documents) -> None:
    facts = documents.operation({"/things": path_item({"200": content(THING)})}, {})
    for lenient in (True, False):
        assert expectations.violation(called(facts, body={"id": "a"}), facts, "guide", lenient=lenient) is None
        assert expectations.violation(called(facts, body={}), facts, "guide", lenient=lenient) is not None
