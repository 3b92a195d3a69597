"""Which read is repeated to see whether credentials still work, and which calls are no longer sent."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.http.credential_watch import CredentialWatch, call_description
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request

URL = "https://shop.example.com/a"


def call(method: str = "GET", **more: Any) -> Request:
    return Request("vtex", "GetProfile", method, URL, **{"credentials": "full", **more})


@pytest.mark.parametrize(
    ("request_of", "is_kept"),
    [
        ({}, True),
        ({"credentials": None}, False),
        ({"method": "POST"}, False),  # a search, which is a read
        ({"method": "HEAD"}, False),
        ({"safety": "update"}, False),  # a GET that changes something
        ({"method": "DELETE", "safety": "delete"}, False),
    ],
)
def test_a_safe_get_with_credentials_may_be_repeated(request_of: dict[str, Any], is_kept: bool) -> None:
    watch = CredentialWatch()
    watch.note(call(**request_of))
    assert (watch.read_of("vtex") is not None) is is_kept
    assert watch.read_of("vtex", None) is None


def test_the_first_read_of_each_kind_of_credentials_is_repeated_without_what_it_asked_for() -> None:
    watch = CredentialWatch()
    watch.note(call(expected=(404,), undoes=True))
    watch.note(call(headers={"A": "second"}))
    watch.note(call(credentials="unprivileged", headers={"A": "third"}))
    assert watch.read_of("vtex") == watch.read_of("vtex", "full") == call()
    assert watch.read_of("vtex", "unprivileged") == call(credentials="unprivileged", headers={"A": "third"})
    assert watch.read_of("newstore") is None
    assert watch.read_of("vtex", "expired") is None


@pytest.mark.parametrize("kind", ["full", None])
def test_a_call_with_credentials_that_ended_is_refused_unless_it_undoes_something(kind: str | None) -> None:
    watch = CredentialWatch()
    watch.refuse(call(credentials=kind))
    cause = Cause("credentials", "they ended", "GET /a")
    assert watch.end_for(call(credentials=kind), cause) is cause
    with pytest.raises(CannotCheck) as refused:
        watch.refuse(call("POST", credentials=kind))
    assert refused.value.cause is cause
    watch.refuse(call(credentials=kind, undoes=True))
    watch.refuse(call(credentials="unprivileged"))


def test_the_end_of_credentials_is_told_with_the_call_that_showed_it() -> None:
    watch = CredentialWatch()
    facts = operations.operation("vtex", "GetProfile", "guide")
    refused = call(facts=facts, credentials="application")
    exchange = Exchange("vtex", "GetProfile", "GET", URL, {}, b"", 403)
    watch.end(refused, exchange, 9, "; a new login failed")
    with pytest.raises(CannotCheck) as ended:
        watch.refuse(refused)
    cause = ended.value.cause
    assert (cause.kind, cause.first) == ("credentials", f"GET {facts.path}")
    assert cause.text == (
        "the application credentials of vtex stopped working after 9 requests (status 403); a new login failed"
    )


def test_a_call_is_told_by_its_path_template() -> None:
    facts = operations.operation("vtex", "GetProfile", "guide")
    assert call_description(call(facts=facts)) == f"GET {facts.path}"
    assert "{" in facts.path
    assert call_description(call("PUT")) == "PUT (a call outside the documents)"
