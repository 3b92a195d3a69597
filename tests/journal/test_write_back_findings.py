"""Findings about writes that lose personal data: masks and pseudonyms are stored as the vendor would store them."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, VTEX
from tests.journal.calls import JOHN, NEWSTORE_PROFILES, PROFILES, create_anna, create_john, findings

MASKS, PSEUDONYMS = "masks-written-back", "pseudonyms-written"
SCHEMA = "/api/storage/profile-system/schemas/profileSystem/custom"
ADDRESS = {
    "postalCode": "20200-000", "countryName": "Brasil", "administrativeAreaLevel1": "RJ", "locality": "Rio",
    "localityAreaLevel1": "Centro", "route": "Rua Exemplo", "streetNumber": "51", "receiverName": "Johannes Doerfler",
}  # fmt: skip


def read_masked(http: httpx.Client, path: str) -> dict[str, Any]:
    """The document that a masked read returns, in either dialect."""
    body = http.get(path, headers=VTEX).json()
    document: dict[str, Any] = (body[0] if isinstance(body, list) else body)["document"]
    return document


@pytest.mark.parametrize("dialect", ["guide", "reference"])
def test_a_masked_profile_that_is_written_back_is_stored_and_found(
    http: httpx.Client, control: ControlClient, dialect: str
) -> None:
    control.dialect(dialect)
    profile = create_john(http)
    document = read_masked(http, f"{PROFILES}/{profile}") | {"gender": "male"}
    assert http.patch(f"{PROFILES}/{profile}", headers=VTEX, json=document).status_code == 200
    (stored,) = [each for each in control.documents("vtex", "profiles") if each["id"] == profile]
    assert stored["document"]["email"] == "j*******.d*******@e******.c**"
    (finding,) = findings(control, MASKS)
    assert (finding["calls"], finding["rule"], finding["operation"]) == ([2, 3], "VTEX-MASK-1", "UpdateClientProfile")
    assert finding["message"].endswith("GetProfile had returned, in document, email, firstName, homePhone, lastName")
    assert "j***" not in json.dumps(finding)


def test_masks_are_found_in_addresses_lists_creates_and_custom_fields(
    http: httpx.Client, control: ControlClient
) -> None:
    field = {"type": "string", "sensitive": False, "pii": True}
    assert http.put(SCHEMA, headers=VTEX, json={"shoeSize": field}).status_code == 201
    path = f"{PROFILES}/{create_john(http, shoeSize='forty-two')}"
    http.post(f"{path}/addresses", headers=VTEX, json=ADDRESS)
    (home,) = http.get(f"{path}/addresses", headers=VTEX).json()
    assert http.post(f"{path}/addresses", headers=VTEX, json=home["document"]).status_code == 201
    size = read_masked(http, path)["shoeSize"]
    assert http.patch(path, headers=VTEX, json={"shoeSize": size}).status_code == 200
    reported = [(finding["operation"], finding["calls"], finding["message"]) for finding in findings(control, MASKS)]
    assert [(operation, calls) for operation, calls, _ in reported] == [
        ("CreateClientAddress", [4, 5]),
        ("UpdateClientProfile", [6, 7]),
    ]
    assert "receiverName" in reported[0][2]
    assert reported[1][2].endswith("in a custom field")


def test_stars_of_the_clients_own_and_refused_writes_are_fine(http: httpx.Client, control: ControlClient) -> None:
    profile = create_john(http, tags=["4* hotel"])
    assert read_masked(http, f"{PROFILES}/{profile}")["tags"] == ["4* hotel"]
    http.patch(f"{PROFILES}/{profile}", headers=VTEX, json={"tags": ["4* hotel"], "firstName": "N*"})
    refused = {"email": read_masked(http, f"{PROFILES}/{profile}")["email"], "document": None}
    assert http.patch(f"{PROFILES}/{profile}", headers=VTEX, json=refused).status_code == 400
    assert findings(control, MASKS) == []


def test_a_pseudonym_of_the_journal_that_is_written_is_stored_and_found(
    http: httpx.Client, control: ControlClient
) -> None:
    profile = create_anna(http)
    full_name = control.call("GET", "/journal/last")["response"]["body"]["full_name"]
    assert full_name.startswith("name#")
    change = {"full_name": full_name, "last_updated_at": profile["updated_at"]}
    changed = http.patch(f"{NEWSTORE_PROFILES}/{profile['id']}", headers=NEWSTORE, json=change)
    assert (changed.status_code, changed.json()["full_name"]) == (200, full_name)
    (finding,) = findings(control, PSEUDONYMS)
    assert (finding["calls"], finding["rule"], finding["operation"]) == ([2], None, "updateProfile")
    assert finding["message"].endswith("in full_name")


@pytest.mark.parametrize("name", ["Apartment #1234", "apt#1234", "C#", "name#x", "#cafe"])
def test_other_texts_with_a_number_sign_are_fine(http: httpx.Client, control: ControlClient, name: str) -> None:
    http.post(PROFILES, headers=VTEX, json={**JOHN, "firstName": name})
    assert findings(control, PSEUDONYMS) == []
