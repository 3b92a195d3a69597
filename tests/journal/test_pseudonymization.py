"""The journal shows pseudonyms: no personal value and no credential leaves it unless a reason is given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, ORACLE, VTEX
from tests.journal.calls import (
    CUSTOMERS,
    JOHN,
    NEWSTORE_PROFILES,
    PROFILES,
    create_anna,
    create_john,
    journal,
    last_entry,
    unmask,
)

SECRETS = ("vtexappkey-sandbox", "sandbox-token", "sandbox-newstore", "fai_test_sandbox", "sandbox-oracle")
SHARED = ("male", "female", "other")  # words that stand elsewhere too


def journal_text(http: httpx.Client, control: ControlClient) -> str:
    """All that can be read of the journal without a reason, as one text."""
    numbers = [entry["id"] for entry in journal(control, limit=1000)]
    parts = [control.call("GET", "/journal", limit=1000), control.call("GET", "/journal.har", limit=1000)]
    parts += [control.call("GET", f"/journal/{number}/explain") for number in numbers]
    parts += [control.call("GET", "/findings"), control.call("POST", "/journal/verify", {"match": {"status": 599}})]
    return json.dumps(parts, ensure_ascii=False) + http.get("/_sandbox/v1/metrics").text


def texts(value: Any) -> Iterator[str]:
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)
    if isinstance(value, str):
        yield value


def test_nothing_of_a_seeded_person_shows_at_any_vendor(http: httpx.Client, control: ControlClient) -> None:
    vtex = control.documents("vtex", "profiles")[0]
    newstore = control.documents("newstore", "profiles")[0]
    customer = control.documents("fashionai", "customers")[1]["document"]
    oracle = control.documents("oracle", "profiles")[0]
    person = vtex["document"]
    assert unmask(http, person["email"], alternativeKey="email", reason=f"call of {person['email']}").status_code == 200
    assert http.get(f"{PROFILES}/{person['document']}", headers=VTEX, params={"alternativeKey": "document"}).is_success
    assert unmask(http, f"{vtex['id']}/addresses", reason="parcel of a customer").status_code == 200
    assert http.get(f"{NEWSTORE_PROFILES}/{newstore['id']}", headers=NEWSTORE).status_code == 200
    assert http.get(f"{NEWSTORE_PROFILES}?q={newstore['document']['email']}", headers=NEWSTORE).status_code == 200
    assert http.get(f"{NEWSTORE_PROFILES}/{newstore['id']}/addresses", headers=NEWSTORE).status_code == 200
    for key in ("phone", "email", "document"):
        assert http.get(f"{CUSTOMERS}/{key}/{customer[key]}", headers=FASHIONAI).status_code == 200
    assert http.get(f"/ccapp/v1/profiles/{oracle['id']}", headers=ORACLE).status_code == 200
    http.get(f"/api/storage/profile-system/profilez/{person['email']}", headers=VTEX)
    http.delete(f"{CUSTOMERS}/email/{customer['email']}", headers=FASHIONAI)
    text = journal_text(http, control)
    personal = [
        *texts({**person, "documentType": None}),
        *(newstore["document"][name] for name in ("email", "full_name", "phone_number")),
        *(customer[name] for name in ("phone", "email", "document")),
        *(oracle["document"][name] for name in ("email", "firstName", "lastName", "dateOfBirth")),
        *texts(customer["profile"]["perfil_cliente"]),
        *(address["document"]["postalCode"] for address in control.documents("vtex", "addresses")[:1]),
    ]
    assert len(personal) > 15
    assert [value for value in personal if value and value not in SHARED and value in text] == []
    assert '"x-vtex-api-apptoken": "credential#' in text


def test_credentials_show_as_pseudonyms(http: httpx.Client, control: ControlClient) -> None:
    create_anna(http)
    http.post("/v0/token", json={"grant_type": "password", "username": "sandbox", "password": "sandbox"})
    http.get(NEWSTORE_PROFILES, headers={"Authorization": "Bearer wrong-token", "Cookie": "session=abcdef"})
    listed = journal(control)
    assert listed[0]["request"]["headers"]["authorization"].startswith("Bearer credential#")
    assert listed[1]["request"]["body"]["password"].startswith("credential#")
    assert listed[1]["response"]["body"]["access_token"].startswith("credential#")
    assert not any(secret in json.dumps(listed) for secret in (*SECRETS, "wrong-token", "abcdef"))


def test_a_person_has_the_same_pseudonyms_everywhere(http: httpx.Client, control: ControlClient) -> None:
    email = control.documents("vtex", "profiles")[0]["document"]["email"]
    unmask(http, email, alternativeKey="email", reason="a case of a customer")
    http.get(NEWSTORE_PROFILES, headers=NEWSTORE, params={"q": email.upper()})
    http.get(f"{CUSTOMERS}/email/{email}", headers=FASHIONAI)
    first, second, third = (entry["url"] for entry in journal(control))
    pseudonym = first.split("/")[-2]
    assert pseudonym.startswith("email#")
    assert second.endswith(f"?q={pseudonym}")
    assert third.endswith(f"/{pseudonym}")
    assert journal(control)[0]["response"]["body"]["document"]["email"] == pseudonym


def test_what_no_document_describes_may_be_personal(http: httpx.Client, control: ControlClient) -> None:
    create_john(http, favouriteDoctor="Dr. Who", visits=[{"ward": "oncology"}], age=98176, **{"mary@example.com": 1})
    http.get(PROFILES + "/x?lookup=mary.jane", headers={**VTEX, "X-Customer": "mary.jane"})
    text = json.dumps(journal(control))
    for word in ("Dr. Who", "oncology", "98176", "mary@example.com", "mary.jane"):
        assert word not in text
    body = journal(control)[0]["request"]["body"]
    assert body["favouriteDoctor"].startswith("favouriteDoctor#")
    assert body["documentType"] == "CPF"


def test_known_values_are_found_in_free_texts(http: httpx.Client, control: ControlClient) -> None:
    profile = create_john(http)
    reason = f"{JOHN['firstName']} called from +55 11 98765-4321, cc mary@example.com, CPF 987.654.321-00"
    assert unmask(http, profile, reason=reason).status_code == 200
    url = last_entry(control)["url"]
    for word in (JOHN["firstName"], "98765", "mary", "987.654"):
        assert word not in url
    assert "called from" in url


def test_a_masked_response_shows_that_it_was_masked(http: httpx.Client, control: ControlClient) -> None:
    http.get(f"{PROFILES}/{create_john(http)}", headers=VTEX)
    document = last_entry(control)["response"]["body"]["document"]
    assert document["email"].startswith("masked#")
    assert document["birthDate"].startswith("birthDate#")


@pytest.mark.parametrize("fault", ["malformed=true", "status=500"])
def test_a_spoilt_answer_gives_nothing_away(http: httpx.Client, control: ControlClient, fault: str) -> None:
    profile = create_anna(http)
    http.get(f"{NEWSTORE_PROFILES}/{profile['id']}", headers={**NEWSTORE, "X-Sandbox-Fault": fault})
    assert "anna@" not in json.dumps(last_entry(control))
    assert "Berg" not in json.dumps(last_entry(control))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", b'{"email": "anna@example.com", '),
        ("application/json", b'{"email": "\xff anna@example.com"}'),
        ("application/json", b'{"email": ' + b'["anna@example.com"' + b"]" * 1),
        ("application/json", b'{"email": ' + b"[" * 3000 + b'"anna@example.com"' + b"]" * 3000 + b"}"),
        ("text/plain", b"anna@example.com"),
        ("application/json", b'"anna@example.com"'),
        ("application/json", b'{"email": "anna\\ud800@example.com"}'),
        ("application/x-www-form-urlencoded", b"email=anna@example.com&email=anna"),
    ],
)
def test_a_body_that_cannot_be_read_is_reported_without_what_it_says(
    http: httpx.Client, control: ControlClient, kind: str, content: bytes
) -> None:
    http.post(NEWSTORE_PROFILES, headers={**NEWSTORE, "Content-Type": kind}, content=content)
    entry = last_entry(control)
    assert entry["status"] in (400, 415)
    assert "anna" not in json.dumps(entry)
    assert last_entry(control, reveal="to see the raw body")["request"]["bytes"] == len(content)


def test_stored_content_shows_as_a_pseudonym_whatever_its_type(http: httpx.Client, control: ControlClient) -> None:
    for kind, content in (("application/json", '{"who": "Anna Berg"}'), ("text/plain", "Anna Berg"), ("x/y", "gP8=")):
        body = {"content_type": kind, "content": content}
        data_id = http.post("/v1/d/pii/data", headers=NEWSTORE, json=body).json()["id"]
        http.get(f"/v1/d/pii/data/{data_id}", headers=NEWSTORE)
    text = json.dumps(journal(control))
    assert "Anna" not in text
    assert "gP8" not in text


def test_a_reason_reveals_and_is_kept_in_the_audit_trail(http: httpx.Client, control: ControlClient) -> None:
    create_john(http)
    http.get(f"{PROFILES}/{JOHN['email']}", headers=VTEX, params={"alternativeKey": "email"})
    listed = journal(control, reveal="a bug of ours")
    assert JOHN["email"] in listed[1]["url"]
    assert listed[0]["request"]["body"] == JOHN
    assert listed[0]["request"]["headers"]["x-vtex-api-apptoken"] == "sandbox-token"
    event = next(event for event in control.events() if event["action"] == "JournalRevealed")
    assert (event["reason"], event["entries"], event["author"]) == ("a bug of ours", "1-2", "control")
    assert "JournalRevealed" in str(control.events())
    assert JOHN["email"] not in json.dumps(journal(control))


def test_an_entry_with_its_explanation_is_revealed_by_one_event(http: httpx.Client, control: ControlClient) -> None:
    create_john(http)
    john_again = http.post(PROFILES, headers=VTEX, json=JOHN)
    assert john_again.status_code == 409
    told = control.call("GET", "/journal/last", explain="true", reveal="a bug of ours")
    explanation = told.pop("explanation")
    assert explanation["saw"]["body"] == told["request"]["body"] == JOHN
    assert [event["entries"] for event in control.events()] == ["2-2"]
    assert explanation == control.call("GET", "/journal/2/explain", reveal="again")
    assert "explanation" not in control.call("GET", "/journal/last")


def test_an_empty_journal_reveals_nothing(control: ControlClient) -> None:
    assert journal(control, reveal="to see") == []
    assert control.events() == []


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), min_size=1, max_size=12).map(
    "§{}§".format
)
JSON = st.recursive(WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(custom=st.dictionaries(WORDS, JSON, min_size=1, max_size=3), path=WORDS, query=WORDS)
def test_whatever_is_sent_the_journal_can_be_read(
    http: httpx.Client, control: ControlClient, custom: dict[str, Any], path: str, query: str
) -> None:
    http.post(PROFILES, headers=VTEX, json={**JOHN, **custom})
    http.get(f"{PROFILES}/{quote(path, safe='')}?{quote(query)}={quote(path)}", headers=VTEX)
    http.get(f"/{quote(path)}/{quote(query)}", headers=VTEX)
    text = journal_text(http, control)
    assert JOHN["email"] not in text
    assert "§" not in text
    control.call("DELETE", "/journal")
