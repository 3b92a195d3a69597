"""NS-GOC and NS-UNIQ: get-or-create of profiles by email, which is unique."""

from __future__ import annotations

from collections.abc import Callable

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.http_requests import OTHER_SITE
from pii_sandbox.scenarios.newstore.shop import (
    ADDRESS,
    CHANGING,
    Params,
    added_address,
    address_place,
    are_same,
    new_profile,
    profile_now,
    standing_still,
)

NOT_PROCESSED = (400, 422)  # NewStore's page lists no 400 for updates


def attributes(how_many: int) -> Params:
    return {f"attribute_{number}": {"data_type": "string", "value": "x"} for number in range(how_many)}


@scenario("NS-GOC-1", needs=CHANGING)
def a_new_email_creates_a_profile(api: ApiClient) -> None:
    person = api.new_customer()
    fields = {
        "email": person.email,
        "full_name": person.full_name,
        "phone_number": person.phone,
        "store_id": "store-1",
        "created_by": None,
        "extended_attributes": {"loyalty_id": {"data_type": "string", "value": "0123456789"}},
    }
    made = api.call("getOrCreateProfile", body=fields, expect=201).json
    are_same(fields, {name: made.get(name) for name in fields}, "the profile as it was sent")
    are_same(made, profile_now(api, made), "the profile as it was answered")


@scenario("NS-GOC-1", needs=CHANGING | {"control"})
def a_new_email_from_a_page_creates_a_profile(api: ApiClient) -> None:
    """Only in a sandbox: a gateway before a vendor may refuse what browsers send from other sites."""
    for headers in ({}, {"Origin": OTHER_SITE}):  # a page cannot make the sandbox itself
        api.call("getOrCreateProfile", body={"email": api.new_customer().email}, headers=headers, expect=201)


@scenario("NS-GOC-1", needs=CHANGING)
def a_known_email_gets_the_stored_profile(api: ApiClient) -> None:
    gets_the_stored_profile(api, str)


@scenario("NS-GOC-1", needs=CHANGING, assumed=True)
def a_known_email_in_another_case_gets_the_stored_profile(api: ApiClient) -> None:
    gets_the_stored_profile(api, str.upper)


def gets_the_stored_profile(api: ApiClient, spell: Callable[[str], str]) -> None:
    made = new_profile(api, full_name="First Name", store_id="store-1")
    email = spell(made["email"])
    other = {"email": email, "full_name": "Second Name", "store_id": "store-2", "phone_number": "+493012345678"}
    got = api.call("getOrCreateProfile", body=other, expect=(200, 201))
    holds(got.status == 200, "the stored profile, with 200", "another one, with 201")
    are_same(made, got.json, "the stored profile")
    are_same(made, profile_now(api, made), "a profile that the body did not change")


@scenario("NS-GOC-1", needs=CHANGING | {"control"})
def an_email_in_another_case_is_a_new_one_if_that_is_set(api: ApiClient) -> None:
    api.sandbox.setting("newstore.key_comparison", "exact")
    made = new_profile(api)
    email = made["email"]
    api.call("getOrCreateProfile", body={"email": email}, expect=200)
    other = api.call("getOrCreateProfile", body={"email": email.upper()}, expect=201).json
    lock = {"last_updated_at": other["updated_at"]}
    api.call("updateProfile", profile_id=other["id"], body={**lock, "email": email}, expect=409)


@scenario("NS-GOC-2", needs=CHANGING)
def an_email_whose_profile_awaits_deletion_is_refused(api: ApiClient) -> None:
    standing_still(api)
    made = new_profile(api)
    api.call("requestProfileDeletion", profile_id=made["id"], expect=202)
    for email in (made["email"], made["email"].upper()):
        api.call("getOrCreateProfile", body={"email": email}, expect=409)


