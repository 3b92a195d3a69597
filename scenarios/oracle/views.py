"""OCC-EXPAND, OCC-PREV and OCC-LANG: a profile with its global roles, as a preview, in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.oracle.shoppers import (
    BUYER,
    PRINTED,
    detail,
    is_error,
    profile,
    readable,
    stored_profile,
    unused_id,
)

GLOBAL: Mapping[str, Any] = {"function": "custom", "repositoryId": "100007", "name": "Auditor", "type": "globalRole"}
PREVIEWED: Mapping[str, Any] = {**PRINTED, "firstName": "Previewed"}
TRANSLATIONS = {"pt": {"userType": "pessoa"}, "pt_BR": {"userType": "gente"}, "de-AT": {"userType": "Mensch"}}


@scenario("OCC-EXPAND-1")
def global_roles_are_left_out_unless_asked_for(api: ApiClient) -> None:
    own = detail(api, profile(api, readable(api, roles=[GLOBAL, BUYER])))
    found = sum(role.get("type") == "globalRole" for role in own.get("roles", []))
    holds(not found, "no global roles", f"{found}")


@scenario("OCC-EXPAND-1", needs={"control"})
def global_roles_are_included_beside_the_others_where_asked_for(api: ApiClient) -> None:
    profile_id = stored_profile(api, roles=[GLOBAL, BUYER])
    alone = detail(api, profile(api, profile_id))["roles"]
    holds(alone == [BUYER], "the organizational role alone", f"{len(alone)} roles")
    both = detail(api, profile(api, profile_id, expand="globalRoles"))["roles"]
    names = sorted(role["name"] for role in both)
    holds(names == ["Auditor", "Buyer"], "the global role beside the organizational one", f"{len(both)} roles")


def first_name(api: ApiClient, profile_id: str, **asked: Any) -> Any:
    return detail(api, profile(api, profile_id, **asked)).get("firstName")


@scenario("OCC-PREV-1")
def without_a_preview_copy_the_live_profile_answers(api: ApiClient) -> None:
    profile_id = readable(api)
    own = detail(api, profile(api, profile_id, preview="true", fields="id"))
    holds(own == {"id": profile_id}, "the profile, though a preview was asked for", "another answer")


@scenario("OCC-PREV-1", needs={"control"})
def a_preview_copy_is_answered_where_it_is_asked_for(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    api.sandbox.put_document("preview-profiles", profile_id, PREVIEWED)
    holds(first_name(api, profile_id, preview="true") == "Previewed", "the preview copy", "the live profile")
    for asked in ({}, {"preview": "false"}):
        holds(first_name(api, profile_id, **asked) == PRINTED["firstName"], "the live profile", "the preview copy")


@scenario("OCC-PREV-1", needs={"control"})
def a_preview_copy_alone_is_not_found_without_preview(api: ApiClient) -> None:
    profile_id = unused_id(api)
    api.sandbox.put_document("preview-profiles", profile_id, PREVIEWED)
    is_error(api.call("getProfile", id=profile_id, expect=404), "22002")
    holds(first_name(api, profile_id, preview="true") == "Previewed", "the preview copy", "something else")


@scenario("OCC-PREV-1", needs={"control"})
def without_a_preview_copy_nothing_answers_if_that_is_set(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    api.sandbox.setting("oracle.preview_fallback", False)
    is_error(api.call("getProfile", id=profile_id, preview="true", expect=404), "22002")
    holds(first_name(api, profile_id) == PRINTED["firstName"], "the live profile without preview", "something else")
    api.sandbox.put_document("preview-profiles", profile_id, PREVIEWED)
    holds(first_name(api, profile_id, preview="true") == "Previewed", "the preview copy", "something else")


@scenario("OCC-LANG-1", needs={"control"})
def translated_content_is_picked_by_exact_tag_then_by_language(api: ApiClient) -> None:
    profile_id = stored_profile(api, userType="person", translations=TRANSLATIONS)
    expected = {
        "pt_BR": "gente",
        "pt-BR": "gente",
        "pt_PT": "pessoa",
        "pt_AO": "pessoa",
        "pt": "pessoa",
        "de_AT": "Mensch",
        "de-DE": "person",
        "de": "person",
        "fr": "person",
    }
    for language, content in expected.items():
        asked = {"X-CCAsset-Language": language}
        own = detail(api, profile(api, profile_id, **asked))
        holds(own.get("userType") == content, f"{content!r} for {language}", f"{own.get('userType')!r}")
        holds(own.get("email") == PRINTED["email"], "what is not translated as it is", "another email")
    own = detail(api, profile(api, profile_id))
    holds(own.get("userType") == "person", "the default where no language is asked for", f"{own.get('userType')!r}")
