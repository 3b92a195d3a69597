"""Documents that several clients change at once, and records beside the documents that the residue names."""

from __future__ import annotations

import httpx

from tests.control_client import ControlClient
from tests.credentials import VTEX

PROFILES = "/api/storage/profile-system/profiles"
ANA = {"firstName": "Ana", "lastName": "Lee", "email": "ana.lee@example.org", "document": "1", "documentType": "CPF"}


def test_a_document_that_was_changed_since_it_was_read_is_not_overwritten(
    http: httpx.Client, control: ControlClient
) -> None:
    stored = control.documents("newstore", "profiles")[0]
    path = f"/_sandbox/v1/documents/newstore/profiles/{stored['id']}"
    tag = http.get(path).headers["ETag"]
    first = http.put(path, json={**stored["document"], "full_name": "First"}, headers={"If-Match": tag})
    assert first.status_code == 200
    assert first.headers["ETag"] == http.get(path).headers["ETag"] != tag
    second = http.put(path, json={**stored["document"], "full_name": "Second"}, headers={"If-Match": tag})
    assert (second.status_code, second.json()["title"]) == (
        412,
        "the document was changed or deleted since it was read: read it again",
    )
    assert http.get(path).json()["document"]["full_name"] == "First"
    for match in (first.headers["ETag"], "*", f'"0" , {tag}'):
        assert http.put(path, json=stored["document"], headers={"If-Match": match}).status_code == 200
    assert (
        http.put(path, json=stored["document"], headers={"If-Match": f'"0", {first.headers["ETag"]}'}).status_code
        == 412
    )
    http.delete(path).raise_for_status()
    assert http.put(path, json=stored["document"], headers={"If-Match": "*"}).status_code == 412
    assert http.put(path, json=stored["document"]).status_code == 201


def test_an_earlier_version_names_its_holder_and_is_deleted_by_itself(
    http: httpx.Client, control: ControlClient
) -> None:
    created = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    document = control.call("GET", f"/documents/vtex/profiles/{created}")["document"]
    control.put("vtex", "profiles", created, {**document, "email": "ana.new@example.org"})
    (place,) = control.call("GET", "/residue", subject=ANA["email"])["places"]
    assert (place["where"], place["holder"]) == ("vtex/versions", "ana.new@example.org")
    own = control.call("GET", "/residue", subject="ana.new@example.org")["places"]
    assert [each for each in own if "holder" in each] == []
    path = f"/_sandbox/v1/documents/vtex/versions/{place['id']}"
    assert http.get(path).status_code == 404  # it is no document
    assert [http.delete(path).status_code for _ in range(2)] == [204, 404]
    assert control.call("GET", "/residue", subject=ANA["email"])["places"] == []
    assert http.get(f"{PROFILES}/{created}", headers=VTEX).status_code == 200
    assert http.delete("/_sandbox/v1/documents/vtex/nothing/1").status_code == 404
