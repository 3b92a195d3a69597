"""VTEX-PROF: create, update and delete of profiles. Fields required by dialect are in `dialects`."""

from __future__ import annotations

from functools import partial
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    NOBODY,
    REASON,
    Params,
    customer,
    holds_values,
    household,
    masked_document,
    problem_of,
    profile_of,
    single_envelope,
    unmasked_document,
)

FIELDS = ("priceTable", "homePhone", "businessPhone", "corporateName", "fancyName", "customerCode", "gender")


@scenario("VTEX-PROF-1", needs={"write"})
def a_profile_needs_an_email(api: ApiClient) -> None:
    body = profile_of(api.new_customer())
    del body["email"]
    response = api.call("CreateClientProfile", body=body, expect=400)
    problem = problem_of(response)
    holds(problem is None or "email" in problem.get("errors", ()), "an error that names email", "none that does")


@scenario("VTEX-PROF-2", needs={"write"})
def an_update_needs_no_field_and_merges_those_that_are_sent(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person, gender="male", conformanceNote={"a": 1, "b": 2})["id"]
    one: Params = {"profileId": profile_id, "expect": 200}
    api.call("UpdateClientProfile", body={}, **one)
    holds_values(
        unmasked_document(api, profile_id),
        profile_of(person, gender="male", conformanceNote={"a": 1, "b": 2}),
        "the profile",
    )
    changed = {"firstName": "Gilda", "priceTable": "gold", "conformanceNote": {"c": 3}}
    response = api.call("UpdateClientProfile", body=changed, **one).json
    expected = profile_of(person, gender="male", **changed)
    holds_values(response["document"], expected, "the answer to the update")
    holds_values(unmasked_document(api, profile_id), expected, "the updated profile")


@scenario("VTEX-PROF-2", needs={"write"})
def null_removes_an_optional_field(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person, gender="male", tags=["vip"], conformanceNote="one")["id"]
    body = {"gender": None, "tags": None, "conformanceNote": None, "priceTable": None}
    response = api.call("UpdateClientProfile", profileId=profile_id, body=body, expect=200).json
    holds_values(response["document"], profile_of(person), "the answer to the update")
    holds_values(unmasked_document(api, profile_id), profile_of(person), "the updated profile")


@scenario("VTEX-PROF-2", needs={"write"})
def null_for_the_email_is_refused_and_changes_nothing(api: ApiClient) -> None:
    created = customer(api)
    one: Params = {"profileId": created["id"]}
    api.call("UpdateClientProfile", body={"email": None, "priceTable": "gold"}, expect=400, **one)
    stored = single_envelope(api.call("GetUnmaskedProfile", reason=REASON, expect=200, **one))
    holds(stored == created, "the profile as it was created", "a changed one")


@scenario("VTEX-PROF-2", needs={"write"})
def updates_at_the_same_time_lose_nothing(api: ApiClient) -> None:
    profile_id = customer(api)["id"]

    def update(field: str) -> ApiResponse:
        return api.call("UpdateClientProfile", profileId=profile_id, body={field: f"new {field}"}, expect=200)

    api.call_concurrently([partial(update, field) for field in FIELDS])
    stored = unmasked_document(api, profile_id)
    lost = [field for field in FIELDS if stored.get(field) != f"new {field}"]
    holds(not lost, "every field that was sent", f"none of {', '.join(lost)}")


