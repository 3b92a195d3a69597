"""Which answers a scenario's call takes, what is repeated, and what is undone after a scenario."""

from __future__ import annotations

import random
from contextlib import closing, nullcontext
from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.http.network_stream import Oversize
from pii_sandbox.conformance.target.model import Limits
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation
from tests.conformance.api_clients import SANDBOX, Recorded, client_of
from tests.conformance.stub_transport import context, vendor


@pytest.mark.parametrize(
    ("expect", "status", "seen"),
    [
        (None, 404, None),
        (404, 404, None),
        ((200, 404), 404, None),
        ([200], 404, "expected status 200; saw status 404"),
        (200, 404, "expected status 200; saw status 404"),
        ((200, 400), 404, "expected status 200 or 400; saw status 404"),
    ],
)
def test_a_status_that_is_not_expected_breaks_the_rule(expect: Any, status: int, seen: str | None) -> None:
    recorded = Recorded([status])
    with client_of(vendor(), recorded) as client:
        if seen is None:
            assert client.call("GetProfile", profileId="x", expect=expect, documented=False).status == status
        else:
            with pytest.raises(RuleViolation) as broken:
                client.call("GetProfile", profileId="x", expect=expect, documented=False)
            assert str(broken.value) == seen
        assert [each.status for each in client.exchanges] == [status]


def test_an_answer_outside_the_document_breaks_the_rule_unless_the_call_does_not_mind() -> None:
    recorded = Recorded(body={"no": "list"})
    with client_of(SANDBOX, recorded) as client:
        with pytest.raises(RuleViolation, match="a response that conforms to the document"):
            client.call("GetClientAddresses", profileId="x", expect=200)
        assert client.call("GetClientAddresses", profileId="x", expect=200, documented=False).status == 200


def test_what_a_vendor_adds_is_noted_as_drift_and_breaks_the_rule_in_a_sandbox() -> None:
    for target, breaks in ((vendor(), False), (SANDBOX, True)):
        recorded = Recorded([206])
        run_context = context(target, recorded.respond)
        client = ApiClient("vtex", run_context, random.Random(1))
        try:
            client.call("GetProfile", profileId="x")
        except RuleViolation:
            assert breaks
        drift = run_context.sender.observer.observations().drift
        assert [(each.operation_id, each.what) for each in drift] == ([] if breaks else [("GetProfile", "status 206")])
        run_context.sender.close()


def test_an_answer_that_is_not_the_vendors_lets_nothing_be_checked() -> None:
    page = httpx.Response(200, html="<p>sign in</p>")
    run_context = context(vendor(), lambda _: page)
    client = ApiClient("vtex", run_context, random.Random(1))
    with pytest.raises(CannotCheck) as refused:
        client.call("GetProfile", profileId="x", expect=404)
    assert refused.value.cause.kind == "intermediary"
    run_context.sender.close()


@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        ("full", CannotCheck, "the full credentials of vtex stopped working after 3 requests (status 401)"),
        ("wrong", RuleViolation, "expected status 200; saw status 401"),
        ("none", RuleViolation, "expected status 200; saw status 401"),
    ],
)
def test_credentials_that_stop_working_are_told_and_a_refusal_of_others_breaks_the_rule(
    kind: str, error: type[Exception], message: str
) -> None:
    with client_of(vendor(), Recorded([200, 401, 401])) as client:
        client.call("GetProfile", profileId="x", expect=200, documented=False, credentials=kind)
        with pytest.raises(error) as told:
            client.call("GetProfile", profileId="x", expect=200, documented=False, credentials=kind)
    assert str(told.value) == message


def test_an_answer_that_is_too_large_is_judged_by_its_status_alone() -> None:
    bounds = replace(vendor().answers, decoded_bytes=10)
    for expect, error in ((200, CannotCheck), (404, RuleViolation)):
        with (
            client_of(vendor(answers=bounds), Recorded(body=["x" * 100])) as client,
            pytest.raises(error),
        ):
            client.call("GetClientAddresses", profileId="x", expect=expect)


@pytest.mark.parametrize(("media_type", "error"), [("application/json", CannotCheck), ("text/plain", RuleViolation)])
@pytest.mark.parametrize("bounds", [{"headers": 2}, {"header_bytes": 40}])
def test_an_answer_with_too_many_or_too_long_headers_is_judged_by_its_media_type_wherever_that_stands(
    bounds: dict[str, int], media_type: str, error: type[Exception]
) -> None:
    headers = [("X-First", "1"), ("X-Long", "x" * 50), ("X-Third", "3"), ("Content-Type", media_type)]
    run_context = context(
        vendor(answers=replace(vendor().answers, **bounds)),
        lambda _: httpx.Response(200, headers=headers, content=b"[]"),
    )
    with closing(run_context.sender):
        client = ApiClient("vtex", run_context, random.Random(1))
        with pytest.raises(error):
            client.call("GetClientAddresses", profileId="x", expect=200)
    assert client.exchanges[-1].response_headers["content-type"] == media_type


