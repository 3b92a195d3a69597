"""VTEX-TTL: time to live of documents. What depends on the schema's default TTL is only played in a sandbox."""

from __future__ import annotations

from datetime import timedelta

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.test_customers import TestCustomer
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.kinds import (
    ADDRESSES,
    KINDS,
    PROFILE,
    PROSPECT,
    PURCHASES,
    StoredDocument,
    create_document,
)
from pii_sandbox.scenarios.vtex.shop import (
    REASON,
    Params,
    address,
    among,
    at,
    customer,
    last_update,
    profile_of,
    prospect,
    purchases,
    single_envelope,
)

EXPIRING = (PROSPECT, PURCHASES)  # their meta shows the expiry
_A_MINUTE = timedelta(minutes=1)  # tolerance between two readings of a vendor's clock


@scenario("VTEX-TTL-1", needs={"write", "clock"}, immediate=True)
def a_document_is_gone_from_the_instant_at_which_its_ttl_has_passed(api: ApiClient) -> None:
    api.sandbox.freeze()
    documents = [create_document(api, kind, ttl=2) for kind in KINDS]
    api.sandbox.advance(days=2, seconds=-1)
    for document in documents:
        document.read()
        document.unmasked()
    api.sandbox.advance(seconds=1)
    for document in documents:
        document.read(404)
        document.unmasked(404)


