"""Profiles: what they need, keep and lose."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control_client import ControlClient
from tests.vendors.vtex.conftest import Shop

REQUIRED = ["firstName", "lastName", "email", "document", "documentType"]


@pytest.mark.rule("VTEX-PROF-1")
@pytest.mark.parametrize("missing", REQUIRED)
def test_vtex_prof_1_a_missing_required_field_is_400_naming_it(shop: Shop, john: dict[str, Any], missing: str) -> None:
    del john[missing]
    problem = shop.post("/profiles", john, 400, rule="VTEX-PROF-1")
    assert list(problem["errors"]) == [missing]
    assert problem["type"] == "https://tools.ietf.org/html/rfc7231#section-6.5.1"


@pytest.mark.rule("VTEX-PROF-1")
def test_vtex_prof_1_in_the_reference_an_email_is_enough(shop: Shop, control: ControlClient) -> None:
    control.dialect("reference")
    shop.post("/profiles", {"email": "ann@example.com"})
    problem = shop.post("/profiles", {"firstName": "Ann"}, 400, rule="VTEX-PROF-1")
    assert list(problem["errors"]) == ["email"]


@pytest.mark.rule("VTEX-PROF-2")
def test_vtex_prof_2_patch_merges_top_level_fields(shop: Shop, john: dict[str, Any]) -> None:
    profile = shop.customer({"gender": "male", "extra": {"a": 1, "b": 2}})
    updated = shop.patch(f"/profiles/{profile['id']}", {"lastName": "Roe", "extra": {"c": 3}, "nickname": "Jo"})
    expected = {**john, "gender": "male", "lastName": "Roe", "extra": {"c": 3}, "nickname": "Jo"}
    assert updated["document"] == expected
    assert shop.get_unmasked(f"/profiles/{profile['id']}/unmask")["document"] == expected


@pytest.mark.rule("VTEX-PROF-2")
def test_vtex_prof_2_null_removes_an_optional_field(shop: Shop, john: dict[str, Any]) -> None:
    profile = shop.customer({"gender": "male", "extra": 1})
    updated = shop.patch(
        f"/profiles/{profile['id']}", {"gender": None, "extra": None, "never": None, "birthDate": None}
    )
    del john["birthDate"]
    assert updated["document"] == john


@pytest.mark.rule("VTEX-PROF-2")
@pytest.mark.parametrize("field", REQUIRED)
def test_vtex_prof_2_null_for_a_required_field_is_400(shop: Shop, field: str) -> None:
    profile = shop.customer()
    problem = shop.patch(f"/profiles/{profile['id']}", {field: None, "gender": "male"}, 400, rule="VTEX-PROF-2")
    assert list(problem["errors"]) == [field]
    assert shop.get_unmasked(f"/profiles/{profile['id']}/unmask") == profile


@pytest.mark.rule("VTEX-PROF-2")
def test_vtex_prof_2_in_the_reference_null_removes_all_but_the_email(shop: Shop, control: ControlClient) -> None:
    profile = shop.customer()
    control.dialect("reference")
    one = f"/profiles/{profile['id']}"
    updated = shop.patch(one, dict.fromkeys(["firstName", "lastName", "document", "documentType", "birthDate"]))
    assert updated["document"] == {"email": "john.doe@example.com"}
    shop.patch(one, {"email": None}, 400, rule="VTEX-PROF-2")
    shop.get("/profiles/12345678911", 404, alternativeKey="document")


@pytest.mark.rule("VTEX-PROF-3")
def test_vtex_prof_3_delete_takes_what_hangs_on_it(
    shop: Shop, control: ControlClient, home: dict[str, Any], john: dict[str, Any]
) -> None:
    profile = shop.customer()
    other = shop.customer({"email": "jane@example.com", "document": "2"})
    one = f"/profiles/{profile['id']}"
    address = shop.post(f"{one}/addresses", home)
    shop.post(f"/profiles/{other['id']}/addresses", home)
    shop.post(f"{one}/purchase-info", {}, 200)
    shop.delete(one)
    shop.delete(one, 404, rule="VTEX-PROF-3")
    shop.get(one, 404, rule="VTEX-PROF-3")
    shop.get_unmasked(f"{one}/unmask", expect=404)
    shop.get("/profiles/john.doe@example.com", 404, alternativeKey="email")
    control.put("vtex", "profiles", profile["id"], john)
    shop.get(f"{one}/addresses/{address['id']}", 404)
    shop.get(f"{one}/purchase-info", 404)
    shop.get(f"{one}/versions/{profile['meta']['version']}", 404)
    assert len(shop.get(f"/profiles/{other['id']}/addresses")) == 1


@pytest.mark.rule("VTEX-PROF-4")
def test_vtex_prof_4_unknown_fields_are_kept(shop: Shop, john: dict[str, Any]) -> None:
    custom = {"shoeSize": 42, "pets": [{"name": "Rex"}], "newsletter": False, "id": "mine"}
    profile = shop.customer(custom)
    assert shop.get_unmasked(f"/profiles/{profile['id']}/unmask")["document"] == {**john, **custom}
    assert shop.get(f"/profiles/{profile['id']}")["document"]["pets"] == [{"name": "Rex"}]


def test_one_profile_is_an_object_in_the_guide_and_an_array_of_one_in_the_reference(
    shop: Shop, control: ControlClient
) -> None:
    profile = shop.customer()
    one, version = f"/profiles/{profile['id']}", profile["meta"]["version"]
    paths = (one, f"{one}/unmask", f"{one}/versions/{version}", f"{one}/versions/{version}/unmask")
    assert {shop.get_unmasked(path)["id"] for path in paths} == {profile["id"]}
    control.dialect("reference")
    assert [[body["id"] for body in shop.get_unmasked(path)] for path in paths] == [[profile["id"]]] * 4
