"""Every place that still holds a person."""

from __future__ import annotations

import base64
import threading
from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.control import search_preparation
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.rules import residue, search_digests
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, VTEX
from tests.in_process import InProcess

ERASE = "/api/user-rights/createAndProcessDeleteUserData"
JOBS = "/api/user-rights/forget/jobs"
ANA = "ana.reis@example.com"


def places(control: ControlClient, subject: str = ANA) -> dict[str, list[str]]:
    """The fields by place and id."""
    found = control.call("GET", "/residue", subject=subject)["places"]
    return {f"{place['where']} {place['id']}": place["fields"] for place in found}


def residue_places(control: ControlClient, subject: str = ANA) -> set[str]:
    return {place.partition(" ")[0] for place in places(control, subject)}


def test_a_seeded_shopper_is_at_every_vendor(control: ControlClient) -> None:
    person = control.call("GET", "/people")["people"][0]
    found = places(control, person["email"])
    for api, collection in (
        ("vtex", "profiles"),
        ("newstore", "profiles"),
        ("fashionai", "customers"),
        ("oracle", "profiles"),
    ):
        fields = found[f"{api}/{collection} {person['ids'][api]}"]
        assert any(field.endswith("email") for field in fields)


def test_what_hangs_on_a_profile_is_the_persons_too(control: ControlClient) -> None:
    person = control.call("GET", "/people")["people"][0]
    profile_id = person["ids"]["vtex"]
    address = next(
        found for found in control.documents("vtex", "addresses") if found["document"]["profileId"] == profile_id
    )
    for collection, own_id in (("profiles", profile_id), ("addresses", address["id"])):
        document = control.call("GET", f"/documents/vtex/{collection}/{own_id}")["document"]
        control.put("vtex", collection, own_id, document)  # what it was so far is a version now
    found = places(control, person["email"])
    assert ["keys.profile"] in [fields for place, fields in found.items() if place.startswith("vtex/addresses ")]
    versions = [fields for place, fields in found.items() if place.startswith("vtex/versions ")]
    assert len(versions) == 2  # of the profile, and of an address that hangs on it
    assert ["keys.owner"] in versions


def test_an_unknown_person_has_no_residue(control: ControlClient) -> None:
    nothing = {"places": [], "journal_entries": 0, "journal_ids": []}
    assert control.call("GET", "/residue", subject="nobody@example.com") == nothing


@pytest.mark.parametrize("written", [ANA, ANA.upper(), f" {ANA} ", f"Mail {ANA}, or call", "ana.reis%40example.com"])
def test_the_email_is_found_however_it_is_written(control: ControlClient, written: str) -> None:
    control.put("vtex", "carts", "c1", {"email": "x@example.com", "items": [{"note": {"by": written}}]})
    assert places(control) == {"vtex/carts c1": ["items.0.note.by"]}


@pytest.mark.parametrize(
    "written", ["mari.ana.reis@example.com", "ana.reis@example.com.br", "ana.reis@example.org", "Ana"]
)
def test_another_email_is_not_the_person(control: ControlClient, written: str) -> None:
    control.put("vtex", "carts", "c1", {"email": written, "items": []})
    assert places(control) == {}


def test_content_in_base64_is_looked_into(http: httpx.Client, control: ControlClient) -> None:
    for content in (f"to {ANA}", base64.b64encode(f"to {ANA}".encode()).decode()):
        body = {"content": content, "content_type": "text/plain"}
        assert http.post("/v1/d/pii/data", headers=NEWSTORE, json=body).status_code == 201
    found = control.call("GET", "/residue", subject=ANA)["places"]
    assert {place["where"] for place in found} == {"newstore/data"}


def test_a_token_holds_a_phone_of_the_person(http: httpx.Client, control: ControlClient) -> None:
    person = control.call("GET", "/people")["people"][0]
    spaced = f"{person['phone'][:3]} ({person['phone'][3:5]}) {person['phone'][5:]}"
    data = {"mail": person["email"], "phone": spaced, "other": "+5511000000000"}
    tokens = http.post("/v1/d/pii/tokenize", headers=NEWSTORE, json={"data": data}).json()["tokens"]
    found = {place for place in places(control, person["email"]) if place.startswith("newstore/tokens ")}
    assert found == {f"newstore/tokens {tokens['mail']}", f"newstore/tokens {tokens['phone']}"}


def test_a_job_holds_the_email_until_it_is_done(http: httpx.Client, control: ControlClient) -> None:
    job = http.post(JOBS, headers=VTEX, json={"email": ANA})
    assert job.status_code == 201, job.text
    assert residue_places(control) == {"vtex/jobs"}
    control.advance(minutes=2)
    assert residue_places(control) == set()


def test_a_fault_that_matches_on_the_email_holds_it(control: ControlClient) -> None:
    control.fault({"match": {"body": {"email": ANA}}, "effect": {"status": 500}})
    assert list(places(control).values()) == [["match.body.email"]]
    assert residue_places(control) == {"faults"}


def test_an_erasure_leaves_the_other_vendors_and_snapshots(http: httpx.Client, control: ControlClient) -> None:
    person = control.call("GET", "/people")["people"][0]
    for order in control.documents("vtex", "orders"):
        control.call("DELETE", f"/documents/vtex/orders/{order['id']}")
    control.call("POST", "/snapshots", {"name": "before"})
    http.post(ERASE, headers=VTEX, json={"email": person["email"]})
    left = residue_places(control, person["email"])
    assert not {where for where in left if where.startswith("vtex/")}
    assert {"newstore/profiles", "fashionai/customers", "oracle/profiles", "snapshot:before"} <= left
    assert f"snapshot:before vtex/profiles/{person['ids']['vtex']}" in places(control, person["email"])
    control.call("DELETE", "/snapshots/before")
    assert "snapshot:before" not in residue_places(control, person["email"])