@scenario("NS-GOC-2", needs=CHANGING)
def other_writes_to_a_profile_that_awaits_deletion_go_on_working(api: ApiClient) -> None:
    standing_still(api)
    made = new_profile(api)
    address = added_address(api, made)
    api.call("requestProfileDeletion", profile_id=made["id"], expect=202)
    stored = profile_now(api, made)
    lock = {"last_updated_at": stored["updated_at"]}
    api.call("updateProfile", profile_id=made["id"], body={**lock, "full_name": "Other Name"}, expect=200)
    added_address(api, made, city="Potsdam")
    lock = {"last_updated_at": address["updated_at"]}
    api.call("updateAddress", **address_place(made, address), body={**lock, "city": "Hamburg"}, expect=200)


@scenario("NS-GOC-2", needs=CHANGING)
def the_email_of_a_profile_that_awaits_deletion_cannot_be_changed(api: ApiClient) -> None:
    standing_still(api)
    made = new_profile(api)
    api.call("requestProfileDeletion", profile_id=made["id"], expect=202)
    lock = {"last_updated_at": profile_now(api, made)["updated_at"]}
    other = {**lock, "email": api.new_customer().email}
    api.call("updateProfile", profile_id=made["id"], body=other, expect=409)
    api.call("getOrCreateProfile", body={"email": made["email"]}, expect=409)


def names_field(response: ApiResponse, name: str) -> None:
    holds(name in response.json["message"], f"a message that names {name}", "one that does not")


@scenario("NS-GOC-3", needs=CHANGING)
def a_profile_that_breaks_the_schema_is_refused_and_the_field_named(api: ApiClient) -> None:
    email = api.new_customer().email
    broken: list[tuple[str, Params]] = [
        ("email", {"full_name": "No Email"}),
        ("email", {"email": None}),
        ("email", {"email": "no-address"}),
        ("full_name", {"email": email, "full_name": "x" * 257}),
        ("full_name", {"email": email, "full_name": 5}),
        ("phone_number", {"email": email, "phone_number": 493012345678}),
        ("store_id", {"email": email, "store_id": ["store-1"]}),
        ("extended_attributes", {"email": email, "extended_attributes": attributes(21)}),
    ]
    for name, body in broken:
        names_field(api.call("getOrCreateProfile", body=body, expect=400), name)
    at_the_bounds = {"email": email, "full_name": "x" * 256, "extended_attributes": attributes(20)}
    api.call("getOrCreateProfile", body=at_the_bounds, expect=201)


@scenario("NS-GOC-3", needs=CHANGING)
def a_phone_that_cannot_be_processed_is_unprocessable(api: ApiClient) -> None:
    wrong: list[Params] = [
        {"phone_number": "030 12345678"},
        {"phone_number": "string"},
        {"phone_number": "+0"},
    ]
    for fields in wrong:
        api.call("getOrCreateProfile", body={"email": api.new_customer().email, **fields}, expect=422)
    made = new_profile(api)
    for fields in wrong:
        body = {"last_updated_at": made["updated_at"], **fields}
        api.call("updateProfile", profile_id=made["id"], body=body, expect=422)
    are_same(made, profile_now(api, made), "an unchanged profile")


@scenario("NS-GOC-3", needs=CHANGING)
def the_value_of_an_attribute_is_a_string_whatever_its_data_type(api: ApiClient) -> None:
    values = {"points": ("number", "42"), "size": ("number", "large"), "gold": ("boolean", "true"), "tier": ("x", "")}
    held = {name: {"data_type": data_type, "value": value} for name, (data_type, value) in values.items()}
    made = new_profile(api, extended_attributes=held)
    are_same(held, made["extended_attributes"], "the attributes as they were sent")
    body = {"last_updated_at": made["updated_at"], "extended_attributes": {"points": held["size"]}}
    after = api.call("updateProfile", profile_id=made["id"], body=body, expect=200).json
    are_same({"points": held["size"]}, after["extended_attributes"], "the attributes of the update")


