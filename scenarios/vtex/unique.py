"""VTEX-UNIQ: email and document are unique among live profiles."""

from __future__ import annotations

from functools import partial

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    REASON,
    Params,
    customer,
    email_in_other_case,
    profile_of,
    single_envelope,
    unmasked_document,
)

PARALLEL = 10


@scenario("VTEX-UNIQ-1", needs={"write"})
def a_create_with_a_taken_email_or_document_makes_nothing(api: ApiClient) -> None:
    first, other = api.new_customer(), api.new_customer()
    customer(api, first)
    for taken in ({"email": first.email}, {"document": first.document}, {"email": email_in_other_case(first.email)}):
        api.call("CreateClientProfile", body={**profile_of(other), **taken}, expect=409)
    for key, value in (("email", other.email), ("document", other.document)):
        api.call("GetProfile", profileId=value, alternativeKey=key, expect=404)


@scenario("VTEX-UNIQ-1", needs={"write"})
def an_update_to_a_taken_email_or_document_changes_nothing(api: ApiClient) -> None:
    first = api.new_customer()
    customer(api, first)
    second = customer(api)
    one: Params = {"profileId": second["id"]}
    for taken in ({"email": first.email}, {"document": first.document}, {"email": email_in_other_case(first.email)}):
        api.call("UpdateClientProfile", body={"priceTable": "gold", **taken}, expect=409, **one)
    stored = single_envelope(api.call("GetUnmaskedProfile", reason=REASON, expect=200, **one))
    holds(stored == second, "the profile as it was created, in its first version", "a changed one")
    found = single_envelope(api.call("GetProfile", profileId=first.email, alternativeKey="email", expect=200))
    holds(found["id"] != second["id"], "the email with its first owner", "it with the other")


@scenario("VTEX-UNIQ-1", needs={"write"}, dialect="reference")
def in_the_reference_profiles_without_a_document_have_none_in_common(api: ApiClient) -> None:
    for _ in range(2):
        api.call("CreateClientProfile", body={"email": api.new_customer().email}, expect=201)


@scenario("VTEX-UNIQ-1", needs={"write"})
def a_profile_may_keep_its_own_email_and_document(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person)["id"]
    body = {"email": email_in_other_case(person.email), "document": person.document, "priceTable": "gold"}
    api.call("UpdateClientProfile", profileId=profile_id, body=body, expect=200)
    holds(unmasked_document(api, profile_id).get("priceTable") == "gold", "the updated profile", "an unchanged one")


@scenario("VTEX-UNIQ-1", needs={"write", "delete"})
def a_deleted_profile_frees_its_email_and_document(api: ApiClient) -> None:
    person = api.new_customer()
    first = customer(api, person)["id"]
    api.call("DeleteClientProfile", profileId=first, expect=204)
    holds(customer(api, person)["id"] != first, "a new profile", "the deleted one")


@scenario("VTEX-UNIQ-1", needs={"write"})
def an_email_that_was_given_up_is_free(api: ApiClient) -> None:
    first, later, other = api.new_customer(), api.new_customer(), api.new_customer()
    profile_id = customer(api, first)["id"]
    body = {"email": later.email, "document": later.document}
    api.call("UpdateClientProfile", profileId=profile_id, body=body, expect=200)
    next_one = customer(api, other, email=first.email, document=first.document)["id"]
    found = single_envelope(api.call("GetProfile", profileId=first.email, alternativeKey="email", expect=200))
    holds(found["id"] == next_one and next_one != profile_id, "the next profile under that email", "another one")


@scenario("VTEX-UNIQ-1", needs={"write"})
def of_creates_at_the_same_time_one_wins(api: ApiClient) -> None:
    person = api.new_customer()
    body = profile_of(person)
    responses = api.call_concurrently(
        [lambda: api.call("CreateClientProfile", body=body, expect=(201, 409))] * PARALLEL
    )
    made = [response.json["id"] for response in responses if response.status == 201]
    holds(len(made) == 1, "one profile of so many creates", f"{len(made)}")
    found = single_envelope(api.call("GetProfile", profileId=person.email, alternativeKey="email", expect=200))
    holds(found["id"] == made[0], "the profile that was created", "another one")


@scenario("VTEX-UNIQ-1", needs={"write"})
def of_updates_to_one_email_at_the_same_time_one_wins(api: ApiClient) -> None:
    person = api.new_customer()
    profiles = [customer(api)["id"] for _ in range(5)]

    def claim(profile_id: str) -> ApiResponse:
        body = {"email": person.email}
        return api.call("UpdateClientProfile", profileId=profile_id, body=body, expect=(200, 409))

    responses = api.call_concurrently([partial(claim, profile_id) for profile_id in profiles])
    won = sum(response.status == 200 for response in responses)
    holds(won == 1, "one update of five", f"{won}")
