"""VTEX-TTL-4 and VTEX-TTL-1: TTL values that are not positive integers, and very long ones."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.kinds import (
    ADDRESSES,
    KINDS,
    PROSPECT,
    PURCHASES,
    body_for,
    create_document,
)
from pii_sandbox.scenarios.vtex.shop import (
    customer,
    names_in_error,
    profile_of,
)

_NO_PERIOD = ("0", "-1", "1.5", "soon", "", "1e1", "true")


@scenario("VTEX-TTL-4", needs={"write"})
def a_create_with_a_ttl_that_is_no_positive_integer_stores_nothing(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api)["id"]
    for ttl in _NO_PERIOD:
        api.call("CreateClientProfile", body=profile_of(person), ttl=ttl, expect=400)
        for kind in (ADDRESSES, PURCHASES):
            api.call(kind.create, profileId=profile_id, body=body_for(api, kind), ttl=ttl, expect=400)
        api.call("CreateProspect", body=body_for(api, PROSPECT), ttl=ttl, expect=400)
    api.call("GetProfile", profileId=person.email, alternativeKey="email", expect=404)
    homes = api.call("GetClientAddresses", profileId=profile_id, expect=200).json
    holds(homes == [], "no address", f"{len(homes)}")
    api.call("GetPurchaseInformation", profileId=profile_id, expect=404)


@scenario("VTEX-TTL-4", needs={"write", "control"})
def no_prospect_is_stored_with_a_ttl_that_is_no_positive_integer(api: ApiClient) -> None:
    before = len(api.sandbox.stored_documents("prospects"))
    for ttl in _NO_PERIOD:
        api.call("CreateProspect", body=body_for(api, PROSPECT), ttl=ttl, expect=400)
    after = len(api.sandbox.stored_documents("prospects"))
    holds(after == before, f"{before} prospects as before", f"{after}")


@scenario("VTEX-TTL-1", needs={"write", "control"})
def a_document_may_have_a_ttl_that_ends_after_the_calendar(api: ApiClient) -> None:
    for ttl in (3_000_000, 2_000_000_000):
        profile_id = customer(api, ttl=ttl)["id"]
        api.call("GetProfile", profileId=profile_id, expect=200)


@scenario("VTEX-TTL-4", needs={"write"})
def an_update_with_a_ttl_that_is_no_positive_integer_changes_nothing(api: ApiClient) -> None:
    for document in [create_document(api, kind) for kind in KINDS]:
        before = document.meta()
        for ttl in _NO_PERIOD:
            response = document.update(ttl=ttl, expect=400)
            holds(names_in_error(response, ["ttl"]), "an error that names ttl", "another one")
        holds(document.meta() == before, f"{document.kind.name} as it was", "a changed one")