def test_the_audit_trail_holds_pseudonyms(http: httpx.Client, control: ControlClient) -> None:
    profile = {"firstName": "Ana", "lastName": "Reis", "email": ANA, "document": "12345678909", "documentType": "CPF"}
    base = "/api/storage/profile-system/profiles"
    profile_id = http.post(base, headers=VTEX, json=profile).json()["id"]
    reason = {"reason": f"{ANA} asked"}
    assert http.get(f"{base}/{profile_id}/unmask", headers=VTEX, params=reason).status_code == 200
    assert "audit" in residue_places(control)
    http.post(ERASE, headers=VTEX, json={"email": ANA})
    assert residue_places(control) == set()


@pytest.mark.parametrize("query", [{}, {"subject": ""}, {"subject": "ana"}, {"subject": "a b@example.com"}])
def test_a_subject_is_an_email(http: httpx.Client, query: Any) -> None:
    assert http.get("/_sandbox/v1/residue", params=query).status_code == 400


def test_a_prepared_search_looks_at_no_record_that_was_not_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_preparation, "FEW", 100)
    app = App(SandboxDefaults(seeded=SeedSpec(1, 40)), Options(surface_errors=True))
    store = app.sandboxes.get("default").store
    thread = search_preparation.prepare_in_background(store)
    assert thread is not None
    thread.join(20)
    assert not thread.is_alive()
    digested = [
        (part.derived(search_digests.emails), part.derived(search_digests.numbers)) for _, part in store.parts()
    ]
    assert all(emails is not None and numbers is not None for emails, numbers in digested)
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http, monkeypatch.context() as patch:
        patch.setattr(search_digests, "_json", lambda records: pytest.fail("a digest is made anew"))
        patch.setattr(residue.DataSubject, "may_be_in", lambda self, value: pytest.fail("a record is looked at"))
        control = ControlClient(http)
        assert places(control, "nobody@example.com") == {}


def test_people_seeded_anew_are_prepared_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_preparation, "FEW", 100)
    app = App(SandboxDefaults(seeded=SeedSpec(1, 2)), Options(surface_errors=True))
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http, monkeypatch.context() as patch:
        http.post("/_sandbox/v1/seed", json={"seed": 2, "shoppers": 40}).raise_for_status()
        for thread in threading.enumerate():
            if thread.name == search_preparation.THREAD_NAME:
                thread.join(20)
        patch.setattr(search_digests, "_json", lambda records: pytest.fail("a digest is made anew"))
        assert places(ControlClient(http), "nobody@example.com") == {}


def test_a_small_sandbox_is_not_prepared(app: App) -> None:
    assert search_preparation.prepare_in_background(app.sandboxes.get("default").store) is None


PROFILES = "/api/storage/profile-system/profiles"


def change_email(http: httpx.Client, control: ControlClient) -> tuple[str, str]:
    """Path of a profile whose email was ANA, and id of the version that has it still."""
    profile = {"firstName": "Ana", "lastName": "Reis", "email": ANA, "document": "12345678909", "documentType": "CPF"}
    own_id = http.post(PROFILES, headers=VTEX, json=profile).json()["id"]
    assert http.patch(f"{PROFILES}/{own_id}", headers=VTEX, json={"email": "new@example.com"}).status_code == 200
    (place,) = control.call("GET", "/residue", subject=ANA)["places"]
    assert place["where"] == "vtex/versions"
    return f"{PROFILES}/{own_id}", place["id"]


def test_an_earlier_version_tells_whose_profile_it_belongs_to(http: httpx.Client, control: ControlClient) -> None:
    _, version = change_email(http, control)
    (place,) = control.call("GET", "/residue", subject=ANA)["places"]
    assert (place["id"], place["holder"]) == (version, "new@example.com")
    of_new = control.call("GET", "/residue", subject="new@example.com")["places"]
    assert version in [each["id"] for each in of_new]
    assert [each for each in of_new if "holder" in each] == []


def test_an_earlier_version_is_deleted_and_the_profile_stays(http: httpx.Client, control: ControlClient) -> None:
    profile, version = change_email(http, control)
    path = f"/_sandbox/v1/documents/vtex/versions/{version}"
    assert http.get(path).status_code == 404  # deleted here, never read or written
    assert http.put(path, json={}).status_code == 404
    assert http.delete(path).status_code == 204
    assert residue_places(control) == set()
    assert http.delete(path).status_code == 404
    assert http.get(f"{profile}/versions/{version}", headers=VTEX).status_code == 404
    current = http.get(f"{profile}/unmask", headers=VTEX, params={"reason": "to see"})
    assert current.json()["document"]["email"] == "new@example.com"


def test_an_erasure_that_waits_is_deleted(http: httpx.Client, control: ControlClient) -> None:
    assert http.post(JOBS, headers=VTEX, json={"email": ANA}).status_code == 201
    ((place, _),) = places(control).items()
    assert http.delete(f"/_sandbox/v1/documents/{place.replace(' ', '/')}").status_code == 204
    assert residue_places(control) == set()
    assert control.call("GET", "/due")["due"] == []
