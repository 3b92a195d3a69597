"""`fields` and `exclude`."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.vendors.oracle.calls import FLAT, ID, PROFILE, STANDING, get_profile, rule

CARDS: list[dict[str, Any]] = PROFILE["creditCards"]
CARD_PARTS = [{"id": card["id"], "cardProps": card["cardProps"]} for card in CARDS]


@pytest.fixture(autouse=True)
def store_profile(control: ControlClient) -> None:
    control.put("oracle", "profiles", ID, PROFILE)


def drop_names(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


@pytest.mark.rule("OCC-FIELDS-1")
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("id,email", {"id": ID, "email": "ana.souza@example.com"}),
        (" id , email ", {"id": ID, "email": "ana.souza@example.com"}),
        ("parentOrganization", {"parentOrganization": PROFILE["parentOrganization"]}),
        ("email,email", {"email": "ana.souza@example.com"}),
    ],
)
def test_occ_fields_1_only_those_properties_are_answered(
    http: httpx.Client, fields: str, expected: dict[str, Any]
) -> None:
    response = get_profile(http, fields=fields)
    assert (response.json(), rule(response)) == (expected, "OCC-FIELDS-1")


@pytest.mark.rule("OCC-FIELDS-1")
@pytest.mark.parametrize("fields", ["", ",", " "])
def test_occ_fields_1_an_empty_list_asks_for_everything(http: httpx.Client, fields: str) -> None:
    assert set(get_profile(http, fields=fields).json()) == {*FLAT, "links"}


@pytest.mark.rule("OCC-FIELDS-1")
def test_occ_fields_1_links_are_answered_to_who_names_them(http: httpx.Client) -> None:
    assert set(get_profile(http, fields="id,links").json()) == {"id", "links"}


@pytest.mark.rule("OCC-FIELDS-1")
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("id,email", {"profileDetail": {"id": ID, "email": "ana.souza@example.com"}}),
        ("isAnonymous", {"isAnonymous": False}),
        ("id,isAnonymous", {"profileDetail": {"id": ID}, "isAnonymous": False}),
        ("profileDetail", {"profileDetail": {**FLAT, "active": True}}),
        ("profileDetail.id", {"profileDetail": {"id": ID}}),
        ("profileComments.comment", {"profileComments": [{"comment": "Called twice"}]}),
        ("nonsense", {}),
    ],
)
def test_occ_fields_1_in_dialect_reference_a_name_is_looked_up_in_profile_detail_first(
    http: httpx.Client, control: ControlClient, fields: str, expected: dict[str, Any]
) -> None:
    control.dialect("reference")
    assert get_profile(http, fields=fields).json() == expected


@pytest.mark.rule("OCC-FIELDS-2")
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("creditCards.cardProps,creditCards.id", {"creditCards": CARD_PARTS}),
        ("parentOrganization.name", {"parentOrganization": {"name": "Acme"}}),
        ("parentOrganization.name,parentOrganization", {"parentOrganization": PROFILE["parentOrganization"]}),
        ("id,roles.relativeTo.id", {"id": ID, "roles": [{"relativeTo": {"id": "1"}}]}),
    ],
)
def test_occ_fields_2_dotted_names_lead_into_objects_and_arrays(
    http: httpx.Client, fields: str, expected: dict[str, Any]
) -> None:
    response = get_profile(http, fields=fields)
    assert (response.json(), rule(response)) == (expected, "OCC-FIELDS-2")


@pytest.mark.rule("OCC-FIELDS-2")
def test_occ_fields_2_dotted_names_work_in_dialect_reference(http: httpx.Client, control: ControlClient) -> None:
    control.dialect("reference")
    response = get_profile(http, fields="creditCards.cardProps,creditCards.id")
    assert response.json() == {"profileDetail": {"creditCards": CARD_PARTS}}


@pytest.mark.rule("OCC-FIELDS-3")
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("id,nonsense", {"id": ID}),
        ("id,creditCards.nonsense", {"id": ID}),
        ("id,email.nonsense", {"id": ID}),
        ("nonsense", {}),
        ("id,..,a.,.b", {"id": ID}),
        ("ID", {}),
    ],
)
def test_occ_fields_3_unknown_names_are_ignored(http: httpx.Client, fields: str, expected: dict[str, Any]) -> None:
    response = get_profile(http, fields=fields)
    assert (response.status_code, response.json()) == (200, expected)


@pytest.mark.rule("OCC-EXCL-1")
@pytest.mark.parametrize(
    ("exclude", "gone"),
    [("shippingAddresses", ["shippingAddresses"]), ("email,links", ["email", "links"]), ("nonsense", [])],
)
def test_occ_excl_1_all_but_those_are_answered(http: httpx.Client, exclude: str, gone: list[str]) -> None:
    full_profile = get_profile(http).json()
    response = get_profile(http, exclude=exclude)
    shown = {**response.json(), **({"links": full_profile["links"]} if "links" not in gone else {})}
    assert shown == drop_names(full_profile, *gone)
    assert rule(response) == "OCC-EXCL-1"


@pytest.mark.rule("OCC-EXCL-1")
def test_occ_excl_1_dotted_names_lead_into_objects_and_arrays(http: httpx.Client) -> None:
    body = get_profile(http, exclude="creditCards.creditCardNumber,parentOrganization.active").json()
    assert body["creditCards"] == [drop_names(card, "creditCardNumber") for card in CARDS]
    assert body["parentOrganization"] == {"id": "1", "name": "Acme"}
    assert body["email"] == PROFILE["email"]


@pytest.mark.rule("OCC-EXCL-1")
def test_occ_excl_1_in_dialect_reference_a_name_is_looked_up_in_profile_detail_first(
    http: httpx.Client, control: ControlClient
) -> None:
    control.dialect("reference")
    body = get_profile(http, exclude="email,profileComments,creditCards.id").json()
    assert set(body) == {*STANDING - {"profileComments"}, "profileDetail", "links"}
    assert set(body["profileDetail"]) == set(FLAT) - {"email"}
    assert body["profileDetail"]["creditCards"] == [drop_names(card, "id") for card in CARDS]


@pytest.mark.rule("OCC-EXCL-2")
@pytest.mark.parametrize(
    ("fields", "exclude", "expected"),
    [
        ("id,email", "email", {"id": ID}),
        ("id", "email", {"id": ID}),
        ("creditCards", "creditCards.creditCardNumber", {"creditCards": CARD_PARTS}),
        ("id", "id", {}),
    ],
)
def test_occ_excl_2_fields_come_first_then_exclude(
    http: httpx.Client, fields: str, exclude: str, expected: dict[str, Any]
) -> None:
    response = get_profile(http, fields=fields, exclude=exclude)
    assert (response.json(), rule(response)) == (expected, "OCC-EXCL-2")


@pytest.mark.rule("OCC-FIELDS-1")
def test_occ_fields_1_in_dialect_guide_a_name_under_profile_detail_is_found(http: httpx.Client) -> None:
    assert get_profile(http, fields="profileDetail.email").json() == get_profile(http, fields="email").json() != {}


@pytest.mark.parametrize(
    ("fields", "exclude", "decided"),
    [
        (None, None, "OCC-EXPAND-1"),  # no projection, but roles
        (",", " ", "OCC-EXPAND-1"),
        ("id", None, "OCC-FIELDS-1"),
        ("id,email", None, "OCC-FIELDS-1"),
        ("id,parentOrganization.name", None, "OCC-FIELDS-2"),
        (None, "id", "OCC-EXCL-1"),
        ("id,email", "id", "OCC-EXCL-2"),
        ("creditCards.id", "id", "OCC-EXCL-2"),
    ],
)
def test_the_rule_of_a_projection_is_told(
    http: httpx.Client, fields: str | None, exclude: str | None, decided: str
) -> None:
    asked: dict[str, Any] = {
        name: value for name, value in (("fields", fields), ("exclude", exclude)) if value is not None
    }
    assert rule(get_profile(http, **asked)) == decided
