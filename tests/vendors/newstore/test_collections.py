"""NewStore's collections through the control API, and what it is seeded with."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control_client import BASE as CONTROL
from tests.control_client import ControlClient
from tests.vendors.newstore.shop import ADDRESS, UNKNOWN, UNKNOWN_DATA, Shop, refusal_message


def test_every_seeded_shopper_has_a_profile_and_addresses(shop: Shop, control: ControlClient) -> None:
    listed = shop.get("/profiles").json()
    assert listed["pagination_info"]["total"] == 5
    for profile in listed["profiles"]:
        assert shop.get(f"/profiles/{profile['id']}").json() == profile
        found = shop.get(f"/profiles/{profile['id']}/addresses").json()["addresses"]
        assert found
        response = shop.post(
            f"/profiles/{profile['id']}/addresses", {**ADDRESS, "country_code": found[0]["country_code"]}
        )
        assert response.status_code == 201
        change = {"last_updated_at": profile["updated_at"], "phone_number": profile["phone_number"]}
        assert shop.patch(f"/profiles/{profile['id']}", change).status_code == 200


def test_the_same_seed_gives_the_same_profiles(shop: Shop, control: ControlClient) -> None:
    before = [profile["id"] for profile in shop.get("/profiles").json()["profiles"]]
    control.call("POST", "/reset")
    assert [profile["id"] for profile in shop.get("/profiles").json()["profiles"]] == before


@pytest.mark.parametrize("collection", ["profiles", "addresses", "data", "tokens"])
def test_what_is_read_can_be_put_back(shop: Shop, control: ControlClient, collection: str) -> None:
    profile = shop.profile()
    shop.address(profile)
    shop.data("content", ttl=3)
    shop.tokens(it="is")
    shop.post(f"/profiles/{profile['id']}/delete")
    for known in control.documents("newstore", collection):
        assert control.put("newstore", collection, known["id"], known["document"]) == known


def test_a_profile_can_be_put_with_a_past(shop: Shop, control: ControlClient) -> None:
    control.put("newstore", "profiles", UNKNOWN, {"email": "old@newstore.test", "created_at": "2001-01-01T00:00:00Z"})
    profile = shop.get(f"/profiles/{UNKNOWN}").json()
    assert profile["created_at"] == "2001-01-01T00:00:00.000000Z"
    assert shop.post("/profiles", {"email": "OLD@newstore.test"}).json() == profile


@pytest.mark.rule("NS-LOCK-3")
def test_ns_lock_3_a_profile_that_is_put_again_has_a_later_updated_at(shop: Shop, control: ControlClient) -> None:
    control.clock(frozen=True)
    seen = []
    for _ in range(3):
        control.put("newstore", "profiles", UNKNOWN, {"email": "again@newstore.test"})
        seen.append(shop.get(f"/profiles/{UNKNOWN}").json()["updated_at"])
    assert seen == sorted(set(seen))


@pytest.mark.rule("NS-DEL-2")
def test_ns_del_2_a_profile_can_be_put_awaiting_deletion(shop: Shop, control: ControlClient) -> None:
    now = control.clock()["now"]
    document = {"email": "late@newstore.test", "deletion_requested_at": now}
    control.put("newstore", "profiles", UNKNOWN, document)
    refusal_message(shop.post(f"/profiles/{UNKNOWN}/delete"), 409, "NS-DEL-1")
    control.advance(seconds=61)
    refusal_message(shop.get(f"/profiles/{UNKNOWN}"), 404)


def test_data_and_tokens_can_be_put_and_expire(shop: Shop, control: ControlClient) -> None:
    control.put("newstore", "data", UNKNOWN_DATA, {"content_type": "text/plain", "content": "hello!", "ttl": 1})
    control.put("newstore", "tokens", UNKNOWN, {"value": {"a": 1}})
    assert shop.get(f"/data/{UNKNOWN_DATA}").content == b"hello!"
    assert control.documents("newstore", "data")[0]["document"]["content"] == "hello!"
    assert shop.post("/detokenize", {"tokens": {"t": UNKNOWN}}).json()["data"] == {"t": {"a": 1}}
    control.advance(days=31)
    refusal_message(shop.get(f"/data/{UNKNOWN_DATA}"), 404, "NS-DATA-3")
    assert control.documents("newstore", "tokens") == []


def test_a_profile_is_dropped_with_its_addresses(shop: Shop, control: ControlClient) -> None:
    profile = shop.profile()
    address = shop.address(profile)
    control.call("DELETE", f"/documents/newstore/profiles/{profile['id']}")
    assert address["id"] not in [known["id"] for known in control.documents("newstore", "addresses")]


@pytest.mark.parametrize(
    ("collection", "document", "field"),
    [
        ("profiles", {}, "email"),
        ("profiles", {"email": 5}, "email"),
        ("profiles", {"email": "a@b.test", "age": 5}, "age"),
        ("profiles", {"email": "a@b.test", "id": "another"}, "id"),
        ("profiles", {"email": "a@b.test", "full_name": 5}, "full_name"),
        ("profiles", {"email": "a@b.test", "created_at": "yesterday"}, "created_at"),
        ("profiles", {"email": "a@b.test", "extended_attributes": []}, "extended_attributes"),
        ("profiles", {"email": "a@b.test", "extended_attributes": {"a": "b"}}, "extended_attributes.a"),
        ("addresses", {**ADDRESS}, "profile_id"),
        ("addresses", {**ADDRESS, "profile_id": UNKNOWN}, "profile_id"),
        ("data", {"content_type": "text/plain"}, "content"),
        ("data", {"content_type": "text/plain\n", "content": ""}, "content_type"),
        ("data", {"content_type": "text/plain", "content": "", "ttl": 0}, "ttl"),
        ("tokens", {}, "value"),
    ],
)
def test_a_document_that_cannot_be_one_is_refused(
    http: httpx.Client, collection: str, document: dict[str, Any], field: str
) -> None:
    response = http.put(f"{CONTROL}/documents/newstore/{collection}/{UNKNOWN}", json=document)
    assert response.status_code == 400
    assert field in response.text


@pytest.mark.rule("NS-UNIQ-1")
def test_ns_uniq_1_a_profile_cannot_be_put_with_the_email_of_another(shop: Shop, http: httpx.Client) -> None:
    shop.profile(email="one@newstore.test")
    response = http.put(f"{CONTROL}/documents/newstore/profiles/{UNKNOWN}", json={"email": "One@newstore.test"})
    assert response.status_code == 409
