"""Reading personal data whole: for a reason, and with a trace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control_client import ControlClient
from tests.credentials import VTEX_READONLY, VTEX_USER
from tests.vendors.vtex.conftest import Shop


@pytest.fixture
def paths(shop: Shop, home: dict[str, Any]) -> dict[str, str]:
    """The eight unmasked reads of a customer with one of everything."""
    profile = shop.customer()
    one = f"/profiles/{profile['id']}"
    address = shop.post(f"{one}/addresses", home)
    prospect = shop.post("/prospects", {"email": "ann@example.com"})
    shop.post(f"{one}/purchase-info", {"isToSavePersonalData": True}, 200)
    return {
        "GetProfileUnmasked": f"{one}/unmask",
        "GetProfileVersionUnmasked": f"{one}/versions/{profile['meta']['version']}/unmask",
        "GetAddressUnmasked": f"{one}/addresses/{address['id']}/unmask",
        "GetAddressesUnmasked": f"{one}/addresses/unmask",
        "GetAddressVersionUnmasked": f"{one}/addresses/{address['id']}/versions/{address['meta']['version']}/unmask",
        "GetProspectUnmasked": f"/prospects/{prospect['id']}/unmask",
        "GetProspectsUnmasked": "/prospects/unmask",
        "GetPurchaseInformationUnmasked": f"{one}/purchase-info/unmask",
    }


ACTIONS = [
    "GetProfileUnmasked",
    "GetProfileVersionUnmasked",
    "GetAddressUnmasked",
    "GetAddressesUnmasked",
    "GetAddressVersionUnmasked",
    "GetProspectUnmasked",
    "GetProspectsUnmasked",
    "GetPurchaseInformationUnmasked",
]
LISTS = ["GetAddressesUnmasked", "GetProspectsUnmasked"]


@pytest.mark.rule("VTEX-UNMASK-1")
def test_vtex_unmask_1_what_was_stored_comes_back_as_it_was_sent(shop: Shop) -> None:
    odd: dict[str, Any] = {
        "firstName": " José\u0301 ",
        "lastName": "",
        "note": {"deep": [1, 2.5, None, True, "ß"], "": {}},
        "n": None,
        "tags": [],
    }
    profile = shop.customer(odd)
    stored = shop.get_unmasked(f"/profiles/{profile['id']}/unmask")["document"]
    assert {name: stored[name] for name in odd} == odd


@pytest.mark.rule("VTEX-UNMASK-2")
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("query", [{}, {"reason": ""}, {"reason": "  \t"}, {"reason": "\u00a0"}])
def test_vtex_unmask_2_no_reason_no_disclosure(
    shop: Shop, control: ControlClient, paths: dict[str, str], action: str, query: dict[str, str]
) -> None:
    problem = shop.get(paths[action], 400, rule="VTEX-UNMASK-2", **query)
    assert list(problem["errors"]) == ["reason"]
    assert control.events() == []


@pytest.mark.rule("VTEX-UNMASK-2")
@pytest.mark.parametrize("action", ACTIONS)
def test_vtex_unmask_2_in_the_reference_use_case_stands_in_and_lists_need_none(
    shop: Shop, control: ControlClient, paths: dict[str, str], action: str
) -> None:
    control.dialect("reference")
    if action in LISTS:
        shop.get(paths[action])
    else:
        shop.get(paths[action], 400, rule="VTEX-UNMASK-2")
        shop.get(paths[action], 400, rule="VTEX-UNMASK-2", useCase=" ")
    shop.get(paths[action], useCase="checkout")
    assert control.events()[-1]["reason"] == "checkout"


@pytest.mark.rule("VTEX-UNMASK-2")
def test_vtex_unmask_2_in_the_reference_a_masked_address_version_needs_one(
    shop: Shop, control: ControlClient, paths: dict[str, str]
) -> None:
    masked = paths["GetAddressVersionUnmasked"].removesuffix("/unmask")
    shop.get(masked)
    control.dialect("reference")
    shop.get(masked, 400, rule="VTEX-UNMASK-2")
    assert shop.get(masked, reason="support")["document"]["countryName"] == "B*****"
    assert control.events() == []


@pytest.mark.rule("VTEX-UNMASK-2")
def test_vtex_unmask_2_in_the_guide_a_use_case_is_no_reason(shop: Shop, paths: dict[str, str]) -> None:
    shop.get(paths["GetProfileUnmasked"], 400, rule="VTEX-UNMASK-2", useCase="checkout")
    shop.get(paths["GetProfileUnmasked"], 400, rule="VTEX-UNMASK-2", useCase="checkout", reason=" ")


@pytest.mark.rule("VTEX-UNMASK-2")
@pytest.mark.parametrize("dialect", ["guide", "reference"])
@pytest.mark.parametrize("action", ACTIONS)
def test_vtex_unmask_2_the_setting_makes_the_reason_optional(
    shop: Shop, control: ControlClient, paths: dict[str, str], action: str, dialect: str
) -> None:
    control.dialect(dialect)
    control.settings({"vtex.reason_optional": True})
    shop.get(paths[action])
    shop.get(paths[action], onBehalfOf="ann@example.com")
    shop.get(paths[action], 400, rule="VTEX-UNMASK-2", reason=" ")
    masked = paths["GetAddressVersionUnmasked"].removesuffix("/unmask")
    shop.get(masked)
    assert [(event["action"], "reason" in event) for event in control.events()] == [(action, False)] * 2


@pytest.mark.rule("VTEX-UNMASK-3")
@pytest.mark.parametrize("action", ACTIONS)
def test_vtex_unmask_3_each_leaves_one_event(
    shop: Shop, control: ControlClient, paths: dict[str, str], action: str
) -> None:
    shop.get_unmasked(paths[action], rule="VTEX-UNMASK-3")
    (event,) = control.events()
    assert (event["api"], event["action"], event["reason"]) == ("vtex", action, "support call")
    ids = [part for part in paths[action].split("/") if len(part) == 36]
    assert [event[name] for name in ("profileId", "addressId", "prospectId", "versionId") if name in event] == ids
    assert len(event["author"]) == 36
    assert event["time"].endswith("0+00:00")


@pytest.mark.rule("VTEX-UNMASK-3")
def test_vtex_unmask_3_the_event_names_who_asked_and_for_whom(
    shop: Shop, control: ControlClient, paths: dict[str, str]
) -> None:
    control.dialect("reference")
    path = paths["GetProfileUnmasked"]
    shop.get(path, useCase="checkout", onBehalfOf="shopper-7")
    shop.get(path, reason="audit", headers=VTEX_READONLY)
    shop.get(path, reason="audit", headers=VTEX_USER)
    first, second, third = control.events()
    assert (first["reason"], first["onBehalfOf"]) == ("checkout", "shopper-7")
    assert "onBehalfOf" not in second
    assert len({first["author"], second["author"], third["author"]}) == 3


@pytest.mark.rule("VTEX-UNMASK-3")
def test_vtex_unmask_3_what_failed_or_was_refused_leaves_none(
    shop: Shop, control: ControlClient, paths: dict[str, str]
) -> None:
    shop.get_unmasked("/profiles/nobody@example.com/unmask", alternativeKey="email", expect=404)
    shop.get_unmasked(paths["GetProfileUnmasked"], expect=401, headers={})
    shop.get(paths["GetProfileUnmasked"].removesuffix("/unmask"))
    assert control.events() == []


@pytest.mark.rule("VTEX-UNMASK-3")
def test_vtex_unmask_3_a_changed_email_leaves_a_rectification_without_it(shop: Shop, control: ControlClient) -> None:
    profile = shop.customer()
    shop.patch(f"/profiles/{profile['id']}", {"lastName": "Roe", "email": "john.doe@example.com"})
    assert control.events() == []
    shop.patch(f"/profiles/{profile['id']}", {"email": "john.roe@example.com"})
    (event,) = control.events()
    assert (event["action"], event["profileId"]) == ("EmailRectification", profile["id"])
    assert event["author"] == profile["meta"]["author"]
    assert "example.com" not in str(event)
