"""The people whom the documents hold now, of calls and of the seed: searched, and without a profile. What is due."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, VTEX

PROFILES = "/api/storage/profile-system/profiles"
LIST = "/v1/d/pii/profiles"
ANA = {"firstName": "Ana", "lastName": "Lee", "email": "Ana.Lee@example.org", "document": "1", "documentType": "CPF"}


def people(control: ControlClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = control.call("GET", "/people/stored", **query)["people"]
    return found


def test_people_of_calls_come_first_the_latest_before_all_then_those_of_the_seed(
    http: httpx.Client, control: ControlClient
) -> None:
    seed = control.call("GET", "/people")["people"]
    profile = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    other = http.post(LIST, json={"email": "ana.lee@example.org", "full_name": "A. Lee"}, headers=NEWSTORE).json()["id"]
    http.post(LIST, json={"email": "bo@example.org", "full_name": "Bo"}, headers=NEWSTORE).raise_for_status()
    found = people(control)
    assert [each["email"] for each in found[:2]] == ["bo@example.org", "Ana.Lee@example.org"]
    assert (found[1]["full_name"], found[1]["ids"]) == ("Ana Lee", {"vtex": profile, "newstore": other})
    assert [each["seeded"] for each in found[:3]] == [False, False, True]
    of_seed = {each["email"]: each["ids"] for each in found if each["seeded"]}
    assert all(of_seed[each["email"]] == each["ids"] for each in seed)


def test_a_person_of_the_seed_without_a_profile_stays_listed_with_no_id(control: ControlClient) -> None:
    gone, kept = control.call("GET", "/people")["people"][:2]
    collections = {"vtex": "profiles", "newstore": "profiles", "oracle": "profiles", "fashionai": "customers"}
    for api, own_id in gone["ids"].items():
        control.call("DELETE", f"/documents/{api}/{collections[api]}/{own_id}")
    found = {each["email"]: each["ids"] for each in people(control)}
    assert (found[gone["email"]], found[kept["email"]]) == ({}, kept["ids"])


@pytest.mark.parametrize("part", ["email", "full_name", "document", "phone"])
def test_people_are_searched_by_words_of_what_identifies_them(control: ControlClient, part: str) -> None:
    wanted = control.call("GET", "/people")["people"][2]
    assert wanted["email"] in [each["email"] for each in people(control, search=wanted[part].upper())]
    assert people(control, search=f"{wanted[part]} nobody-of-that-word") == []


def test_people_are_listed_in_pages(control: ControlClient) -> None:
    everyone = people(control)
    page = control.call("GET", "/people/stored", offset=2, count=2)
    assert (page["total"], page["people"]) == (len(everyone), everyone[2:4])


def test_each_due_record_tells_its_event_and_its_person(http: httpx.Client, control: ControlClient) -> None:
    shopper = control.call("GET", "/people")["people"][0]
    profile = http.post(f"{PROFILES}?ttl=2", json=ANA, headers=VTEX).json()["id"]
    home = {"postalCode": "20200-000", "countryName": "Brasil", "countryCode": "BR", "administrativeAreaLevel1": "RJ"}
    home |= {"locality": "Locality", "localityAreaLevel1": "area", "route": "51", "streetNumber": "999"}
    hung = http.post(f"{PROFILES}/{profile}/addresses?ttl=1", json=home, headers=VTEX).json()["id"]
    http.post(f"{LIST}/{shopper['ids']['newstore']}/delete", headers=NEWSTORE).raise_for_status()
    due = control.call("GET", "/due")["due"]
    assert [(each["id"], each["event"], each["email"]) for each in due] == [
        (shopper["ids"]["newstore"], "deletion", shopper["email"]),
        (hung, "end", ANA["email"]),
        (profile, "end", ANA["email"]),
    ]


def test_status_tells_what_the_people_were_made_of(control: ControlClient) -> None:
    control.call("POST", "/seed", {"shoppers": 2, "seed": 9, "locale": "pt_BR"})
    assert control.call("GET", "/status")["seeded"] == {"seed": 9, "shoppers": 2, "locale": "pt_BR"}
    control.call("POST", "/seed", {"shoppers": 3})
    assert control.call("GET", "/status")["seeded"] == {"seed": 9, "shoppers": 3, "locale": None}
