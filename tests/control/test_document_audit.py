"""Documents that somebody reads or changes for a reason leave an audit event; programs that give none leave none."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.control_client import ControlClient


def test_a_document_that_is_read_and_changed_for_a_reason_leaves_an_event_each(control: ControlClient) -> None:
    stored = control.documents("newstore", "profiles")[0]
    path = f"/documents/newstore/profiles/{stored['id']}"
    assert control.call("GET", path, reason="a call of the customer") == stored
    changed = {**stored["document"], "full_name": "Other"}
    control.call("PUT", path, changed, reason="a typing error")
    events = control.events()
    assert [(event["action"], event["reason"]) for event in events] == [
        ("DocumentRevealed", "a call of the customer"),
        ("DocumentChanged", "a typing error"),
    ]
    assert {event["document"] for event in events} == {f"newstore/profiles {stored['id']}"}
    assert {event["author"] for event in events} == {"control"}
    for value in (stored["document"]["email"], stored["document"]["full_name"]):
        assert value not in json.dumps(events)


def test_a_document_that_is_read_and_changed_without_a_reason_leaves_no_event(control: ControlClient) -> None:
    stored = control.documents("newstore", "profiles")[0]
    control.call("GET", f"/documents/newstore/profiles/{stored['id']}")
    control.put("newstore", "profiles", stored["id"], stored["document"])
    assert control.events() == []


def test_a_document_that_is_not_there_and_one_that_is_refused_leave_no_event(
    http: httpx.Client, control: ControlClient
) -> None:
    stored = control.documents("oracle", "profiles")[0]
    there, nowhere = (f"/_sandbox/v1/documents/oracle/profiles/{each}" for each in (stored["id"], "nobody"))
    assert http.get(nowhere, params={"reason": "to see"}).status_code == 404
    assert http.put(there, params={"reason": "to spoil"}, json={"email": 7}).status_code == 400
    assert http.put(there, params={"reason": " "}, json=stored["document"]).status_code == 400
    assert control.events() == []


@pytest.mark.parametrize("document_id", ["ana@example.com", "of ana@example.com"])
def test_an_id_that_is_an_email_address_is_a_pseudonym_in_the_event(control: ControlClient, document_id: str) -> None:
    control.put("vtex", "users", document_id, {"email": "ana@example.com"})
    control.call("GET", f"/documents/vtex/users/{document_id}", reason="a call of the customer")
    (event,) = control.events()
    assert event["document"].startswith("vtex/users ")
    assert "ana" not in json.dumps(event)
