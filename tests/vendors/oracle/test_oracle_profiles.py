"""Which profile is answered, in which words and in which shape."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.vendors.oracle.calls import FLAT, ID, ORGANIZATIONAL, PROFILE, STANDING, get_profile, refusal, rule
from tests.vendors.oracle.printed_examples import PRINTED


@pytest.fixture(autouse=True)
def store_profile(control: ControlClient) -> None:
    control.put("oracle", "profiles", ID, PROFILE)


def links(path: str = f"/ccapp/v1/profiles/{ID}") -> list[dict[str, str]]:
    return [{"rel": "self", "href": f"http://sandbox.test{path}"}]


@pytest.mark.rule("OCC-GET-1")
def test_occ_get_1_the_whole_profile_with_a_link_to_itself(http: httpx.Client) -> None:
    response = get_profile(http)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert response.json() == {**FLAT, "links": links()}


@pytest.mark.rule("OCC-GET-1")
def test_occ_get_1_the_link_is_the_url_of_the_call(http: httpx.Client) -> None:
    assert get_profile(http, preview="false").json()["links"] == links(f"/ccapp/v1/profiles/{ID}?preview=false")


@pytest.mark.rule("OCC-GET-1")
def test_occ_get_1_in_dialect_reference_the_profile_stands_under_profile_detail(
    http: httpx.Client, control: ControlClient
) -> None:
    control.dialect("reference")
    standing = {name: PROFILE[name] for name in STANDING}
    assert get_profile(http).json() == {
        **standing,
        "profileDetail": {**FLAT, "active": True},
        "links": links(),
    }


@pytest.mark.rule("OCC-GET-1")
def test_occ_get_1_dialect_reference_tells_of_a_profile_of_which_nothing_is_said(
    http: httpx.Client, control: ControlClient
) -> None:
    control.put("oracle", "profiles", "bare", {"email": "bare@example.com"})
    control.dialect("reference")
    assert get_profile(http, "bare").json() == {
        "hasIncompleteOrder": False,
        "isAnonymous": False,
        "profileComments": [],
        "profileDetail": {"id": "bare", "email": "bare@example.com"},
        "links": links("/ccapp/v1/profiles/bare"),
    }


@pytest.mark.rule("OCC-GET-1")
def test_occ_get_1_the_printed_example_comes_back_as_printed(http: httpx.Client, control: ControlClient) -> None:
    control.put("oracle", "profiles", "110006", PRINTED)
    assert get_profile(http, "110006").json() == {**PRINTED, "links": links("/ccapp/v1/profiles/110006")}


@pytest.mark.rule("OCC-GET-1")
def test_occ_get_1_a_head_answers_as_a_get_without_its_body(http: httpx.Client) -> None:
    response = http.head(f"/ccapp/v1/profiles/{ID}", headers={"Authorization": "Bearer sandbox-oracle"})
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.rule("OCC-GET-2")
@pytest.mark.parametrize("id", ["nobody", "110001%2F", "110001%00", "0", "%F0%9F%99%82"])
def test_occ_get_2_an_unknown_id_is_not_found(http: httpx.Client, id: str) -> None:
    response = get_profile(http, id)
    assert (*refusal(response), response.json()["errorCode"]) == (404, "OCC-GET-2", "22002")


@pytest.mark.rule("OCC-GET-3")
@pytest.mark.parametrize("blank", ["%20", "%20%20", "%09", "%0A"])
def test_occ_get_3_a_blank_id_is_refused(http: httpx.Client, blank: str) -> None:
    response = get_profile(http, blank)
    assert (*refusal(response), response.json()["errorCode"]) == (400, "OCC-GET-3", "22000")


@pytest.mark.rule("OCC-GET-4")
def test_occ_get_4_an_injected_failure_has_oracles_code(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"match": {"api": "oracle"}, "effect": {"internal": "OCC-GET-4"}, "times": 1})
    response = get_profile(http)
    assert (*refusal(response), response.json()["errorCode"]) == (500, "OCC-GET-4", "22001")
    assert get_profile(http).status_code == 200


@pytest.mark.rule("OCC-GET-4")
@pytest.mark.parametrize(
    ("match", "fails"),
    [
        ({"operation": "getProfile", "method": "GET"}, True),
        ({"path": "/ccapp/v1/profiles/9"}, True),
        ({"path": "/ccapp/v1/profiles/8"}, False),
    ],
)
def test_occ_get_4_a_failure_meets_the_calls_that_it_names(
    http: httpx.Client, control: ControlClient, match: dict[str, str], fails: bool
) -> None:
    control.fault({"match": match, "effect": {"internal": "OCC-GET-4"}})
    assert (get_profile(http).status_code == 500) is fails


@pytest.mark.rule("OCC-GET-4")
def test_occ_get_4_any_injected_500_has_oracles_code(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"match": {"api": "oracle"}, "effect": {"status": 500}, "times": 1})
    response = get_profile(http)
    assert (refusal(response)[0], response.json()["errorCode"]) == (500, "22001")


@pytest.mark.rule("OCC-EXPAND-1")
@pytest.mark.parametrize("dialect", ["guide", "reference"])
@pytest.mark.parametrize(
    ("expand", "roles"),
    [
        (None, ORGANIZATIONAL),
        ("", ORGANIZATIONAL),
        ("everything", ORGANIZATIONAL),
        ("globalRoles", PROFILE["roles"]),
        ("prices, globalRoles", PROFILE["roles"]),
    ],
)
def test_occ_expand_1_global_roles_are_left_out_unless_asked_for(
    http: httpx.Client, control: ControlClient, dialect: str, expand: str | None, roles: list[Any]
) -> None:
    control.dialect(dialect)
    response = get_profile(http) if expand is None else get_profile(http, expand=expand)
    body = response.json()
    assert body.get("profileDetail", body)["roles"] == roles
    assert rule(response) == "OCC-EXPAND-1"


@pytest.mark.rule("OCC-EXPAND-1")
def test_occ_expand_1_who_has_no_global_roles_gets_the_same_either_way(
    http: httpx.Client, control: ControlClient
) -> None:
    control.put("oracle", "profiles", "plain", {"roles": ORGANIZATIONAL})
    responses = [get_profile(http, "plain"), get_profile(http, "plain", expand="globalRoles")]
    assert [(rule(response), response.json()["roles"]) for response in responses] == [(None, ORGANIZATIONAL)] * 2


@pytest.mark.rule("OCC-PREV-1")
def test_occ_prev_1_the_preview_copy_answers_when_asked_for(http: httpx.Client, control: ControlClient) -> None:
    control.put("oracle", "preview-profiles", ID, {**PROFILE, "firstName": "Beatriz"})
    preview, plain = get_profile(http, preview="true"), get_profile(http)
    assert [response.json()["firstName"] for response in (preview, plain)] == ["Beatriz", "Ana"]
    assert rule(preview) == "OCC-PREV-1"


@pytest.mark.rule("OCC-PREV-1")
@pytest.mark.parametrize("preview", ["false", "", "yes", "1"])
def test_occ_prev_1_any_other_value_asks_for_no_preview(
    http: httpx.Client, control: ControlClient, preview: str
) -> None:
    control.put("oracle", "preview-profiles", ID, {**PROFILE, "firstName": "Beatriz"})
    assert get_profile(http, preview=preview).json()["firstName"] == "Ana"


@pytest.mark.rule("OCC-PREV-1")
def test_occ_prev_1_a_preview_alone_is_not_found_without_it(http: httpx.Client, control: ControlClient) -> None:
    control.put("oracle", "preview-profiles", "unpublished", {"firstName": "Carla"})
    response = get_profile(http, "unpublished")
    assert (*refusal(response), response.json()["errorCode"]) == (404, "OCC-PREV-1", "22002")
    assert get_profile(http, "unpublished", preview="true").json()["firstName"] == "Carla"


@pytest.mark.rule("OCC-PREV-1")
def test_occ_prev_1_without_a_preview_the_live_profile_answers(http: httpx.Client) -> None:
    response = get_profile(http, preview="true")
    assert (response.status_code, response.json()["firstName"]) == (200, "Ana")
    assert refusal(get_profile(http, "nobody", preview="true")) == (404, "OCC-GET-2")


TRANSLATIONS = {"pt_BR": {"firstName": "Aninha"}, "pt": {"firstName": "Ana Maria", "lastName": "de Souza"}, "de-AT": {}}


@pytest.mark.rule("OCC-LANG-1")
@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("pt_BR", ["Aninha", "de Souza"]),
        ("pt-BR", ["Aninha", "de Souza"]),
        ("PT-br", ["Aninha", "de Souza"]),
        ("pt", ["Ana Maria", "de Souza"]),
        ("pt_PT", ["Ana Maria", "de Souza"]),
        ("en", ["Ana", "Souza"]),
        ("de_AT", ["Ana", "Souza"]),
        ("de", ["Ana", "Souza"]),
        ("p", ["Ana", "Souza"]),
        ("", ["Ana", "Souza"]),
        ("_", ["Ana", "Souza"]),
    ],
)
@pytest.mark.parametrize("dialect", ["guide", "reference"])
def test_occ_lang_1_translated_content_is_picked_by_language(
    http: httpx.Client, control: ControlClient, dialect: str, language: str, names: list[str]
) -> None:
    control.put("oracle", "profiles", ID, {**PROFILE, "translations": TRANSLATIONS})
    control.dialect(dialect)
    response = get_profile(http, headers={"X-CCAsset-Language": language})
    body = response.json()
    shown = body.get("profileDetail", body)
    assert [shown["firstName"], shown["lastName"]] == names
    assert shown["translations"] == TRANSLATIONS
    assert (rule(response) == "OCC-LANG-1") is (names != ["Ana", "Souza"])


@pytest.mark.rule("OCC-LANG-1")
def test_occ_lang_1_without_the_header_the_default_stands(http: httpx.Client, control: ControlClient) -> None:
    control.put("oracle", "profiles", ID, {**PROFILE, "translations": TRANSLATIONS})
    assert get_profile(http).json()["firstName"] == "Ana"


@pytest.mark.rule("OCC-LANG-1")
def test_occ_lang_1_the_preview_is_translated_too(http: httpx.Client, control: ControlClient) -> None:
    control.put("oracle", "preview-profiles", ID, {"translations": {"en": {"firstName": "Anne"}}})
    assert get_profile(http, preview="true", headers={"x-ccasset-language": "en_US"}).json()["firstName"] == "Anne"


@pytest.mark.rule("OCC-GET-2")
def test_occ_get_2_the_setting_makes_an_unknown_id_a_bad_request(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"oracle.missing_profile_status": "400"})
    response = get_profile(http, "nobody")
    assert (*refusal(response), response.json()["errorCode"]) == (400, "OCC-GET-2", "22002")
    assert response.json()["status"] == "400"


@pytest.mark.rule("OCC-GET-1")
def test_occ_get_1_what_stands_beside_the_profile_may_be_null_too(http: httpx.Client, control: ControlClient) -> None:
    standing = dict.fromkeys(("hasIncompleteOrder", "isAnonymous", "profileComments"))
    control.put("oracle", "profiles", "nulls", {"firstName": "Ana", **standing})
    control.call("PUT", "/dialect", {"dialect": "reference"})
    response = get_profile(http, "nulls")
    assert response.status_code == 200
    assert {name: response.json()[name] for name in standing} == standing
    assert get_profile(http, "nulls", fields="profileComments.comment").status_code == 200
