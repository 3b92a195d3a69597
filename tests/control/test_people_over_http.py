"""The seeded people, with their ids at each vendor."""

from __future__ import annotations

import httpx

from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, ORACLE, VTEX


def test_each_id_is_that_of_the_person_at_its_vendor(http: httpx.Client, control: ControlClient) -> None:
    people = control.call("GET", "/people")
    assert people["total"] == len(people["people"]) == 5
    for person in people["people"]:
        ids = person["ids"]
        vtex = http.get(
            f"/api/storage/profile-system/profiles/{ids['vtex']}/unmask?reason=test%20of%20ids", headers=VTEX
        )
        assert vtex.json()["document"]["email"] == person["email"]
        assert http.get(f"/v1/d/pii/profiles/{ids['newstore']}", headers=NEWSTORE).json()["email"] == person["email"]
        assert http.get(f"/ccapp/v1/profiles/{ids['oracle']}", headers=ORACLE).json()["email"] == person["email"]
        fashionai = control.call("GET", f"/documents/fashionai/customers/{ids['fashionai']}")["document"]
        assert (fashionai["email"], fashionai["document"]) == (person["email"], person["document"])


def test_people_are_listed_in_their_seeded_state(http: httpx.Client, control: ControlClient) -> None:
    before = control.call("GET", "/people")
    control.call("DELETE", f"/documents/vtex/profiles/{before['people'][0]['ids']['vtex']}")
    assert control.call("GET", "/people") == before
    control.call("POST", "/seed", {"shoppers": 2, "seed": 9, "locale": "pt_BR"})
    after = control.call("GET", "/people")
    assert after["total"] == 2
    assert {person["locale"] for person in after["people"]} == {"pt_BR"}


def test_people_are_listed_in_pages(control: ControlClient) -> None:
    page = control.call("GET", "/people", offset=3, count=1)
    assert page["total"] == 5
    assert [person["number"] for person in page["people"]] == [4]


def test_a_sandbox_without_people_lists_none(control: ControlClient) -> None:
    control.call("POST", "/seed", {"shoppers": 0})
    assert control.call("GET", "/people") == {"people": [], "total": 0}