def test_an_answer_whose_head_is_too_large_is_not_judged() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        raise Oversize("is over 16 MB long")

    run_context = context(vendor(), respond)
    with closing(run_context.sender):
        client = ApiClient("vtex", run_context, random.Random(1))
        with pytest.raises(CannotCheck) as refused:
            client.call("GetClientAddresses", profileId="x", expect=200)
    assert refused.value.cause.kind == "oversize"
    assert client.exchanges[-1].status is None


@pytest.mark.parametrize(
    ("operation", "lost", "unsound"),
    [
        ("DeleteClientProfile", 0, False),
        ("DeleteClientProfile", 1, True),
        ("DeleteClientProfile", 2, True),
        ("GetProfile", 1, False),
    ],
)
def test_what_follows_a_change_that_was_sent_twice_proves_nothing(operation: str, lost: int, unsound: bool) -> None:
    recorded = Recorded([502] * lost)
    with client_of(SANDBOX, recorded) as client:
        client.call(operation, profileId="x", documented=False)
        first = client.unsound
        client.call("GetProfile", profileId="x", documented=False)
        assert client.unsound is first
    assert len(recorded.requests) == lost + 2
    assert (first is not None) is unsound
    if first is not None:
        assert (first.kind, first.first) == (
            "unavailable",
            "DELETE /api/storage/profile-system/profiles/{profileId}",
        )


def test_the_first_change_that_was_sent_twice_is_told() -> None:
    recorded = Recorded([502, 200, 502])
    with client_of(SANDBOX, recorded) as client:
        client.call("DeleteClientProfile", profileId="x", documented=False)
        client.call("DeleteAddress", profileId="x", addressId="y", documented=False)
        assert client.unsound is not None
        assert client.unsound.first == "DELETE /api/storage/profile-system/profiles/{profileId}"


def test_what_was_made_is_undone_latest_first_whatever_fails() -> None:
    done: list[str] = []

    def step(name: str, error: Exception | None = None) -> Any:
        def play() -> None:
            done.append(name)
            if error is not None:
                raise error

        return play

    run_context = context(vendor(), Recorded().respond)
    client = ApiClient("vtex", run_context, random.Random(1))
    for name, error in (
        ("first", None),
        ("second", CannotCheck("gone")),
        ("third", RuleViolation("a", "b")),
        ("fourth", ValueError("of the step itself")),
        ("fifth", None),
    ):
        client.undo_with(step(name, error))

    def trip_over_ourselves() -> None:
        client.call("NoSuchOperation")

    client.undo_with(trip_over_ourselves)
    client.undo()
    assert done == ["fifth", "fourth", "third", "second", "first"]
    (fault,) = run_context.faults.texts  # of ours, not of the steps
    assert "in undoing: KeyError at operations.py" in fault
    run_context.sender.close()


def test_undoing_may_use_what_was_kept_back_for_it() -> None:
    recorded = Recorded()
    run_context = context(replace(SANDBOX, limits=Limits(requests=5)), recorded.respond)
    client = ApiClient("vtex", run_context, random.Random(1))

    def delete() -> None:
        client.call("DeleteClientProfile", profileId="x", documented=False)

    run_context.sender.budget.reserve()
    client.undo_with(delete)
    for _ in range(2):
        client.call("GetProfile", profileId="x", documented=False)
    with pytest.raises(CannotCheck, match="limit of 5 requests"):
        client.call("GetProfile", profileId="x", documented=False)
    client.undo()
    assert [method for method, _ in recorded.calls] == ["GET", "GET", "DELETE"]
    run_context.sender.close()


@pytest.mark.parametrize(
    ("more", "statuses", "holds", "waits"),
    [
        ({}, [404, 404, 200], True, False),
        ({"patient": True}, [200], True, True),
        ({"immediate": True}, [404], False, False),
        ({"immediate": True, "patient": True}, [200], True, False),
    ],
)
def test_reads_are_repeated_after_a_write_or_wait_for_it_unless_the_rule_is_about_the_first(
    more: dict[str, bool], statuses: list[int], holds: bool, waits: bool
) -> None:
    recorded = Recorded([200, *statuses])
    run_context = context(replace(SANDBOX, settle_seconds=3.0), recorded.respond)
    with closing(run_context.sender):
        client = ApiClient("vtex", run_context, random.Random(1), **more)
        client.call("DeleteClientProfile", profileId="x", documented=False)
        started = run_context.sender.seconds()
        with nullcontext() if holds else pytest.raises(RuleViolation):
            client.call("GetProfile", profileId="x", expect=200, documented=False)
        assert (run_context.sender.seconds() - started >= 3) is waits
    assert len(recorded.requests) == 1 + len(statuses)
