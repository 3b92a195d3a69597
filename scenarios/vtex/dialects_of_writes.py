"""Differences between VTEX's guide and API reference on writes: TTL after updates, meta, custom fields."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.schemas import OWN, put_schema
from pii_sandbox.scenarios.vtex.shop import address, customer


def updated_on_its_second_day(api: ApiClient) -> str:
    """Create a profile under a documentTTL of three days and update it without ttl after two; return its id."""
    put_schema(api, documentTTL=3)
    profile_id: str = customer(api)["id"]
    api.sandbox.advance(days=2)
    api.call("UpdateClientProfile", profileId=profile_id, body={"gender": "male"}, expect=200)
    return profile_id


@scenario("VTEX-TTL-2", needs=OWN | {"clock"}, dialect="guide")
def in_the_guide_an_update_leaves_the_document_ttl_alone(api: ApiClient) -> None:
    profile_id = updated_on_its_second_day(api)
    api.sandbox.advance(days=1, seconds=60)
    api.call("GetProfile", profileId=profile_id, expect=404)


@scenario("VTEX-TTL-2", needs=OWN | {"clock"}, dialect="reference")
def in_the_reference_an_update_restarts_the_document_ttl(api: ApiClient) -> None:
    profile_id = updated_on_its_second_day(api)
    api.sandbox.advance(days=2)
    api.call("GetProfile", profileId=profile_id, expect=200)
    api.sandbox.advance(days=1, seconds=60)
    api.call("GetProfile", profileId=profile_id, expect=404)


@scenario("VTEX-META-1", needs={"write", "control"}, dialect="guide")
def in_the_guide_meta_of_profiles_and_addresses_tells_no_end(api: ApiClient) -> None:
    profile = customer(api, ttl=3)
    for meta in (profile["meta"], address(api, profile["id"])["meta"]):
        holds("expirationDate" not in meta, "a meta without expirationDate", "one with it")


@scenario("VTEX-META-1", needs={"write", "control"}, dialect="reference")
def in_the_reference_meta_of_profiles_and_addresses_tells_their_end(api: ApiClient) -> None:
    profile = customer(api, ttl=3)
    holds(profile["meta"].get("expirationDate"), "an expirationDate", "none")
    names = {"lastUpdate", "lastUpdateDate"}
    holds(names <= set(profile["meta"]), "lastUpdate and lastUpdateDate", "one of them, or none")
    home = address(api, profile["id"])["meta"]
    holds("expirationDate" in home and home["expirationDate"] is None, "an expirationDate of null", "another, or none")


@scenario("VTEX-SCHEMA-3", needs=OWN, dialect="reference")
def in_the_reference_a_custom_field_says_whether_it_is_personal(api: ApiClient) -> None:
    for facts in ({"type": "string"}, {"type": "string", "pii": True}, {"type": "string", "sensitive": True}):
        api.call("CreateOrUpdateProfileSchema", body={"nickname": facts}, expect=400)


@scenario("VTEX-SCHEMA-3", needs=OWN, dialect="guide")
def in_the_guide_a_custom_field_needs_a_type_alone(api: ApiClient) -> None:
    api.call("CreateOrUpdateProfileSchema", body={"nickname": {"type": "string"}}, expect=201)