@scenario("VTEX-TTL-1", needs={"write", "clock"}, immediate=True)
def no_list_has_what_has_expired(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    home, stays = address(api, profile_id, ttl=1)["id"], address(api, profile_id)["id"]
    ann = prospect(api, ttl=1)["id"]
    holds(among(api.call("GetProspects", expect=200), ann), "the prospect in the list", "a list without it")
    api.sandbox.advance(days=1, seconds=1)
    for operation_id in ("GetClientAddresses", "GetUnmaskedClientAddresses"):
        response = api.call(operation_id, profileId=profile_id, reason=REASON, expect=200)
        holds(among(response, home) is None, "a list without the expired address", "a list with it")
        holds(among(response, stays), "the other address in the list", "a list without it")
    holds(among(api.call("GetProspects", expect=200), ann) is None, "a list without the prospect", "a list with it")


@scenario("VTEX-TTL-1", needs={"write", "clock", "control"}, immediate=True)
def the_unmasked_list_of_prospects_leaves_out_what_has_expired(api: ApiClient) -> None:
    ann, stays = prospect(api, ttl=1)["id"], prospect(api)["id"]
    api.sandbox.advance(days=1, seconds=1)
    response = api.call("GetUnmaskedProspects", reason=REASON, expect=200)
    holds(among(response, ann) is None, "a list without the expired prospect", "a list with it")
    holds(among(response, stays), "the other prospect in the list", "a list without it")


@scenario("VTEX-TTL-1", needs={"write", "clock"}, immediate=True)
def versions_go_with_what_they_are_of(api: ApiClient) -> None:
    profile = customer(api)
    home = address(api, profile["id"], ttl=1)
    one: Params = {"profileId": profile["id"], "addressId": home["id"], "addressVersionId": home["meta"]["version"]}
    api.sandbox.advance(days=1, seconds=1)
    api.call("GetAddressByVersion", reason=REASON, expect=404, **one)
    api.call("GetUnmaskedAddressByVersion", reason=REASON, expect=404, **one)


@scenario("VTEX-TTL-1", needs={"write", "clock"}, immediate=True)
def the_keys_of_an_expired_profile_are_free_again(api: ApiClient) -> None:
    person = api.new_customer()
    customer(api, person, ttl=1)
    api.sandbox.advance(days=1, seconds=1)
    for key, value in (("email", person.email), ("document", person.document)):
        api.call("GetProfile", profileId=value, alternativeKey=key, expect=404)
    again = customer(api, person)
    found = single_envelope(api.call("GetProfile", profileId=person.email, alternativeKey="email", expect=200))
    holds(found["id"] == again["id"], "the new profile under the email", "another one")


@scenario("VTEX-TTL-1", needs={"write"})
def meta_tells_the_end_of_prospects_and_purchase_information(api: ApiClient) -> None:
    for kind in EXPIRING:
        meta = create_document(api, kind, ttl=3).meta()
        _ends(meta["expirationDate"], meta["creationDate"], days=3)


@scenario("VTEX-TTL-2", needs={"write"})
def the_end_in_meta_follows_an_update_with_ttl_and_no_other(api: ApiClient) -> None:
    for kind in EXPIRING:
        document = create_document(api, kind, ttl=3)
        before = document.meta()["expirationDate"]
        after = document.update().json["meta"]["expirationDate"]
        holds(after == before, "an end that an update without ttl leaves alone", "another one")
        meta = document.update(ttl=5).json["meta"]
        _ends(meta["expirationDate"], last_update(meta), days=5)


def _ends(text: str, since: str, days: int) -> None:
    away = at(text) - at(since) - timedelta(days=days)
    holds(abs(away) < _A_MINUTE, f"an end {days} days after the request", f"one that is {away} from it")


@scenario("VTEX-TTL-2", needs={"write", "clock"})
def an_update_with_ttl_starts_the_period_anew(api: ApiClient) -> None:
    api.sandbox.freeze()
    documents = [create_document(api, kind, ttl=2) for kind in KINDS]
    api.sandbox.advance(days=1)
    for document in documents:
        document.update(ttl=3)
    api.sandbox.advance(days=3, seconds=-1)
    for document in documents:
        document.read()
    api.sandbox.advance(seconds=1)
    for document in documents:
        document.read(404)


@scenario("VTEX-TTL-2", needs={"write", "clock"})
def a_period_may_be_cut_short_and_an_endless_life_given_an_end(api: ApiClient) -> None:
    documents = [
        *(create_document(api, kind, ttl=9) for kind in KINDS),
        *(create_document(api, kind) for kind in KINDS),
    ]
    for document in documents:
        document.update(ttl=1)
    api.sandbox.advance(days=1, seconds=1)
    for document in documents:
        document.read(404)


@scenario("VTEX-TTL-2", needs={"write", "clock"})
def an_update_without_ttl_leaves_the_expiry_alone(api: ApiClient) -> None:
    documents = [create_document(api, kind, ttl=2) for kind in KINDS]
    api.sandbox.advance(days=1)
    for document in documents:
        document.update()
    api.sandbox.advance(days=1, seconds=-600)
    for document in documents:
        document.read()
    api.sandbox.advance(seconds=601)
    for document in documents:
        document.read(404)


@scenario("VTEX-TTL-3", needs={"write"})
def meta_tells_no_end_where_neither_ttl_nor_schema_sets_one(api: ApiClient) -> None:
    if "documentTTL" in api.call("GetCustomProfileSchema", expect=200).json:
        raise CannotCheck("the schema of the target has a documentTTL")
    for kind in EXPIRING:
        holds(create_document(api, kind).meta().get("expirationDate") is None, "no end", "one")


@scenario("VTEX-TTL-3", needs={"write", "clock", "control"})
def without_ttl_and_default_a_document_lives_for_ever(api: ApiClient) -> None:
    documents = [create_document(api, kind) for kind in KINDS]
    api.sandbox.advance(days=36_500)
    for document in documents:
        document.read()


@scenario("VTEX-TTL-3", needs={"write", "clock", "control"})
def without_ttl_the_default_of_the_schema_applies_and_ttl_overrides_it(api: ApiClient) -> None:
    before = create_document(api, PROFILE)
    api.call("CreateOrUpdateProfileSchema", body={"documentTTL": 5}, expect=201)
    default, longer, shorter = (
        create_document(api, PROFILE),
        create_document(api, PROFILE, ttl=7),
        create_document(api, PROFILE, ttl=1),
    )
    api.sandbox.advance(days=1, seconds=1)
    shorter.read(404)
    api.sandbox.advance(days=4, seconds=-10)
    default.read()
    api.sandbox.advance(seconds=20)
    default.read(404)
    longer.read()
    api.sandbox.advance(days=2)
    longer.read(404)
    before.read()


@scenario("VTEX-TTL-5", needs={"write", "clock"})
def what_hangs_on_a_profile_expires_with_it(api: ApiClient) -> None:
    person = api.new_customer()
    ids, hanging = _expired_profile(api, person)
    other = customer(api, person)["id"]
    for profile_id in (ids["profileId"], other):
        for document in hanging:
            reached = StoredDocument(api, document.kind, {**document.path, "profileId": profile_id}, document.envelope)
            reached.read(404)
            reached.unmasked(404)
        for operation_id in ("GetProfileByVersion", "GetUnmaskedProfileByVersion"):
            version = ids["profileVersionId"]
            api.call(operation_id, profileId=profile_id, profileVersionId=version, reason=REASON, expect=404)
    homes = api.call("GetClientAddresses", profileId=other, expect=200).json
    holds(homes == [], "no address of the expired profile", f"{len(homes)}")


@scenario("VTEX-TTL-5", needs={"write", "clock", "control"})
def nothing_is_left_for_a_profile_that_comes_back_under_the_same_id(api: ApiClient) -> None:
    person = api.new_customer()
    ids, hanging = _expired_profile(api, person)
    api.sandbox.put_document("profiles", ids["profileId"], profile_of(person))
    for document in hanging:
        document.read(404)
    one: Params = {"profileId": ids["profileId"]}
    api.call("GetProfileByVersion", profileVersionId=ids["profileVersionId"], expect=404, **one)
    homes = api.call("GetClientAddresses", expect=200, **one).json
    holds(homes == [], "no address of the expired profile", f"{len(homes)}")
    stored = {document["id"] for document in api.sandbox.stored_documents("addresses")}
    holds(ids["addressId"] not in stored, "no stored address of the expired profile", "one")


def _expired_profile(api: ApiClient, person: TestCustomer) -> tuple[dict[str, str], list[StoredDocument]]:
    """Return the ids of an expired profile, and its dependent documents, which had a longer TTL."""
    profile = customer(api, person, ttl=1)
    one: Params = {"profileId": profile["id"]}
    home = address(api, profile["id"], ttl=9)
    info = purchases(api, profile["id"])
    api.sandbox.advance(days=1, seconds=1)
    ids = {**one, "profileVersionId": profile["meta"]["version"], "addressId": home["id"]}
    return ids, [
        StoredDocument(api, ADDRESSES, {**one, "addressId": home["id"]}, home),
        StoredDocument(api, PURCHASES, one, info),
    ]
