"""NS-DEL: profile deletion, requested first and executed later."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.newstore.shop import (
    CHANGING,
    UNKNOWN,
    added_address,
    address_place,
    are_same,
    new_profile,
    profile_now,
    standing_still,
)


@scenario("NS-DEL-1", needs=CHANGING)
def a_deletion_is_taken_once(api: ApiClient) -> None:
    standing_still(api)
    made = new_profile(api)
    api.call("requestProfileDeletion", profile_id=made["id"], expect=202)
    again = api.call("requestProfileDeletion", profile_id=made["id"], expect=(404, 409))
    if again.status == 404:  # how soon a request is processed is assumed: it may be at once
        api.call("getProfile", profile_id=made["id"], expect=404)


@scenario("NS-DEL-1", needs={"delete"})
def the_deletion_of_an_unknown_profile_is_not_found(api: ApiClient) -> None:
    api.call("requestProfileDeletion", profile_id=UNKNOWN, expect=404)


@scenario("NS-DEL-2", needs={*CHANGING, "control", "clock"})
def a_profile_stays_until_its_deletion_is_processed_then_it_is_gone(api: ApiClient) -> None:
    """The clock is in the past: that of the sandbox counts, not that of the machine."""
    api.sandbox.control("PUT", "/clock", {"frozen": True, "at": "2020-01-31T10:20:30Z"})
    made = new_profile(api)
    address = added_address(api, made)
    place = address_place(made, address)
    api.call("requestProfileDeletion", profile_id=made["id"], expect=202)
    api.sandbox.advance(seconds=59)
    are_same(made, profile_now(api, made), "the profile as it was")
    are_same(address, api.call("getAddress", **place, expect=200).json, "the address as it was")
    api.sandbox.advance(seconds=1)
    api.call("getProfile", profile_id=made["id"], expect=404)
    api.call("getAddress", **place, expect=404)
    api.call("listAddresses", profile_id=made["id"], expect=404)
    api.call("requestProfileDeletion", profile_id=made["id"], expect=404)
    tokens = {"profile": made["id"], "address": address["id"]}
    errors = api.call("detokenize", body={"tokens": tokens}, expect=200).json["errors"]
    text = "neither the profile nor its address to be found by detokenize"
    holds(errors == dict.fromkeys(tokens, "token_not_found_error"), text, errors)


@scenario("NS-DEL-2", needs={*CHANGING, "clock"})
def the_email_of_a_deleted_profile_can_be_used_anew(api: ApiClient) -> None:
    api.sandbox.freeze()
    made = new_profile(api)
    added_address(api, made)
    api.call("requestProfileDeletion", profile_id=made["id"], expect=202)
    api.sandbox.advance(seconds=61)
    anew = new_profile(api, email=made["email"])
    holds(anew["id"] != made["id"], "a new id", "the id of the deleted profile")
    addresses = api.call("listAddresses", profile_id=anew["id"], expect=200).json["addresses"]
    holds(not addresses, "a profile without addresses", f"{len(addresses)} addresses")


@scenario("NS-DEL-2", needs={*CHANGING, "control"})
def a_deletion_is_processed_at_once_if_that_is_set(api: ApiClient) -> None:
    """Without moving the clock: what is due is done before the next call."""
    api.sandbox.setting("newstore.deletion_seconds", 0)
    made = new_profile(api)
    api.call("requestProfileDeletion", profile_id=made["id"], expect=202)
    api.call("getProfile", profile_id=made["id"], expect=404)
    anew = new_profile(api, email=made["email"])
    holds(anew["id"] != made["id"], "a new id", "the id of the deleted profile")
