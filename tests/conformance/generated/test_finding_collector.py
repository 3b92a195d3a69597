"""Findings out of what Schemathesis recorded: their sequence of calls, their words, and which of them are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoverageScenario, FuzzingPhaseData, PhaseInfo, StatefulPhaseData
from schemathesis.openapi.checks import UseAfterFree

from pii_sandbox.conformance.contract.response_checks import CheckFailure
from pii_sandbox.conformance.values.findings import Exchange, Finding
from tests.conformance.generated.recordings import ADDRESS, PROFILE, PROFILES, Recording, call, create, read

TRACE = f"00-{'a' * 32}-{'b' * 16}-00"
ERROR = json.dumps({"type": "about:blank", "title": "Not Found", "status": 404, "traceId": TRACE}).encode()
BREACH = CheckFailure("masked", "VTEX-MASK-1", "personal data masked", "an unmasked text")


def test_a_failure_is_a_finding_with_its_call_and_the_call_is_taken_from_the_transport() -> None:
    recording = Recording()
    recording.add("one", read(), "not_a_server_error")
    recording.recorder.record_check_success(name="ignored_auth", case_id="one")
    recording.recorder.record_check_error(name="use_after_free", case_id="one")
    (finding,) = recording.findings()
    assert finding == Finding(
        "generated:not_a_server_error", "vtex", "GetProfile", "generated", "not_a_server_error",
        "no server error", "status 500", (read(),),
    )  # fmt: skip
    assert recording.seen == {}


def test_what_a_check_of_ours_found_is_a_finding_of_its_rule() -> None:
    recording = Recording()
    recording.add("one", read(status=200), breaches=(BREACH, replace(BREACH, check="count")))
    findings = recording.findings()
    assert [finding.name for finding in findings] == ["masked", "count"]
    assert findings[0] == Finding(
        "VTEX-MASK-1", "vtex", "GetProfile", "generated", "masked", BREACH.expected, BREACH.seen, (read(status=200),)
    )


def test_a_call_that_was_not_sent_shows_nothing() -> None:
    recording = Recording()
    recording.add("one", None, "not_a_server_error")
    assert recording.findings() == []


def test_calls_that_failed_in_between_are_left_out_of_a_sequence() -> None:
    recording = Recording()
    recording.add("one", create())
    recording.add("lost", None, parent="one")
    recording.add("two", read(), "not_a_server_error", parent="lost")
    (finding,) = recording.findings()
    assert finding.exchanges == (create(), read())
    assert (finding.operation_id, finding.seen) == ("GetProfile", "status 500")


@pytest.mark.parametrize(("parent", "linked", "calls"), [("one", True, 2), ("one", False, 1), ("lost", True, 1)])
def test_what_a_check_of_ours_found_has_the_calls_that_its_values_are_from(
    parent: str, linked: bool, calls: int
) -> None:
    before = call("GetProfile", f"{PROFILES}/a", 200)
    recording = Recording()
    recording.add("one", before)
    recording.add("lost", None, parent="one")
    recording.add("two", read(status=200), breaches=(BREACH,), parent=parent, linked=linked)
    assert recording.calls() == [before, read(status=200)][2 - calls :]


def test_a_failure_of_another_call_shows_with_that_call() -> None:
    deleted = call("DeleteClientProfile", f"{PROFILES}/a", 204, at=1)
    other = call("GetProfile", f"{PROFILES}/b", 200, at=2)
    failure = UseAfterFree(operation="a", message="", free="", usage="", deleted_case_id="deleted", case_id="other")
    recording = Recording()
    recording.add("deleted", deleted)
    recording.add("other", other)
    recording.add("last", read(), failure)
    (finding,) = recording.findings()
    assert (finding.exchanges, finding.seen) == ((deleted, other), "status 200")


@pytest.mark.parametrize(
    ("check", "data", "expected", "seen"),
    [
        ("unsupported_method", None, "405 with Allow for an undocumented method", "status 500"),
        ("a_check_of_a_later_version", None, "A Title", "status 500, a title"),
        ("response_schema_conformance", None, "a response that conforms to the document",
         "status 500: MissingData"),
        ("negative_data_rejection", None, "a call that the document does not allow is refused", "status 500"),
        ("negative_data_rejection", StatefulPhaseData(None, None, ParameterLocation.QUERY, None),
         "a call that the document does not allow is refused", "status 500"),
        ("negative_data_rejection", FuzzingPhaseData(None, None, None, None),
         "a call that the document does not allow is refused", "status 500"),
        ("negative_data_rejection", FuzzingPhaseData(None, None, ParameterLocation.QUERY, None),
         "a call that the document does not allow is refused", "status 500 to a call with an invalid query"),
        ("negative_data_rejection",
         PhaseInfo.coverage(CoverageScenario.INCORRECT_TYPE, "", parameter_location=ParameterLocation.HEADER).data,
         "a call that the document does not allow is refused", "status 500 to a call with an invalid header"),
        ("not_a_server_error", FuzzingPhaseData(None, None, ParameterLocation.QUERY, None), "no server error",
         "status 500"),
    ],
)  # fmt: skip
def test_a_finding_says_what_was_expected_and_seen_without_data(
    check: str, data: Any, expected: str, seen: str
) -> None:
    recording = Recording()
    recording.add("one", read(), check, data=data)
    (finding,) = recording.findings()
    assert (finding.expected, finding.seen) == (expected, seen)


def test_an_answer_that_only_schemathesis_refuses_is_told_by_its_title() -> None:
    problem = {"content-type": "application/problem+json"}
    recording = Recording()
    recording.add(
        "one", replace(read(status=404), response_headers=problem, response_body=ERROR), "response_schema_conformance"
    )
    (finding,) = recording.findings()
    assert finding.seen == "status 404, a title"


@pytest.mark.parametrize(
    ("creator", "reader", "calls"),
    [
        (create(), read(), 2),
        (create(status=200), read(), 2),
        (create(status=299), read(), 2),
        (create(status=199), read(), 1),
        (create(status=300), read(), 1),
        (create(status=None), read(), 1),
        (create(at=9), read(at=9), 1),
        (create(at=10), read(at=9), 1),
        (replace(create(), sent_at=None), read(), 1),
        (create(), replace(read(), sent_at=None), 1),
        (create("a-profile-of-16c"), read("a-profile-of-16c"), 2),
        (create("a-profile-of-15"), read("a-profile-of-15"), 1),
        (create("jane/doe@example.org"), read("jane%2Fdoe%40example.org"), 2),
        (create(), read(status=404), 1),
        (create(), read(status=403), 2),
        (create(), read(status=405), 2),
        (create(), call("GetProfile", f"{PROFILES}/a", 500, at=9, sent={"of": [PROFILE]}), 2),
        (replace(create(), operation_id="GetProspects"), read(), 1),
    ],
)
def test_a_finding_begins_with_the_calls_that_made_what_it_is_about(
    creator: Exchange, reader: Exchange, calls: int
) -> None:
    recording = Recording()
    recording.add("made", creator)
    recording.findings()
    recording.begin()
    recording.add("read", reader, "not_a_server_error")
    assert recording.calls() == [creator, reader][2 - calls :]


def test_a_sequence_that_begins_afresh_knows_nothing_of_earlier_calls() -> None:
    recording = Recording()
    recording.add("made", create())
    recording.findings()
    recording.begin()
    recording.add("read", read(), "not_a_server_error")
    assert recording.calls(fresh=True) == [read()]


def test_what_was_made_for_what_was_made_comes_first_and_each_call_once() -> None:
    address = call("CreateClientProfile", f"{PROFILES}/{PROFILE}/addresses", 201, at=1, answer={"id": ADDRESS})
    last = call("GetAddress", f"{PROFILES}/{PROFILE}/addresses/{ADDRESS}", 500, at=2)
    recording = Recording()
    recording.add("profile", create())
    recording.add("address", address)
    recording.findings()
    recording.begin()
    recording.add("last", last, "not_a_server_error")
    assert recording.calls() == [create(), address, last]


def test_a_call_is_not_what_made_itself() -> None:
    made = create(sent={"id": PROFILE}, at=1)
    recording = Recording()
    recording.add("made", made, breaches=(BREACH,))
    assert recording.calls() == [made]


def test_the_first_call_that_gave_a_value_is_what_made_it() -> None:
    recording = Recording()
    recording.add("made", create(at=0))
    recording.add("again", create(at=1))
    recording.add("read", read(), "not_a_server_error")
    assert recording.calls()[0] == create(at=0)


LONGER = call("GetProfile", f"{PROFILES}/a-long-way", 500)
WITH_BODY = call("GetProfile", f"{PROFILES}/a", 500, sent="a body that is longer than the way")


@pytest.mark.parametrize(
    ("others", "kept"),
    [
        ((LONGER, read("a")), "a"),
        ((read("a"), LONGER), "a"),
        ((LONGER, WITH_BODY), "a-long-way"),
        ((read("a"), read("b")), "a"),
    ],
)
def test_the_smallest_of_those_that_show_the_same_is_kept(others: tuple[Exchange, ...], kept: str) -> None:
    recording = Recording()
    for number, exchange in enumerate(others):
        recording.add(str(number), exchange, "not_a_server_error")
    assert recording.calls()[0].url.rpartition("/")[2] == kept


def test_the_shortest_sequence_is_the_smallest() -> None:
    recording = Recording()
    recording.add("made", create())
    recording.add("two", read(), "not_a_server_error")
    recording.add("one", call("GetProfile", f"{PROFILES}/{'a' * 200}", 500), "not_a_server_error")
    assert len(recording.calls()) == 1


def test_findings_of_another_check_operation_or_status_are_others() -> None:
    recording = Recording()
    recording.add("one", read(), "not_a_server_error", "ignored_auth")
    recording.add("two", read(status=503), "not_a_server_error")
    recording.add("three", replace(read(), operation_id="GetProspects"), "not_a_server_error")
    assert len(recording.findings()) == 4


def test_a_note_is_told_once() -> None:
    collector = Recording().collector
    for text in ("a", "b", "a"):
        collector.note(text)
    assert collector.notes == ["a", "b"]
