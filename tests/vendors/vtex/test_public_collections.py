"""What the control API reads and writes of VTEX, also where VTEX's own API cannot."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control_client import BASE, ControlClient
from tests.vendors.vtex.conftest import Shop

ID = "98478f6b-d025-4f35-a560-dd1ee7a6f26e"
OTHER = "70caf394-8534-447e-a0ca-1803c669c771"
ORDER: dict[str, Any] = {
    "orderId": "1172452900788-01",
    "status": "handling",
    "value": 3498,
    "creationDate": "2023-10-23T19:22:12.8989883+00:00",
    "clientProfileData": {"email": "john.doe@example.com", "firstName": "John"},
    "shippingData": {"address": {"street": "51"}},
}


def _put(http: httpx.Client, collection: str, id: str, document: Any) -> httpx.Response:
    return http.put(f"{BASE}/documents/vtex/{collection}/{id}", json=document)


@pytest.mark.parametrize(
    ("collection", "document"),
    [
        ("orders", ORDER),
        ("carts", {"email": "john.doe@example.com", "items": [{"name": "Socks"}]}),
        ("users", {"email": "john.doe@example.com"}),
    ],
)
def test_what_no_vtex_api_shows_is_written_read_and_dropped(
    http: httpx.Client, control: ControlClient, collection: str, document: dict[str, Any]
) -> None:
    written = _put(http, collection, "1", document)
    assert (written.status_code, written.json()) == (201, {"id": "1", "document": document})
    assert control.call("GET", f"/documents/vtex/{collection}/1") == {"id": "1", "document": document}
    assert {"id": "1", "document": document} in control.documents("vtex", collection)
    control.call("DELETE", f"/documents/vtex/{collection}/1")
    assert http.get(f"{BASE}/documents/vtex/{collection}/1").status_code == 404
    assert http.delete(f"{BASE}/documents/vtex/{collection}/1").status_code == 404


def test_a_profile_put_from_outside_is_one_of_the_profile_system(
    shop: Shop, control: ControlClient, john: dict[str, Any]
) -> None:
    put = control.put("vtex", "profiles", ID, john)
    assert put["document"] == john
    assert shop.get_unmasked(f"/profiles/{ID}/unmask") == put
    assert shop.get(f"/profiles/{john['email']}", alternativeKey="email")["id"] == ID
    shop.get_unmasked(f"/profiles/{ID}/versions/{put['meta']['version']}/unmask")


def test_a_further_put_is_a_further_version_that_expires_when_the_first_would_have(
    shop: Shop, control: ControlClient, john: dict[str, Any]
) -> None:
    first = shop.customer(ttl=2)
    second = control.put("vtex", "profiles", first["id"], {**john, "firstName": "Joe"})
    assert second["meta"]["creationDate"] == first["meta"]["creationDate"]
    assert second["meta"]["version"] != first["meta"]["version"]
    assert second["meta"]["lastUpdate"] > first["meta"]["lastUpdate"]
    control.advance(days=2)
    shop.get(f"/profiles/{first['id']}", 404, rule="VTEX-TTL-1")


def test_a_taken_key_is_refused_and_changes_nothing(http: httpx.Client, shop: Shop, john: dict[str, Any]) -> None:
    held = shop.customer()
    response = _put(http, "profiles", ID, {**john, "document": "1", "email": "John.Doe@example.com"})
    assert response.status_code == 409
    assert http.get(f"{BASE}/documents/vtex/profiles/{ID}").status_code == 404
    assert _put(http, "profiles", held["id"], john).status_code == 200


def test_dropping_a_profile_drops_what_hangs_on_it(
    shop: Shop, control: ControlClient, john: dict[str, Any], home: dict[str, Any]
) -> None:
    control.put("vtex", "profiles", ID, john)
    control.put("vtex", "addresses", OTHER, {**home, "profileId": ID})
    control.put("vtex", "purchase-info", ID, {"isToSavePersonalData": True})
    assert shop.get(f"/profiles/{ID}/addresses/{OTHER}")["document"]["profileId"] == ID
    shop.get(f"/profiles/{ID}/purchase-info")
    control.call("DELETE", f"/documents/vtex/profiles/{ID}")
    for name in ("profiles", "addresses", "purchase-info"):
        assert not {ID, OTHER} & {document["id"] for document in control.documents("vtex", name)}
    shop.get(f"/profiles/{ID}", 404)


def test_addresses_prospects_and_purchase_information_are_shown_with_their_meta(
    shop: Shop, control: ControlClient, home: dict[str, Any]
) -> None:
    john = shop.customer()["id"]
    address = shop.post(f"/profiles/{john}/addresses", home)
    prospect = shop.post("/prospects", {"email": "ann@example.com"})
    info = shop.post(f"/profiles/{john}/purchase-info", {"isToSavePersonalData": True}, 200)
    for name, envelope in (("addresses", address), ("prospects", prospect), ("purchase-info", info)):
        assert envelope in control.documents("vtex", name)
        control.call("DELETE", f"/documents/vtex/{name}/{envelope['id']}")
        assert envelope not in control.documents("vtex", name)


def test_a_whole_card_number_is_masked_before_it_is_stored(shop: Shop, control: ControlClient) -> None:
    john = shop.customer()["id"]
    accounts = [{"cardNumber": "4111111111111111"}]
    put = control.put("vtex", "purchase-info", john, {"paymentData": {"availableAccounts": accounts}})
    assert put["document"]["paymentData"]["availableAccounts"][0]["cardNumber"] == "************1111"


def test_values_that_the_document_does_not_allow_are_named(http: httpx.Client, john: dict[str, Any]) -> None:
    response = _put(http, "profiles", ID, {**john, "email": "john.doe", "birthDate": 5})
    assert response.status_code == 400
    assert response.json()["errors"].keys() == {"email", "birthDate"}
    assert "john.doe" not in response.text


@pytest.mark.parametrize(
    ("collection", "document"),
    [
        ("profiles", {"firstName": "John"}),
        ("profiles", {"email": 7}),
        ("addresses", {"profileId": OTHER}),
        ("addresses", {"route": "51"}),
        ("purchase-info", {}),
        ("orders", {}),
        ("orders", {"status": ["invoiced"]}),
        ("orders", {"status": "invoiced", "clientProfileData": "John"}),
        ("carts", {"items": []}),
        ("users", {"email": ""}),
        ("profiles", []),
        ("orders", "text"),
    ],
)
def test_what_cannot_be_such_a_document_is_refused(http: httpx.Client, collection: str, document: Any) -> None:
    assert _put(http, collection, ID, document).status_code == 400
    assert http.get(f"{BASE}/documents/vtex/{collection}/{ID}").status_code == 404


def test_an_address_of_no_profile_is_refused(http: httpx.Client, home: dict[str, Any]) -> None:
    response = _put(http, "addresses", ID, {**home, "profileId": OTHER})
    assert response.status_code == 400
    assert "profileId" in response.text
