"""VTEX-PURCH: the purchase information of a profile, at most one per profile."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    NOBODY,
    REASON,
    Params,
    customer,
    purchases,
    readable_profile,
    single_envelope,
)

PARALLEL = 6


@scenario("VTEX-UNMASK-1", needs={"write"})
def card_numbers_are_masked_at_any_depth_and_other_values_kept(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    inner = {"cardNumber": 4111111111111111}
    sent = [{"cardNumber": inner}, {"cardNumber": [inner, True]}, {"cardNumber": False}, {"cardNumber": None}]
    sent.append({"reference": "4111111111111111"})
    purchases(api, profile_id, paymentData={"conformance": sent})
    read = single_envelope(api.call("GetUnmaskedPurchaseInformation", profileId=profile_id, reason=REASON, expect=200))
    hidden = {"cardNumber": "************1111"}
    kept = [{"cardNumber": hidden}, {"cardNumber": [hidden, True]}, {"cardNumber": False}, {"cardNumber": None}]
    kept.append({"reference": "4111111111111111"})
    holds(
        (read["document"].get("paymentData") or {}).get("conformance") == kept, "masked numbers alone", "other values"
    )


@scenario("VTEX-UNMASK-1", needs={"write"})
def the_security_code_of_a_card_is_null_at_any_depth_and_other_values_are_kept(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    sent = {"cvv2": "123", "cards": [{"cvv2": "123", "brand": "visa"}, [{"cvv2": 123}], "none"], "flat": {"cvv2": "1"}}
    kept = {"cvv2": None, "cards": [{"cvv2": None, "brand": "visa"}, [{"cvv2": None}], "none"], "flat": {"cvv2": None}}
    answered = purchases(api, profile_id, paymentData={"conformance": sent}, cvv2="123")["document"]
    read = single_envelope(api.call("GetUnmaskedPurchaseInformation", profileId=profile_id, reason=REASON, expect=200))[
        "document"
    ]
    for document in (answered, read):
        shown = (document.get("paymentData") or {}).get("conformance")
        holds(shown == kept, "null for each cvv2, and other values as they were", "something else")
        holds(document.get("cvv2") is None, "null for a cvv2 at the top", "another value")


@scenario("VTEX-PURCH-1")
def the_purchase_information_of_a_profile_that_may_be_read_has_its_id(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    response = api.call("GetPurchaseInformation", profileId=profile_id, expect=(200, 404))
    if response.status == 404:
        raise CannotCheck("the profile that may be read has no purchase information")
    holds(single_envelope(response)["id"] == profile_id, "the id of the profile", "another one")


@scenario("VTEX-PURCH-1", needs={"write"})
def a_second_purchase_information_is_refused_and_changes_nothing(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    info = purchases(api, profile_id)
    holds(info["id"] == profile_id, "the id of the profile", "another one")
    body = {"isToSavePersonalData": False}
    api.call("CreatePurchaseInformation", profileId=profile_id, body=body, expect=409)
    read = single_envelope(api.call("GetPurchaseInformation", profileId=profile_id, expect=200))
    holds(read == info, "the first purchase information", "another one")
    other = customer(api)["id"]
    holds(purchases(api, other)["id"] == other, "purchase information of another profile", "none")


@scenario("VTEX-PURCH-1", needs={"write"})
def of_creates_at_the_same_time_one_wins(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    create: Params = {"profileId": profile_id, "body": {"isToSavePersonalData": True}, "expect": (200, 409)}
    responses = api.call_concurrently([lambda: api.call("CreatePurchaseInformation", **create)] * PARALLEL)
    won = sum(response.status == 200 for response in responses)
    holds(won == 1, "one purchase information of so many creates", f"{won}")


@scenario("VTEX-PURCH-1", needs={"write", "delete"})
def once_it_is_deleted_another_may_be_created(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    purchases(api, profile_id)
    api.call("DeletePurchaseInformation", profileId=profile_id, expect=204)
    purchases(api, profile_id, isToSavePersonalData=False)
    document = single_envelope(api.call("GetPurchaseInformation", profileId=profile_id, expect=200))["document"]
    holds(document == {"isToSavePersonalData": False}, "the second purchase information", "another one")


@scenario("VTEX-PURCH-2")
def a_profile_that_never_was_has_no_purchase_information(api: ApiClient) -> None:
    api.call("GetPurchaseInformation", profileId=NOBODY, expect=404)
    api.call("GetUnmaskedPurchaseInformation", profileId=NOBODY, reason=REASON, expect=404)


@scenario("VTEX-PURCH-2", needs={"write"})
def where_there_is_none_yet_it_cannot_be_read_or_updated(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    api.call("GetPurchaseInformation", profileId=profile_id, expect=404)
    api.call("GetUnmaskedPurchaseInformation", profileId=profile_id, reason=REASON, expect=404)
    api.call("UpdatePurchaseInformation", profileId=profile_id, body={"isToSavePersonalData": True}, expect=404)
    api.call("GetPurchaseInformation", profileId=profile_id, expect=404)


@scenario("VTEX-PURCH-2", needs={"write", "delete"})
def where_there_is_none_it_cannot_be_deleted(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    api.call("DeletePurchaseInformation", profileId=profile_id, expect=404)
    purchases(api, profile_id)
    api.call("DeletePurchaseInformation", profileId=profile_id, expect=204)
    api.call("DeletePurchaseInformation", profileId=profile_id, expect=404)
    api.call("GetPurchaseInformation", profileId=profile_id, expect=404)
    api.call("GetProfile", profileId=profile_id, expect=200)
