"""What a scenario's call sends, and what it does not send for want of a power, a URL, credentials or a datum."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance.api_clients import PROFILES, SANDBOX, Recorded, client_of
from tests.conformance.stub_transport import vendor


def call(target: Target, operation_id: str, *, api: str = "vtex", **more: Any) -> httpx.Request:
    """The request of one call."""
    recorded = Recorded()
    with client_of(target, recorded, api) as client:
        client.call(operation_id, documented=False, **more)
    (request,) = recorded.requests
    return request


@pytest.mark.parametrize(
    ("more", "method", "tail", "content", "media_type"),
    [
        ({}, "GET", "", b"", None),
        ({"url_suffix": "/more?a=b"}, "GET", "/more?a=b", b"", None),
        ({"unknown": "a b"}, "GET", "?unknown=a%20b", b"", None),
        ({"method": "HEAD"}, "HEAD", "", b"", None),
        ({"method": "PATCH", "body": {"ä": [1]}}, "PATCH", "", '{"ä": [1]}'.encode(), "application/json"),
        ({"method": "PATCH", "body": ["\ud800"]}, "PATCH", "", b'["\\ud800"]', "application/json"),
        ({"method": "PATCH", "body": ["\udfff"]}, "PATCH", "", b'["\\udfff"]', "application/json"),
        ({"method": "PATCH", "body": ["\ue000"]}, "PATCH", "", '["\ue000"]'.encode(), "application/json"),
        ({"method": "PATCH", "body": ["é\udc00"]}, "PATCH", "", b'["\\u00e9\\udc00"]', "application/json"),
        ({"method": "PATCH", "body": {}}, "PATCH", "", b"{}", "application/json"),
        ({"method": "PATCH", "content": b"\xff"}, "PATCH", "", b"\xff", None),
        ({"method": "PATCH", "form": {"a": "ö &"}}, "PATCH", "", b"a=%C3%B6+%26", "application/x-www-form-urlencoded"),
        ({"method": "PATCH", "form": {}}, "PATCH", "", b"", "application/x-www-form-urlencoded"),
    ],
)
def test_a_call_sends_what_it_is_given(
    more: dict[str, Any], method: str, tail: str, content: bytes, media_type: str | None
) -> None:
    request = call(SANDBOX, "GetProfile", profileId="x/y", **more)
    assert (request.method, str(request.url)) == (method, f"{PROFILES}/x%2Fy{tail}")
    assert (request.content, request.headers.get("Content-Type")) == (content, media_type)


def test_headers_of_a_call_take_the_place_of_those_of_target_credentials_and_content() -> None:
    target = replace(SANDBOX, headers={"X-Sandbox": "mine", "X-Both": "target"})
    full = target.credentials["vtex"]["full"]
    plain = call(target, "GetProfile", profileId="x").headers
    assert {name: plain[name] for name in full} == full
    assert (plain["X-Sandbox"], plain["X-Both"]) == ("mine", "target")
    name = next(iter(full))
    given = {name: "another", "X-Both": "call", "Content-Type": "text/plain"}
    other = call(target, "UpdateClientProfile", profileId="x", body={}, headers=given).headers
    assert {each: other[each] for each in given} == given


def test_a_call_is_sent_with_the_kind_of_credentials_that_it_names_or_none() -> None:
    target = replace(vendor(), credentials={"vtex": {"full": {"X-Key": "f"}, "wrong": {"X-Key": "w"}}})
    recorded = Recorded([200, 401, 401])
    with client_of(target, recorded) as client:
        for kind in ("full", "wrong", "none"):
            client.call("GetProfile", profileId="x", documented=False, credentials=kind, expect=(200, 401))
    assert [request.headers.get("X-Key") for request in recorded.requests] == ["f", "w", None]


@pytest.mark.parametrize(
    ("target", "operation", "more", "kind", "message"),
    [
        (vendor(), "UpdateClientProfile", {}, "power", "UpdateClientProfile needs the power write, which the target"),
        (vendor("write"), "DeleteClientProfile", {}, "power", "DeleteClientProfile needs the power delete, which"),
        (vendor("write", "delete"), "createErasureJob", {}, "power", "createErasureJob needs the power erase, which"),
        (vendor(), "GetProfile", {"method": "DELETE"}, "power", "GetProfile needs the power delete, which the target"),
        (vendor(), "GetProfile", {"method": "PUT"}, "power", "GetProfile needs the power write, which the target"),
        (
            vendor(urls={}),
            "GetProfile",
            {},
            "url",
            "the target has no URL for vtex; set vtex.url",
        ),
        (
            vendor(credentials={"vtex": {}}),
            "GetProfile",
            {},
            "credential",
            "the target has no full credentials for vtex; set vtex.credentials.full",
        ),
        (
            vendor(credentials={}),
            "GetProfile",
            {"credentials": "expired"},
            "credential",
            "the target has no expired credentials for vtex; set vtex.credentials.expired",
        ),
        (
            vendor(absent={"vtex": {"full": Cause("credentials", "the preflight found them refused")}}),
            "GetProfile",
            {},
            "credentials",
            "the preflight found them refused",
        ),
    ],
)
def test_a_call_that_the_target_does_not_allow_is_not_sent(
    target: Target, operation: str, more: dict[str, Any], kind: str, message: str
) -> None:
    recorded = Recorded()
    with client_of(target, recorded) as client, pytest.raises(CannotCheck) as refused:
        client.call(operation, profileId="x", **more)
    assert str(refused.value).startswith(message)
    assert refused.value.cause.kind == kind
    assert (recorded.requests, client.exchanges) == ([], [])


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
def test_a_method_that_changes_nothing_needs_no_power(method: str) -> None:
    recorded = Recorded()
    with client_of(vendor(), recorded) as client:
        client.call("GetProfile", profileId="x", method=method, documented=False)
        client.call("GetProfile", profileId="x", method=method, documented=False, credentials="none")
    assert [request.method for request in recorded.requests] == [method, method]


@pytest.mark.parametrize(
    ("method", "operation"),
    [
        ("GET", "GetProfile"),
        ("HEAD", "GetProfile"),
        ("PATCH", "UpdateClientProfile"),
        ("DELETE", "DeleteClientProfile"),
        ("PUT", "PUT /api/storage/profile-system/profiles/{profileId}"),
        ("OPTIONS", "OPTIONS /api/storage/profile-system/profiles/{profileId}"),
    ],
)
def test_a_call_by_another_method_is_taken_for_the_operation_of_that_method(method: str, operation: str) -> None:
    with client_of(SANDBOX, Recorded()) as client:
        facts = client._effective_operation(operations.operation("vtex", "GetProfile", "guide"), method)
    assert (facts.operation_id, facts.path.endswith("/profiles/{profileId}")) == (operation, True)


def test_a_datum_is_what_the_target_names() -> None:
    absent = {"vtex": {"email": Cause("datum", "nobody has the email")}}
    target = vendor(data={"vtex": {"profile_id": "p-1", "email": "a@example.com"}}, absent=absent)
    with client_of(target, Recorded()) as client:
        assert client.test_datum("profile_id") == "p-1"
        with pytest.raises(CannotCheck, match=r"^nobody has the email$"):
            client.test_datum("email")
        with pytest.raises(CannotCheck) as missing:
            client.test_datum("phone")
    assert str(missing.value) == "the target names no phone of vtex that may be read; set vtex.data.phone"
    assert missing.value.cause.kind == "datum"
    with client_of(vendor(), Recorded()) as client, pytest.raises(CannotCheck, match="the target names no email"):
        client.test_datum("email")


@pytest.mark.parametrize(("target", "tries"), [(vendor(), 2), (SANDBOX, 4)])
def test_a_set_up_step_that_failed_twice_is_tried_again_only_in_a_sandbox_of_its_own(
    target: Target, tries: int
) -> None:
    recorded = Recorded([404] * 4)
    with client_of(target, recorded) as client:
        for _ in range(4):
            with pytest.raises(CannotCheck, match="a customer could not be set up"), client.setting_up("a customer"):
                client.call("GetProfile", profileId="x", expect=200, documented=False)
    assert len(recorded.requests) == tries


def test_calls_at_the_same_time_are_answered_in_their_order() -> None:
    recorded = Recorded()
    with client_of(SANDBOX, recorded) as client:
        answers = client.call_concurrently(
            [lambda name=name: client.call("GetProfile", profileId=name, documented=False) for name in "abc"]  # type: ignore[misc]
        )
    assert [answer.exchange.url[-1] for answer in answers] == ["a", "b", "c"]


def test_the_control_api_is_called_for_the_client_and_its_calls_are_among_the_exchanges() -> None:
    with client_of(SANDBOX, Recorded(body={"events": []})) as client:
        assert client.sandbox.events() == []
        (noted,) = client.exchanges
    assert isinstance(noted, Exchange)
    assert noted.url.endswith("/_sandbox/v1/audit")
