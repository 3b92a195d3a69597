"""NS-GOC and NS-DEL: profiles are created, read and deleted."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import NEWSTORE
from tests.vendors.newstore.shop import BASE, UNKNOWN, Shop, refusal_message

ID = re.compile(r"NS-EU-[0-7][0-9A-HJKMNP-TV-Z]{25}-[0-7][0-9A-HJKMNP-TV-Z]{25}")
WHOLE = {
    "email": "user@example.com",
    "full_name": "Ada Lovelace",
    "phone_number": "+493012345678",
    "store_id": "store-1",
    "created_by": "associate-1",
    "extended_attributes": {"loyalty_id": {"data_type": "string", "value": "0123456789"}},
}


@pytest.mark.rule("NS-GOC-1")
def test_ns_goc_1_a_new_email_makes_a_profile(shop: Shop) -> None:
    response = shop.post("/profiles", WHOLE)
    assert response.status_code == 201
    profile = response.json()
    assert {name: profile[name] for name in WHOLE} == WHOLE
    assert ID.fullmatch(profile["id"])
    assert profile["display_id"]
    assert profile["created_at"] == profile["updated_at"]
    assert shop.get(f"/profiles/{profile['id']}").json() == profile


@pytest.mark.rule("NS-GOC-1")
def test_ns_goc_1_what_is_not_sent_is_null(shop: Shop) -> None:
    profile = shop.profile()
    assert [profile[name] for name in ("full_name", "phone_number", "store_id", "created_by")] == [None] * 4
    assert profile["extended_attributes"] == {}


@pytest.mark.rule("NS-GOC-1")
@pytest.mark.parametrize("email", ["user@example.com", "USER@Example.COM"])
def test_ns_goc_1_a_known_email_returns_the_stored_profile_unchanged(shop: Shop, email: str) -> None:
    stored = shop.profile(**WHOLE)
    response = shop.post("/profiles", {"email": email, "full_name": "Somebody Else", "store_id": "store-2"})
    assert response.status_code == 200
    assert response.headers["X-Sandbox-Rule"] == "NS-GOC-1"
    assert response.json() == stored


@pytest.mark.rule("NS-GOC-2")
def test_ns_goc_2_the_email_of_a_profile_that_awaits_deletion_is_a_conflict(shop: Shop) -> None:
    profile = shop.profile(email="leaving@newstore.test")
    shop.post(f"/profiles/{profile['id']}/delete")
    refusal_message(shop.post("/profiles", {"email": "Leaving@newstore.test"}), 409, "NS-GOC-2")


@pytest.mark.rule("NS-GOC-2")
def test_ns_goc_2_other_writes_to_a_profile_that_awaits_deletion_go_on_working(
    shop: Shop, control: ControlClient
) -> None:
    profile = shop.profile()
    address = shop.address(profile)
    path = f"/profiles/{profile['id']}"
    shop.post(f"{path}/delete")
    change = {"last_updated_at": profile["updated_at"], "full_name": "Still Here"}
    assert shop.patch(path, change).status_code == 200
    change = {"last_updated_at": address["updated_at"], "city": "Potsdam"}
    assert shop.patch(f"{path}/addresses/{address['id']}", change).status_code == 200
    shop.address(profile, city="Hamburg")
    control.advance(seconds=61)
    assert shop.get(path).status_code == 404


@pytest.mark.rule("NS-GOC-3")
@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("email", {}),
        ("email", {"email": "nobody"}),
        ("email", {"email": None}),
        ("email", {"email": 5}),
        ("full_name", {"email": "a@newstore.test", "full_name": "x" * 257}),
        ("phone_number", {"email": "a@newstore.test", "phone_number": 4930123}),
        ("store_id", {"email": "a@newstore.test", "store_id": []}),
        ("extended_attributes", {"email": "a@newstore.test", "extended_attributes": "none"}),
        ("loyalty_id", {"email": "a@newstore.test", "extended_attributes": {"loyalty_id": {"value": "1"}}}),
        (
            "extended_attributes",
            {
                "email": "a@newstore.test",
                "extended_attributes": {f"a{n}": {"data_type": "string", "value": ""} for n in range(21)},
            },
        ),
    ],
)
def test_ns_goc_3_a_body_that_breaks_the_schema_is_refused_by_field(
    shop: Shop, field: str, body: dict[str, Any]
) -> None:
    response = shop.post("/profiles", body)
    assert field in response.json()["message"]
    assert response.status_code == 400
    if field not in ("store_id", "loyalty_id"):
        assert response.headers["X-Sandbox-Rule"] == "NS-GOC-3"


@pytest.mark.rule("NS-GOC-3")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone_number", "030 12345678"),
        ("phone_number", "+0301234567"),
        ("phone_number", "+4930123456789012"),
        ("phone_number", "string"),
    ],
)
def test_ns_goc_3_what_the_schema_allows_and_the_service_cannot_process_is_unprocessable(
    shop: Shop, field: str, value: Any
) -> None:
    response = shop.post("/profiles", {"email": "a@newstore.test", field: value})
    assert field in refusal_message(response, 422, "NS-GOC-3")
    assert shop.get("/profiles", q="a@newstore.test").json()["pagination_info"]["total"] == 0


@pytest.mark.rule("NS-GOC-3")
@pytest.mark.parametrize(
    ("data_type", "value", "stored"),
    [
        ("number", "42", "42"),
        ("number", "large", "large"),
        ("picture", "", ""),
        ("number", 42, "42"),
        ("number", 1.5, "1.5"),
        ("string", 2**70, str(2**70)),
        ("boolean", True, "true"),
    ],
)
def test_ns_goc_3_the_value_of_an_attribute_is_a_string(shop: Shop, data_type: str, value: Any, stored: str) -> None:
    profile = shop.profile(extended_attributes={"points": {"data_type": data_type, "value": value}})
    assert profile["extended_attributes"] == {"points": {"data_type": data_type, "value": stored}}
    change = {
        "last_updated_at": profile["updated_at"],
        "extended_attributes": {"more": {"data_type": data_type, "value": value}},
    }
    changed = shop.patch(f"/profiles/{profile['id']}", change).json()
    assert changed["extended_attributes"] == {"more": {"data_type": data_type, "value": stored}}


@pytest.mark.rule("NS-GOC-3")
@pytest.mark.parametrize(
    ("attribute", "expected_message"),
    [
        ({"data_type": "string"}, "extended_attributes.points.value"),
        ({"data_type": "string", "value": None}, "string, number or boolean"),
        ({"data_type": "string", "value": ["x"]}, "string, number or boolean"),
    ],
)
def test_ns_goc_3_an_unfit_attribute_is_told_in_words(
    shop: Shop, attribute: dict[str, Any], expected_message: str
) -> None:
    body = {"email": "a@newstore.test", "extended_attributes": {"points": attribute}}
    message = refusal_message(shop.post("/profiles", body), 400, "NS-GOC-3")
    assert expected_message in message
    assert "anyOf" not in message


@pytest.mark.rule("NS-LIST-3")
@pytest.mark.parametrize("q", ["+493012345678", "%2B493012345678", "3012345678"])
def test_ns_list_3_a_plus_sign_need_not_be_encoded(shop: Shop, q: str) -> None:
    profile = shop.profile(phone_number="+493012345678")
    found = shop.http.get(f"{BASE}/profiles?q={q}", headers=NEWSTORE).json()["profiles"]
    assert profile["id"] in [each["id"] for each in found]


@pytest.mark.rule("NS-LIST-5")
def test_ns_list_5_an_empty_sort_is_as_none(shop: Shop) -> None:
    assert shop.get("/profiles", sort="").json() == shop.get("/profiles").json()


@pytest.mark.rule("NS-GOC-2")
def test_ns_goc_2_the_email_of_a_profile_that_awaits_deletion_stays_taken(shop: Shop) -> None:
    profile = shop.profile(email="late@newstore.test")
    shop.post(f"/profiles/{profile['id']}/delete")
    change = {"last_updated_at": profile["updated_at"], "email": "other@newstore.test"}
    refusal_message(shop.patch(f"/profiles/{profile['id']}", change), 409, "NS-GOC-2")
    refusal_message(shop.post("/profiles", {"email": "late@newstore.test"}), 409, "NS-GOC-2")
    change = {"last_updated_at": profile["updated_at"], "full_name": "Other Name"}
    assert shop.patch(f"/profiles/{profile['id']}", change).status_code == 200


@pytest.mark.rule("NS-GOC-3")
def test_ns_goc_3_an_update_is_held_to_the_same_schema(shop: Shop) -> None:
    profile = shop.profile()
    change = {"last_updated_at": profile["updated_at"]}
    path = f"/profiles/{profile['id']}"
    assert "email" in refusal_message(shop.patch(path, {**change, "email": None}), 422, "NS-GOC-3")
    assert "phone_number" in refusal_message(shop.patch(path, {**change, "phone_number": "none"}), 422, "NS-GOC-3")
    assert shop.get(path).json() == profile


@pytest.mark.rule("NS-DEL-1")
def test_ns_del_1_the_first_request_is_accepted_and_the_second_a_conflict(shop: Shop) -> None:
    profile = shop.profile()
    first = shop.post(f"/profiles/{profile['id']}/delete")
    assert (first.status_code, first.content) == (202, b"")
    refusal_message(shop.post(f"/profiles/{profile['id']}/delete"), 409, "NS-DEL-1")
    refusal_message(shop.post(f"/profiles/{UNKNOWN}/delete"), 404, "NS-DEL-1")


@pytest.mark.rule("NS-DEL-2")
def test_ns_del_2_a_profile_is_readable_until_its_deletion_is_processed(shop: Shop, control: ControlClient) -> None:
    profile = shop.profile(email="going@newstore.test")
    address = shop.address(profile)
    path = f"/profiles/{profile['id']}"
    control.clock(frozen=True)
    shop.post(f"{path}/delete")
    control.advance(seconds=59)
    assert shop.get(path).json() == profile
    assert shop.get(f"{path}/addresses/{address['id']}").json() == address
    control.advance(seconds=1)
    refusal_message(shop.get(path), 404)
    refusal_message(shop.get(f"{path}/addresses"), 404, "NS-ADDR-3")
    refusal_message(shop.get(f"{path}/addresses/{address['id']}"), 404, "NS-ADDR-3")
    refusal_message(shop.post(f"{path}/delete"), 404, "NS-DEL-1")
    assert address["id"] not in [known["id"] for known in control.documents("newstore", "addresses")]
    assert shop.profile(email="going@newstore.test")["id"] != profile["id"]


@pytest.mark.rule("NS-DEL-2")
def test_ns_del_2_how_long_a_deletion_takes_can_be_set(shop: Shop, control: ControlClient) -> None:
    control.settings({"newstore.deletion_seconds": 0})
    profile = shop.profile()
    assert shop.post(f"/profiles/{profile['id']}/delete").status_code == 202
    refusal_message(shop.get(f"/profiles/{profile['id']}"), 404)


@pytest.mark.rule("NS-DEL-2")
def test_ns_del_2_a_deletion_beyond_the_end_of_the_calendar_is_accepted(shop: Shop, control: ControlClient) -> None:
    control.settings({"newstore.deletion_seconds": 10**10})
    control.clock(at="9990-01-01T00:00:00Z")
    profile = shop.profile()
    assert shop.post(f"/profiles/{profile['id']}/delete").status_code == 202
    assert shop.get(f"/profiles/{profile['id']}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/profiles/{}", 400),
        ("POST", "/profiles/{}/delete", 400),
        ("PATCH", "/profiles/{}", 404),
        ("GET", "/profiles/{}/addresses", 404),
        ("POST", "/profiles/{}/addresses", 404),
        ("GET", "/profiles/{}/addresses/" + UNKNOWN, 400),
        ("DELETE", "/profiles/{}/addresses/" + UNKNOWN, 400),
        ("PATCH", "/profiles/{}/addresses/" + UNKNOWN, 404),
    ],
)
@pytest.mark.parametrize("malformed", ["1", UNKNOWN.lower(), UNKNOWN + "0", UNKNOWN[:-1] + "U", UNKNOWN + "%0A"])
def test_a_malformed_profile_id_is_refused_or_not_found(
    shop: Shop, method: str, path: str, status: int, malformed: str
) -> None:
    body = {
        "last_updated_at": "2019-08-24T14:15:22Z",
        "full_name": "",
        "address_line_1": "",
        "zip_code": "",
        "city": "",
        "country_code": "DE",
    }
    response = shop.call(method, path.format(malformed), body if status == 404 and method != "GET" else None)
    assert response.status_code == status


def test_the_clock_at_its_end_breaks_nothing(shop: Shop, control: ControlClient, http: httpx.Client) -> None:
    control.clock(at="9999-12-31T23:59:59.999Z", frozen=True)
    profile = shop.profile()
    assert shop.post(f"/profiles/{profile['id']}/delete").status_code in (202, 404)
    change = {"last_updated_at": profile["updated_at"], "full_name": "Late"}
    assert shop.patch(f"/profiles/{profile['id']}", change).status_code in (200, 404, 409)
    assert shop.post("/tokenize", {"data": {"a": 1}}).status_code == 200
    assert http.post("/v0/token", data={"grant_type": "password", "username": "a", "password": "b"}).status_code == 403


@pytest.mark.rule("NS-UNIQ-1")
def test_ns_uniq_1_the_setting_makes_emails_in_another_case_others(shop: Shop, control: ControlClient) -> None:
    control.settings({"newstore.key_comparison": "exact"})
    first = shop.post("/profiles", {"email": "Ada@example.com"}).json()
    second = shop.post("/profiles", {"email": "ada@example.com"})
    assert (second.status_code, shop.post("/profiles", {"email": "ada@example.com"}).status_code) == (201, 200)
    lock = {"last_updated_at": first["updated_at"]}
    refusal_message(shop.patch(f"/profiles/{first['id']}", {**lock, "email": "ada@example.com"}), 409, "NS-UNIQ-1")
    assert shop.patch(f"/profiles/{first['id']}", {**lock, "email": "ADA@example.com"}).status_code == 200
