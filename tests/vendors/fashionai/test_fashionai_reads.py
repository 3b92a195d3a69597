"""The four reads, and which values find a customer."""

from __future__ import annotations

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import FASHIONAI
from tests.vendors.fashionai.calls import BASE, KEYS, PRINTED, read, rule

NOT_FOUND = {"statusCode": 404, "message": "Profile not found", "error": "Not Found"}


@pytest.mark.rule("FAI-GET-1")
def test_fai_get_1_the_four_keys_of_a_customer_give_the_same_body(http: httpx.Client, control: ControlClient) -> None:
    for entry in control.documents("fashionai", "customers"):
        customer = entry["document"]
        responses = [
            read(http, "user-profile-id", customer["userProfileId"]),
            read(http, "phone", customer["phone"]),
            read(http, "email", customer["email"]),
            read(http, "document", customer["document"]),
        ]
        assert [response.status_code for response in responses] == [200] * 4
        assert {response.content for response in responses} == {responses[0].content}
        assert responses[0].json() == {"userProfileId": entry["id"], "profile": customer["profile"]}


@pytest.mark.rule("FAI-GET-1")
def test_fai_get_1_a_customer_written_by_the_control_api_is_found_by_each_key(
    http: httpx.Client, control: ControlClient
) -> None:
    control.put(
        "fashionai",
        "customers",
        "maria1",
        {
            "userProfileId": "maria1",
            "phone": "+351 912 345 678",
            "email": "Maria@Example.com",
            "document": "AB-123.456",
            "profile": PRINTED["profile"],
        },
    )
    assert read(http, "user-profile-id", "maria1").json()["userProfileId"] == "maria1"
    assert read(http, "phone", "351912345678").json()["userProfileId"] == "maria1"
    assert read(http, "email", "maria@example.com").json()["userProfileId"] == "maria1"
    assert read(http, "document", "ab123456").json()["userProfileId"] == "maria1"


@pytest.mark.rule("FAI-GET-2")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("user-profile-id", "nobody"),
        ("phone", "5511000000000"),
        ("phone", "not a phone"),
        ("email", "nobody@example.com"),
        ("document", "00000000000"),
        ("document", "..."),
        ("email", "\U0001f600"),
        ("user-profile-id", "x" * 5000),
    ],
)
def test_fai_get_2_an_unknown_value_is_not_found(http: httpx.Client, key: str, value: str) -> None:
    response = read(http, key, value)
    assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert response.headers["Content-Type"] == "application/json"
    assert rule(response) == "FAI-GET-2"


@pytest.mark.rule("FAI-GET-3")
@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("email", "CUSTOMER@example.com", 200),
        ("email", "Customer@Example.COM", 200),
        ("email", "customer @example.com", 404),
        ("phone", "+5511999998888", 200),
        ("phone", "+55 (11) 99999-8888", 200),
        ("phone", "55 11 99999 8888", 200),
        ("phone", "11999998888", 404),
        ("phone", "(11) 99999-8888", 404),
        ("phone", "5511999998888x", 404),
        ("phone", "05511999998888", 404),
        ("document", "123.456.789-00", 200),
        ("document", "123 456 789 00", 200),
        ("document", "123.456.789-01", 404),
        ("document", "123.456.789", 404),
        ("user-profile-id", "DDSD23223", 404),
        ("user-profile-id", "ddsd-23223", 404),
        ("user-profile-id", " ddsd23223", 404),
    ],
)
def test_fai_get_3_each_key_compares_in_its_way(http: httpx.Client, key: str, value: str, status: int) -> None:
    assert read(http, key, value).status_code == status


@pytest.mark.rule("FAI-GET-4")
@pytest.mark.parametrize(
    "path",
    [
        "email/customer%40example.com",
        "email/customer@example.com",
        "email/%63ustomer%40example%2Ecom",
        "phone/%2B55%2011%2099999-8888",
        "phone/%2b5511999998888",
        "phone/+5511999998888",
        "document/123%2E456%2E789%2D00",
        "document/123456789%2F00",
        "user-profile-id/%64dsd23223",
    ],
)
def test_fai_get_4_a_percent_encoded_value_finds_what_the_plain_one_finds(http: httpx.Client, path: str) -> None:
    response = http.get(f"{BASE}/{path}", headers=FASHIONAI)
    assert (response.status_code, response.json()) == (200, PRINTED)


def test_a_read_is_served_with_and_without_a_content_type(http: httpx.Client) -> None:
    assert read(http).status_code == 200
    assert read(http, headers={**FASHIONAI, "Content-Type": "application/json"}).status_code == 200


def test_property_names_keep_their_accents(http: httpx.Client) -> None:
    response = read(http)
    assert response.headers["Content-Type"] == "application/json"
    assert '"ocasião":"Trabalho business casual"'.encode() in response.content
    assert "ocasião" in response.json()["profile"]["ocasioes_relevantes"][0]


def test_no_answer_holds_the_keys_themselves(http: httpx.Client) -> None:
    response = read(http, "email", KEYS["email"])
    assert set(response.json()) == {"userProfileId", "profile"}
    assert not any(KEYS[key] in response.text for key in ("email", "phone", "document"))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_there_are_no_writes(http: httpx.Client, method: str) -> None:
    response = http.request(method, f"{BASE}/email/customer@example.com", headers=FASHIONAI)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert (response.json()["statusCode"], response.json()["error"]) == (405, "Method Not Allowed")


def test_head_answers_like_get_without_a_body(http: httpx.Client) -> None:
    response = http.head(f"{BASE}/email/customer@example.com", headers=FASHIONAI)
    assert (response.status_code, response.content) == (200, b"")


def test_an_unknown_path_is_told_in_the_vendors_form(http: httpx.Client) -> None:
    response = http.get(f"{BASE}/name/Maria", headers=FASHIONAI)
    assert (response.status_code, response.json()["statusCode"], response.json()["error"]) == (404, 404, "Not Found")


@pytest.mark.rule("FAI-GET-3")
@pytest.mark.parametrize(
    ("kind", "as_stored", "other"),
    [
        ("phone", "5511999998888", "+5511999998888"),
        ("email", "customer@example.com", "CUSTOMER@example.com"),
        ("document", "12345678900", "123456789-00"),
    ],
)
def test_fai_get_3_the_setting_compares_keys_as_they_are_stored(
    http: httpx.Client, control: ControlClient, kind: str, as_stored: str, other: str
) -> None:
    assert read(http, kind, other).status_code == 200
    control.settings({"fashionai.key_comparison": "exact"})
    assert (read(http, kind, as_stored).status_code, read(http, kind, other).status_code) == (200, 404)