@scenario("NS-GOC-3", needs=CHANGING | {"control"})
def a_number_or_a_boolean_is_stored_as_its_text(api: ApiClient) -> None:
    """Only in a sandbox: how a vendor treats values other than strings is assumed."""
    sent = {"points": {"data_type": "number", "value": 42}, "gold": {"data_type": "boolean", "value": True}}
    made = new_profile(api, extended_attributes=sent)
    body = {"last_updated_at": made["updated_at"], "extended_attributes": sent}
    updated = api.call("updateProfile", profile_id=made["id"], body=body, expect=200).json
    for profile in (made, updated):
        texts = {name: attribute.get("value") for name, attribute in profile["extended_attributes"].items()}
        are_same({"points": "42", "gold": "true"}, texts, "the values as texts")


@scenario("NS-GOC-3", needs=CHANGING | {"control"})
def an_update_that_breaks_the_schema_is_unprocessable(api: ApiClient) -> None:
    """Only in a sandbox: NewStore's page lists 422 and no 400 for updates, and a vendor may return either."""
    made = new_profile(api)
    for body in ({"last_updated_at": made["updated_at"], "email": "no-address"}, {"full_name": "No Lock"}):
        api.call("updateProfile", profile_id=made["id"], body=body, expect=422)
    json = {"Content-Type": "application/json"}
    api.call("updateProfile", profile_id=made["id"], content=b"", headers=json, expect=422)


@scenario("NS-GOC-3", needs=CHANGING)
def an_update_that_breaks_the_schema_is_refused_and_the_field_named(api: ApiClient) -> None:
    made = new_profile(api)
    lock = {"last_updated_at": made["updated_at"]}
    broken = {"email": "no-address", "full_name": "x" * 257, "extended_attributes": attributes(21)}
    for name, value in broken.items():
        response = api.call("updateProfile", profile_id=made["id"], body={**lock, name: value}, expect=NOT_PROCESSED)
        names_field(response, name)
    are_same(made, profile_now(api, made), "an unchanged profile")


@scenario("NS-GOC-3", needs=CHANGING)
def an_address_that_breaks_the_schema_is_refused_and_the_field_named(api: ApiClient) -> None:
    made = new_profile(api)
    for name in ("full_name", "address_line_1", "zip_code", "city", "country_code"):
        body = {other: value for other, value in ADDRESS.items() if other != name}
        names_field(api.call("getOrCreateAddress", profile_id=made["id"], body=body, expect=400), name)
    response = api.call("getOrCreateAddress", profile_id=made["id"], body={**ADDRESS, "zip_code": 10117}, expect=400)
    names_field(response, "zip_code")


@scenario("NS-GOC-3", needs=CHANGING)
def a_country_that_there_is_not_is_unprocessable(api: ApiClient) -> None:
    made = new_profile(api)
    address = added_address(api, made)
    for code in ("ZZ", "DEU", "de", "string"):
        body = {**ADDRESS, "country_code": code}
        api.call("getOrCreateAddress", profile_id=made["id"], body=body, expect=422)
        body = {"last_updated_at": address["updated_at"], "country_code": code}
        api.call("updateAddress", **address_place(made, address), body=body, expect=422)


@scenario("NS-UNIQ-1", needs=CHANGING)
def an_update_to_the_email_of_another_profile_is_refused(api: ApiClient) -> None:
    first, second = new_profile(api), new_profile(api)
    lock = {"last_updated_at": second["updated_at"]}
    for email in (first["email"], first["email"].upper()):
        api.call("updateProfile", profile_id=second["id"], body={**lock, "email": email}, expect=409)
    are_same(second, profile_now(api, second), "an unchanged profile")


@scenario("NS-UNIQ-1", needs=CHANGING)
def an_update_may_name_the_email_that_the_profile_has_or_a_free_one(api: ApiClient) -> None:
    made = new_profile(api)
    for email in (made["email"], api.new_customer().email):
        body = {"last_updated_at": made["updated_at"], "email": email}
        made = api.call("updateProfile", profile_id=made["id"], body=body, expect=200).json
        holds(made["email"] == email, "the email that was sent", "another")
