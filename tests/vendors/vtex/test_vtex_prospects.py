"""Prospects and purchase information."""

from __future__ import annotations

import uuid

import pytest

from tests.control_client import ControlClient
from tests.vendors.vtex.conftest import Shop, ids

CARD = {
    "accountId": "a1",
    "paymentSystem": "2",
    "paymentSystemName": "Visa",
    "bin": "411111",
    "availableAddresses": ["home"],
    "expirationDate": "01/2032",
    "isExpired": False,
    "accountStatus": None,
}


@pytest.mark.rule("VTEX-PROSP-1")
def test_vtex_prosp_1_a_prospect_lives_on_its_own(shop: Shop) -> None:
    ann = shop.post("/prospects", {"email": "ann@example.com", "firstName": "Ann"})
    bob = shop.post("/prospects", {})
    assert ids(shop.get("/prospects"))[-2:] == [ann["id"], bob["id"]]
    assert shop.get_unmasked("/prospects/unmask")[-2:] == [ann, bob]
    updated = shop.patch(f"/prospects/{ann['id']}", {"firstName": None, "isPJ": True})
    assert updated["document"] == {"email": "ann@example.com", "isPJ": True}
    assert shop.get_unmasked(f"/prospects/{ann['id']}/unmask") == updated
    shop.delete(f"/prospects/{bob['id']}")
    shop.get(f"/prospects/{bob['id']}", 404, rule="VTEX-PROSP-1")
    assert ids(shop.get("/prospects"))[-1] == ann["id"]


@pytest.mark.rule("VTEX-PROSP-1")
def test_vtex_prosp_1_an_unknown_prospect_is_404(shop: Shop) -> None:
    one = f"/prospects/{uuid.uuid4()}"
    shop.get(one, 404, rule="VTEX-PROSP-1")
    shop.get_unmasked(f"{one}/unmask", expect=404, rule="VTEX-PROSP-1")
    shop.patch(one, {}, 404, rule="VTEX-PROSP-1")
    shop.delete(one, 404, rule="VTEX-PROSP-1")


@pytest.mark.rule("VTEX-PROSP-1")
def test_vtex_prosp_1_prospects_may_share_an_email_with_each_other_and_a_profile(shop: Shop) -> None:
    shop.customer()
    john = {"email": "john.doe@example.com", "document": "12345678911"}
    created = [shop.post("/prospects", john)["id"] for _ in range(2)]
    assert ids(shop.get("/prospects"))[-2:] == created


@pytest.mark.rule("VTEX-PURCH-1")
def test_vtex_purch_1_one_a_profile(shop: Shop) -> None:
    profile = shop.customer()
    one = f"/profiles/{profile['id']}/purchase-info"
    info = shop.post(one, {"isToSavePersonalData": True}, 200)
    assert (info["id"], info["document"]) == (profile["id"], {"isToSavePersonalData": True})
    shop.post(one, {"isToSavePersonalData": False}, 409, rule="VTEX-PURCH-1")
    assert shop.get(one) == [info]
    shop.delete(one)
    shop.post(one, {}, 200)


@pytest.mark.rule("VTEX-PURCH-2")
def test_vtex_purch_2_none_yet_is_404(shop: Shop) -> None:
    one = f"/profiles/{shop.customer()['id']}/purchase-info"
    shop.get(one, 404, rule="VTEX-PURCH-2")
    shop.get_unmasked(f"{one}/unmask", expect=404, rule="VTEX-PURCH-2")
    shop.patch(one, {}, 404, rule="VTEX-PURCH-2")
    shop.delete(one, 404, rule="VTEX-PURCH-2")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("4111111111111111", "************1111"),
        ("4111 1111 1111 1111", "************1111"),
        ("3782-822463-10005", "***********0005"),
        ("************1111", "************1111"),
        ("411111******1111", "411111******1111"),
        ("1111", "1111"),
    ],
)
def test_a_whole_card_number_is_never_stored(shop: Shop, control: ControlClient, sent: str, stored: str) -> None:
    one = f"/profiles/{shop.customer()['id']}/purchase-info"
    info = shop.post(one, {"paymentData": {"availableAccounts": [{**CARD, "cardNumber": sent}]}}, 200)
    for body in (info, shop.get(one)[0], shop.get_unmasked(f"{one}/unmask")[0]):
        assert body["document"]["paymentData"]["availableAccounts"] == [{**CARD, "cardNumber": stored}]
    updated = shop.patch(one, {"paymentData": {"availableAccounts": [{**CARD, "cardNumber": sent}] * 2}})
    assert [card["cardNumber"] for card in updated["document"]["paymentData"]["availableAccounts"]] == [stored] * 2


def test_nothing_of_purchase_information_is_masked_on_reading(shop: Shop) -> None:
    one = f"/profiles/{shop.customer()['id']}/purchase-info"
    document = {
        "paymentData": {
            "availableAccounts": [],
            "availableTokens": [],
            "transactions": None,
            "giftCards": [],
            "giftCardMessages": [],
            "numberOfPaymentErrors": 0,
            "numberOfDeniedTransactions": 0,
            "lastDeniedTransaction": None,
        },
        "clientPreferences": {"userId": "u1", "localeDefault": "pt-BR", "isNewsletterOptIn": False},
        "isToSavePersonalData": True,
        "lastUserPurchases": [
            {"creationDate": "2022-01-18T18:51:34.1293829+00:00", "orderId": "o1", "orderGroup": "g1", "value": 10000}
        ],
        "lastPurchasesAddressId": "a1",
    }
    info = shop.post(one, document, 200)
    assert info["document"] == document
    assert shop.get(one) == shop.get_unmasked(f"{one}/unmask") == [info]
