"""VTEX-ALT-5 and VTEX-ALT-6: comparison and encoding of alternative key values."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.test_customers import TestCustomer
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.keys import keys_of
from pii_sandbox.scenarios.vtex.kinds import PROFILE, StoredDocument, create_document
from pii_sandbox.scenarios.vtex.shop import (
    REASON,
    Params,
    customer,
    email_in_other_case,
    profile_of,
    readable_email,
    single_envelope,
    unmasked_document,
)


@scenario("VTEX-ALT-5")
def a_profile_that_may_be_read_is_found_whatever_the_case_of_its_email(api: ApiClient) -> None:
    profile_id, email = readable_email(api)
    for spelled in (email.upper(), email.lower()):
        found = single_envelope(api.call("GetProfile", profileId=spelled, alternativeKey="email", expect=200))
        holds(found["id"] == profile_id, "the profile with that email", "another one")


@scenario("VTEX-ALT-5", needs={"write"})
def after_an_update_the_new_value_finds_the_profile_and_the_old_one_does_not(api: ApiClient) -> None:
    before, after = api.new_customer(), api.new_customer()
    profile = create_document(api, PROFILE)
    profile.update({"email": before.email, "document": before.document})
    _holds_found(profile, before)
    profile.update({"email": after.email, "document": after.document})
    _holds_found(profile, after)
    for key, value in keys_of(before):
        api.call("GetProfile", profileId=value, alternativeKey=key, expect=404)


def _holds_found(profile: StoredDocument, person: TestCustomer) -> None:
    for key, value in keys_of(person):
        found = single_envelope(profile.api.call("GetProfile", profileId=value, alternativeKey=key, expect=200))
        holds(found["id"] == profile.envelope["id"], f"the profile under its {key}", "another one")


@scenario("VTEX-ALT-5", needs={"write"})
def an_email_compares_without_case_and_is_kept_as_it_was_sent(api: ApiClient) -> None:
    person = api.new_customer()
    email = email_in_other_case(person.email)
    profile_id = customer(api, person, email=email)["id"]
    for spelled in (person.email, person.email.upper(), email):
        found = single_envelope(api.call("GetProfile", profileId=spelled, alternativeKey="email", expect=200))
        holds(found["id"] == profile_id, "the profile under its email", "another one")
    holds(unmasked_document(api, profile_id)["email"] == email, "the email as it was sent", "another spelling")


@scenario("VTEX-ALT-5", needs={"write", "control"})
def an_email_compares_exactly_if_that_is_set(api: ApiClient) -> None:
    api.sandbox.setting("vtex.key_comparison", "exact")
    person = api.new_customer()
    email = email_in_other_case(person.email)
    first = customer(api, person, email=email)["id"]
    api.call("GetProfile", profileId=person.email, alternativeKey="email", expect=404)
    second = customer(api, api.new_customer(), email=person.email)["id"]
    for spelled, profile_id in ((email, first), (person.email, second)):
        found = single_envelope(api.call("GetProfile", profileId=spelled, alternativeKey="email", expect=200))
        holds(found["id"] == profile_id, "the profile with that very email", "another one")
    api.call("CreateClientProfile", body={**profile_of(api.new_customer()), "email": email}, expect=409)
    api.call("CreateClientProfile", body={**profile_of(api.new_customer()), "document": person.document}, expect=409)


@scenario("VTEX-ALT-5", needs={"write"})
def a_document_compares_exactly(api: ApiClient) -> None:
    person = api.new_customer()
    number = f"Ab{person.document}"
    profile_id = customer(api, person, document=number, documentType="passport")["id"]
    found = single_envelope(api.call("GetProfile", profileId=number, alternativeKey="document", expect=200))
    holds(found["id"] == profile_id, "the profile under its document", "another one")
    for other in (number.lower(), number.upper(), f"{number} ", person.document):
        api.call("GetProfile", profileId=other, alternativeKey="document", expect=404)


@scenario("VTEX-ALT-6")
def a_profile_that_may_be_read_is_found_by_its_email_url_encoded(api: ApiClient) -> None:
    profile_id, email = readable_email(api)
    found = api.call("GetProfile", profileId=email, alternativeKey="email", expect=200)
    holds(single_envelope(found)["id"] == profile_id, "the profile with that email", "another one")
    holds("%40" in found.exchange.url, "a call with %40", "one without")
    homes = api.call("GetClientAddresses", profileId=email, alternativeKey="email", expect=200).json
    holds(all(home["document"]["profileId"] == profile_id for home in homes), "its addresses", "another's")


@scenario("VTEX-ALT-6", needs={"write"})
def a_value_may_be_url_encoded_whole(api: ApiClient) -> None:
    person = api.new_customer()
    values: Params = {"email": person.email.replace("@", "+news@"), "document": f"{person.document}/5%6 ü+%2F"}
    profile_id = customer(api, person, **values)["id"]
    for key, value in values.items():
        found = single_envelope(api.call("GetProfile", profileId=value, alternativeKey=key, expect=200))
        holds(found["id"] == profile_id, f"the profile under its {key}", "another one")
        homes = api.call("GetClientAddresses", profileId=value, alternativeKey=key, expect=200).json
        holds(homes == [], "no address of a new profile", f"{len(homes)}")
        shown = api.call("GetUnmaskedProfile", profileId=value, alternativeKey=key, reason=REASON, expect=200)
        holds(single_envelope(shown)["document"][key] == value, f"the {key} as it was sent", "another one")


@scenario("VTEX-ALT-6", needs={"write"})
def a_plus_sign_is_no_space(api: ApiClient) -> None:
    person = api.new_customer()
    plus = f"{person.document}+1"
    customer(api, person, document=plus, documentType="passport")
    api.call("GetProfile", profileId=plus, alternativeKey="document", expect=200)
    api.call("GetProfile", profileId=plus.replace("+", " "), alternativeKey="document", expect=404)


@scenario("VTEX-ALT-6", needs={"write"})
def an_encoded_slash_does_not_part_segments(api: ApiClient) -> None:
    person = api.new_customer()
    value = f"{person.document}/addresses"
    profile_id = customer(api, person, document=value, documentType="passport")["id"]
    found = single_envelope(api.call("GetProfile", profileId=value, alternativeKey="document", expect=200))
    holds(found["id"] == profile_id, "the profile under its document", "another document")
