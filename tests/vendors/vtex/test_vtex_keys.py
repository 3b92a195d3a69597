"""Finding a profile by what it holds, and that nobody else holds it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from pii_sandbox.mockserver.vendors.vtex import collections, errors
from tests.control_client import ControlClient
from tests.credentials import VTEX
from tests.in_process import InProcess
from tests.vendors.vtex.conftest import Shop


@pytest.mark.rule("VTEX-ALT-1")
@pytest.mark.parametrize(("key", "value"), [("email", "john.doe@example.com"), ("document", "12345678911")])
def test_vtex_alt_1_a_key_stands_for_the_id(shop: Shop, home: dict[str, Any], key: str, value: str) -> None:
    profile = shop.customer()
    one = f"/profiles/{value}"
    address = shop.post(f"{one}/addresses", home, alternativeKey=key)
    assert address["document"]["profileId"] == profile["id"]
    assert shop.post(f"{one}/purchase-info", {}, 200, alternativeKey=key)["id"] == profile["id"]
    assert shop.get(one, alternativeKey=key)["id"] == profile["id"]
    assert shop.get_unmasked(f"{one}/unmask", alternativeKey=key)["id"] == profile["id"]
    version = profile["meta"]["version"]
    assert shop.get(f"{one}/versions/{version}", alternativeKey=key)["meta"]["version"] == version
    assert shop.get(f"{one}/addresses/{address['id']}", alternativeKey=key)["id"] == address["id"]
    assert len(shop.get(f"{one}/addresses", alternativeKey=key)) == 1
    assert shop.get(f"{one}/purchase-info", alternativeKey=key)[0]["id"] == profile["id"]
    shop.patch(one, {"lastName": "Roe"}, alternativeKey=key)
    shop.patch(f"{one}/addresses/{address['id']}", {"route": "52"}, alternativeKey=key)
    shop.patch(f"{one}/purchase-info", {}, alternativeKey=key)
    shop.delete(f"{one}/addresses/{address['id']}", alternativeKey=key)
    shop.delete(f"{one}/purchase-info", alternativeKey=key)
    shop.delete(one, alternativeKey=key)
    shop.get(f"/profiles/{profile['id']}", 404)


@pytest.mark.rule("VTEX-ALT-2")
@pytest.mark.parametrize("key", ["phone", "", "Email", "id", "firstName"])
def test_vtex_alt_2_another_key_is_400(shop: Shop, key: str) -> None:
    shop.customer()
    problem = shop.get("/profiles/john.doe@example.com", 400, alternativeKey=key, rule="VTEX-ALT-2")
    assert list(problem["errors"]) == ["alternativeKey"]


@pytest.mark.rule("VTEX-ALT-3")
@pytest.mark.parametrize(
    ("key", "value"), [("email", "jane@example.com"), ("document", "1"), ("email", "12345678911"), ("email", "%20")]
)
def test_vtex_alt_3_nobody_with_that_key_is_404(shop: Shop, key: str, value: str) -> None:
    shop.customer()
    shop.get(f"/profiles/{value}", 404, alternativeKey=key, rule="VTEX-ALT-3")


@pytest.mark.rule("VTEX-ALT-4")
@pytest.mark.parametrize("value", ["john.doe@example.com", "12345678911"])
def test_vtex_alt_4_a_key_without_its_name_is_404(shop: Shop, value: str) -> None:
    shop.customer()
    shop.get(f"/profiles/{value}", 404, rule="VTEX-ALT-4")
    shop.patch(f"/profiles/{value}", {"lastName": "Roe"}, 404, rule="VTEX-ALT-4")
    shop.delete(f"/profiles/{value}", 404, rule="VTEX-ALT-4")


@pytest.mark.rule("VTEX-ALT-5")
def test_vtex_alt_5_after_an_update_the_new_value_finds_it(shop: Shop) -> None:
    profile = shop.customer()
    shop.patch(f"/profiles/{profile['id']}", {"email": "john.roe@example.com", "document": "2"})
    assert shop.get("/profiles/john.roe@example.com", alternativeKey="email")["id"] == profile["id"]
    assert shop.get("/profiles/2", alternativeKey="document")["id"] == profile["id"]
    shop.get("/profiles/john.doe@example.com", 404, alternativeKey="email")
    shop.get("/profiles/12345678911", 404, alternativeKey="document")


@pytest.mark.rule("VTEX-ALT-5")
def test_vtex_alt_5_email_compares_without_case_and_is_stored_as_sent(shop: Shop) -> None:
    profile = shop.customer({"email": "John.Doe@Example.com"})
    assert shop.get("/profiles/jOHN.dOE@eXAMPLE.COM", alternativeKey="email")["id"] == profile["id"]
    stored = shop.get_unmasked("/profiles/john.doe@example.com/unmask", alternativeKey="email")
    assert stored["document"]["email"] == "John.Doe@Example.com"


@pytest.mark.rule("VTEX-ALT-6")
def test_vtex_alt_6_values_may_be_url_encoded(shop: Shop) -> None:
    profile = shop.customer({"email": "john+news@example.com", "document": "12/34-5%6 ü"})
    found = [
        shop.get(f"/profiles/{quote('john+news@example.com', safe='')}", alternativeKey="email"),
        shop.get("/profiles/john+news@example.com", alternativeKey="email"),
        shop.get("/profiles/john+news%40example.com", alternativeKey="email"),
        shop.get(f"/profiles/{quote('12/34-5%6 ü', safe='')}", alternativeKey="document"),
    ]
    assert {one["id"] for one in found} == {profile["id"]}
    assert shop.get(f"/profiles/{quote('12/34-5%6 ü', safe='')}/addresses", alternativeKey="document") == []


@pytest.mark.rule("VTEX-UNIQ-1")
@pytest.mark.parametrize(
    "changes", [{"document": "2"}, {"email": "jane@example.com"}, {"email": "JOHN.DOE@EXAMPLE.COM", "document": "2"}]
)
def test_vtex_uniq_1_a_taken_key_is_409_on_create(shop: Shop, john: dict[str, Any], changes: dict[str, str]) -> None:
    shop.customer()
    problem = shop.post("/profiles", {**john, **changes}, 409, rule="VTEX-UNIQ-1")
    assert problem["type"] == "https://tools.ietf.org/html/rfc7231#section-6.5.8"


@pytest.mark.rule("VTEX-UNIQ-1")
def test_vtex_uniq_1_a_taken_key_is_409_on_update_and_nothing_changed(shop: Shop, control: ControlClient) -> None:
    shop.customer()
    jane = shop.customer({"email": "jane@example.com", "document": "2", "firstName": "Jane"})
    one = f"/profiles/{jane['id']}"
    for key, value in {"email": "John.doe@example.com", "document": "12345678911"}.items():
        shop.patch(one, {"lastName": "Roe", key: value}, 409, rule="VTEX-UNIQ-1")
    stored = shop.get_unmasked(f"{one}/unmask")
    assert (stored["document"], stored["meta"]) == (jane["document"], jane["meta"])
    assert [event["action"] for event in control.events()] == ["GetProfileUnmasked"]


@pytest.mark.rule("VTEX-UNIQ-1")
def test_vtex_uniq_1_a_profile_may_keep_its_own_keys_and_a_deleted_one_frees_them(shop: Shop) -> None:
    profile = shop.customer()
    shop.patch(f"/profiles/{profile['id']}", {"email": "JOHN.DOE@example.com", "document": "12345678911"})
    shop.delete(f"/profiles/{profile['id']}")
    shop.customer()


@pytest.mark.rule("VTEX-UNIQ-1")
def test_vtex_uniq_1_of_parallel_creates_exactly_one_wins(
    transport: InProcess, http: httpx.Client, john: dict[str, Any]
) -> None:
    responses = transport.send_concurrently(
        http.build_request("POST", "/api/storage/profile-system/profiles", json=john, headers=VTEX) for _ in range(50)
    )
    assert sorted(response.status_code for response in responses) == [201] + [409] * 49


@pytest.mark.rule("VTEX-ALT-5", "VTEX-UNIQ-1")
def test_vtex_alt_5_the_setting_compares_emails_exactly(shop: Shop, control: ControlClient) -> None:
    profile = shop.customer()
    control.settings({"vtex.key_comparison": "exact"})
    shop.get("/profiles/JOHN.DOE@example.com", 404, alternativeKey="email")
    assert shop.get("/profiles/john.doe@example.com", alternativeKey="email")["id"] == profile["id"]
    assert shop.get("/profiles/12345678911", alternativeKey="document")["id"] == profile["id"]
    other = shop.customer({"email": "JOHN.DOE@example.com", "document": "98765432100"})
    assert shop.get("/profiles/JOHN.DOE@example.com", alternativeKey="email")["id"] == other["id"]
    shop.patch(f"/profiles/{other['id']}", {"email": "john.doe@example.com"}, 409)
    shop.patch(f"/profiles/{other['id']}", {"document": "12345678911"}, 409)


@pytest.mark.parametrize(
    ("given", "is_id"), [("98478f6b-d025-4f35-a560-dd1ee7a6f26e", True), ("john.doe@example.com", False), ("1", False)]
)
def test_only_an_id_is_told_from_a_value_of_a_key(given: str, is_id: bool) -> None:
    assert collections._is_id(given) is is_id


@pytest.mark.parametrize(("status", "title"), [(404, "Not Found"), (599, "Error")])
def test_an_injected_status_that_is_not_registered_has_a_title(status: int, title: str) -> None:
    assert errors.status_body(status)["title"] == title