@scenario("VTEX-PROF-3", needs={"write", "delete"}, immediate=True)
def a_deleted_profile_is_gone_for_every_read(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    one: Params = {"profileId": ids["profileId"]}
    api.call("DeleteClientProfile", expect=204, **one)
    api.call("GetProfile", expect=404, **one)
    api.call("GetUnmaskedProfile", reason=REASON, expect=404, **one)
    for key, value in (("email", person.email), ("document", person.document)):
        api.call("GetProfile", profileId=value, alternativeKey=key, expect=404)
    api.call("UpdateClientProfile", body={}, expect=404, **one)
    api.call("DeleteClientProfile", expect=404, **one)


@scenario("VTEX-PROF-3", needs={"write", "delete"}, assumed=True)
def what_hangs_on_a_deleted_profile_is_gone_with_it(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    api.call("DeleteClientProfile", profileId=ids["profileId"], expect=204)
    again = customer(api, person)["id"]
    for profile_id in (ids["profileId"], again):
        for operation_id, names in _HANGING.items():
            path: Params = {**{name: ids[name] for name in names}, "profileId": profile_id}
            api.call(operation_id, reason=REASON, expect=404, **path)
    homes = api.call("GetClientAddresses", profileId=again, expect=200).json
    holds(homes == [], "no address of the deleted profile", f"{len(homes)}")


@scenario("VTEX-PROF-3", needs={"write", "delete", "control"})
def nothing_is_left_for_a_profile_that_comes_back_under_the_same_id(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    api.call("UpdateClientProfile", profileId=ids["profileId"], body={"priceTable": "gold"}, expect=200)
    home = {"profileId": ids["profileId"], "addressId": ids["addressId"]}
    api.call("UpdateClientAddress", body={"route": "Rua Nova"}, expect=200, **home)
    api.call("DeleteClientProfile", profileId=ids["profileId"], expect=204)
    api.sandbox.put_document("profiles", ids["profileId"], profile_of(person))
    for operation_id, names in _HANGING.items():
        path: Params = {**{name: ids[name] for name in names}, "profileId": ids["profileId"]}
        api.call(operation_id, reason=REASON, expect=404, **path)
    stored = {document["id"] for document in api.sandbox.stored_documents("addresses")}
    holds(ids["addressId"] not in stored, "no stored address of the deleted profile", "one")


_HANGING = {
    "GetAddress": ("addressId",),
    "GetUnmaskedAddress": ("addressId",),
    "GetAddressByVersion": ("addressId", "addressVersionId"),
    "GetUnmaskedAddressByVersion": ("addressId", "addressVersionId"),
    "GetProfileByVersion": ("profileVersionId",),
    "GetUnmaskedProfileByVersion": ("profileVersionId",),
    "GetPurchaseInformation": (),
    "GetUnmaskedPurchaseInformation": (),
}


@scenario("VTEX-PROF-3", needs={"write", "delete"})
def other_profiles_stay(api: ApiClient) -> None:
    mine, other = household(api), household(api)
    api.call("DeleteClientProfile", profileId=mine["profileId"], expect=204)
    api.call("GetProfile", profileId=other["profileId"], expect=200)
    api.call("GetAddress", profileId=other["profileId"], addressId=other["addressId"], expect=200)
    api.call("GetPurchaseInformation", profileId=other["profileId"], expect=200)
    api.call("GetProspect", prospectId=mine["prospectId"], expect=200)


@scenario("VTEX-PROF-3")
def a_profile_that_never_was_is_404(api: ApiClient) -> None:
    api.call("GetProfile", profileId=NOBODY, expect=404)


@scenario("VTEX-PROF-3", needs={"control"})  # the form is assumed: at a vendor it is drift
def a_404_has_the_form_of_a_problem(api: ApiClient) -> None:
    problem = api.call("GetProfile", profileId=NOBODY, expect=404).json
    text = (problem["type"], problem["title"], problem["status"])
    expected = ("https://tools.ietf.org/html/rfc7231#section-6.5.4", "Not Found", 404)
    holds(text == expected, f"the problem {expected}", f"{text}")


@scenario("VTEX-PROF-4", needs={"write"})
def fields_that_the_schema_does_not_name_are_kept_as_custom_data(api: ApiClient) -> None:
    custom: dict[str, Any] = {
        "conformanceText": "Size 42",
        "conformanceNumber": 42.5,
        "conformanceFlag": False,
        "conformanceList": [1, "two", {"three": [3]}],
        "conformanceObject": {"deep": {"er": ["a", None]}},
    }
    person = api.new_customer()
    created = customer(api, person, **custom)
    holds_values(created["document"], profile_of(person, **custom), "the answer to the create")
    holds_values(unmasked_document(api, created["id"]), profile_of(person, **custom), "the stored profile")
    shown = masked_document(api, created["id"])
    holds_values({name: shown.get(name) for name in custom}, custom, "the custom data on a masked read")
    more = {"conformanceMore": [{"x": 1}], "conformanceText": "Size 43"}
    api.call("UpdateClientProfile", profileId=created["id"], body=more, expect=200)
    holds_values(unmasked_document(api, created["id"]), profile_of(person, **{**custom, **more}), "the updated profile")
