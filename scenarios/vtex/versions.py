"""VTEX-VER and VTEX-META: earlier versions of documents, and their meta."""

from __future__ import annotations

from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.kinds import KINDS, create_document
from pii_sandbox.scenarios.vtex.shop import (
    ADDRESS,
    NOBODY,
    REASON,
    UUID,
    Params,
    address,
    at,
    customer,
    holds_values,
    household,
    last_update,
    profile_of,
    purchases,
    readable_profile,
    single_envelope,
)


@scenario("VTEX-VER-1", needs={"write"})
def each_write_gives_a_new_version(api: ApiClient) -> None:
    for document in [create_document(api, kind) for kind in KINDS]:
        versions = [document.envelope["meta"]["version"]]
        for _ in range(3):
            versions.append(document.update({}).json["meta"]["version"])
            read = document.meta()["version"]
            holds(read == versions[-1], f"{document.kind.name} in its latest version", "another version")
        holds(all(map(UUID.fullmatch, versions)), "uuids as versions", "other texts")
        holds(len(set(versions)) == 4, f"four versions of {document.kind.name}", f"{len(set(versions))}")


@scenario("VTEX-VER-1", needs={"write"})
def reading_makes_no_version(api: ApiClient) -> None:
    for document in [create_document(api, kind) for kind in KINDS]:
        document.unmasked()
        holds(document.meta() == document.envelope["meta"], "the meta of the create", "another one")


@scenario("VTEX-VER-2")
def the_latest_version_of_a_profile_that_may_be_read_is_the_profile(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    now = single_envelope(api.call("GetProfile", profileId=profile_id, expect=200))
    version = {"profileId": profile_id, "profileVersionId": now["meta"]["version"]}
    then = single_envelope(api.call("GetProfileByVersion", expect=200, **version))
    holds(then == now, "the profile as it is now", "another one")


@scenario("VTEX-VER-2", needs={"write"})
def a_version_of_a_profile_keeps_the_content_that_it_had(api: ApiClient) -> None:
    person, later = api.new_customer(), api.new_customer()
    first = customer(api, person, gender="male")
    one: Params = {"profileId": first["id"]}
    second = api.call("UpdateClientProfile", body={"gender": None, "priceTable": "gold"}, expect=200, **one).json
    api.call("UpdateClientProfile", body={"email": later.email, "gender": "female"}, expect=200, **one)
    for envelope in (first, second):
        asked: Params = {**one, "profileVersionId": envelope["meta"]["version"], "expect": 200}
        unmasked = single_envelope(api.call("GetUnmaskedProfileByVersion", reason=REASON, **asked))
        holds(unmasked == envelope, "the envelope of that write", "another one")
        masked = single_envelope(api.call("GetProfileByVersion", **asked))
        holds(masked["meta"] == envelope["meta"], "the meta of that write", "another one")
    asked = {**one, "profileVersionId": first["meta"]["version"], "expect": 200}
    document = single_envelope(api.call("GetProfileByVersion", **asked))["document"]
    holds(document.get("gender") == "m***", "the gender of then, masked", "another one, or a plain one")
    holds(document["email"] != person.email, "the email of then, masked", "a plain one")
    holds_values(single_envelope(api.call("GetUnmaskedProfileByVersion", reason=REASON, **asked))["document"],
         profile_of(person, gender="male"), "the first version")  # fmt: skip


@scenario("VTEX-VER-2", needs={"write"})
def a_version_of_an_address_keeps_the_content_that_it_had(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    first = address(api, profile_id, complement="apt 3")
    one: Params = {"profileId": profile_id, "addressId": first["id"]}
    second = api.call("UpdateClientAddress", body={"locality": "Elsewhere"}, expect=200, **one).json
    api.call("UpdateClientAddress", body={"complement": None, "postalCode": "99999-999"}, expect=200, **one)
    for envelope, locality in ((first, "R** d* J******"), (second, "E********")):
        asked: Params = {**one, "addressVersionId": envelope["meta"]["version"], "reason": REASON, "expect": 200}
        unmasked = api.call("GetUnmaskedAddressByVersion", **asked).json
        holds(unmasked == envelope, "the envelope of that write", "another one")
        masked = api.call("GetAddressByVersion", **asked).json
        shown = {name: masked["document"].get(name) for name in ("postalCode", "locality", "complement")}
        expected = {"postalCode": "2****-0**", "locality": locality, "complement": "a** 3"}
        holds_values(shown, expected, "that version, masked")
    holds(first["document"] == {**ADDRESS, "complement": "apt 3", "profileId": profile_id}, "what was sent", "another")


@scenario("VTEX-VER-2", needs={"write", "delete"})
def the_versions_of_a_profile_stay_when_its_purchase_information_goes(api: ApiClient) -> None:
    first = customer(api)
    one: Params = {"profileId": first["id"]}
    api.call("UpdateClientProfile", body={"priceTable": "gold"}, expect=200, **one)
    purchases(api, first["id"])
    api.call("DeletePurchaseInformation", expect=204, **one)
    asked: Params = {**one, "profileVersionId": first["meta"]["version"], "reason": REASON, "expect": 200}
    then = single_envelope(api.call("GetUnmaskedProfileByVersion", **asked))
    holds(then == first, "the envelope of the create", "another one")


@scenario("VTEX-VER-3")
def an_unknown_version_of_a_profile_that_may_be_read_is_404(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    api.call("GetProfileByVersion", profileId=profile_id, profileVersionId=NOBODY, expect=404)


@scenario("VTEX-VER-3", needs={"write"})
def an_unknown_version_or_one_of_another_document_is_404(api: ApiClient) -> None:
    mine, other = household(api), household(api)
    second = address(api, mine["profileId"])
    updated = api.call("UpdateClientProfile", body={}, profileId=other["profileId"], expect=200).json["meta"]["version"]
    their_address: Params = {"profileId": other["profileId"], "addressId": other["addressId"]}
    api.call("UpdateClientAddress", body={}, expect=200, **their_address)
    foreign = (NOBODY, other["profileVersionId"], updated, mine["addressVersionId"], "first")
    for version in foreign:
        _no_version(api, "Profile", profileId=mine["profileId"], profileVersionId=version)
    one: Params = {"profileId": mine["profileId"], "addressId": mine["addressId"]}
    for version in (NOBODY, second["meta"]["version"], other["addressVersionId"], mine["profileVersionId"]):
        _no_version(api, "Address", addressVersionId=version, **one)


def _no_version(api: ApiClient, of: str, **path: Any) -> None:
    api.call(f"Get{of}ByVersion", reason=REASON, expect=404, **path)
    api.call(f"GetUnmasked{of}ByVersion", reason=REASON, expect=404, **path)


@scenario("VTEX-META-1")
def the_meta_of_a_profile_that_may_be_read_has_its_instants_and_author(api: ApiClient) -> None:
    meta = single_envelope(api.call("GetProfile", profileId=readable_profile(api), expect=200))["meta"]
    holds(at(meta["creationDate"]) <= at(last_update(meta)), "an update not before the creation", "one before it")
    holds(UUID.fullmatch(meta["author"]), "a uuid as author", "another text")


@scenario("VTEX-META-1", needs={"write"})
def the_creation_stays_and_the_last_update_moves_at_each_write(api: ApiClient) -> None:
    for document in [create_document(api, kind) for kind in KINDS]:
        before = document.envelope["meta"]
        created, first = at(before["creationDate"]), at(last_update(before))
        holds(first >= created, "a last update not before the create", "one before it")
        for _ in range(2):
            after = document.update().json["meta"]
            holds(after["creationDate"] == before["creationDate"], "the creationDate of the create", "another one")
            holds(at(last_update(after)) >= at(last_update(before)), "a later update", "an earlier one")
            holds(last_update(after) != last_update(before), "a later update", "the same instant")
            holds(document.meta() == after, "the same meta when read", "another one")
            before = after


@scenario("VTEX-META-1", needs={"write", "clock"})
def the_last_update_tells_when_it_was(api: ApiClient) -> None:
    api.sandbox.freeze()
    documents = [create_document(api, kind) for kind in KINDS]
    api.sandbox.advance(days=1, seconds=30)
    for document in documents:
        meta = document.update().json["meta"]
        passed = (at(last_update(meta)) - at(meta["creationDate"])).total_seconds()
        holds(passed == 86_430, "an update 86430 seconds after the create", f"one after {passed}")
        again = document.update().json["meta"]
        holds(
            at(last_update(again)) > at(last_update(meta)), "a later update, though no time passed", "the same instant"
        )


@scenario("VTEX-META-1", needs={"write", "clock", "control"})
def the_instants_have_seven_digits_at_a_whole_second_too(api: ApiClient) -> None:
    api.sandbox.control("PUT", "/clock", {"frozen": True, "at": "2030-01-31T10:20:30Z"})
    meta = api.call("CreateClientProfile", body=profile_of(api.new_customer()), expect=201).json["meta"]
    holds(at(meta["creationDate"]) == at("2030-01-31T10:20:30.0000000+00:00"), "the instant of the create", "another")


@scenario("VTEX-META-1", needs={"write", "clock", "control"})
def the_last_update_moves_by_a_microsecond_where_that_is_all_the_time_left(api: ApiClient) -> None:
    """Only in a sandbox, which counts microseconds: its clock stands at the end of the calendar."""
    api.sandbox.control("PUT", "/clock", {"frozen": True, "at": "9999-12-31T23:59:59.999998Z"})
    body = profile_of(api.new_customer())
    made = api.call("CreateClientProfile", body=body, expect=201).json
    after = api.call("UpdateClientProfile", profileId=made["id"], body={}, expect=(200, 409))
    holds(after.status == 200, "an update in the last microsecond, which is left", "409")
    holds(at(last_update(after.json["meta"])) > at(last_update(made["meta"])), "a later update", "the same instant")


@scenario("VTEX-META-1", needs={"write"})
def the_author_is_the_caller(api: ApiClient) -> None:
    for kind in KINDS:
        by_key = create_document(api, kind)
        mine = by_key.envelope["meta"]["author"]
        by_user = create_document(api, kind, credentials="user")
        theirs = by_user.envelope["meta"]["author"]
        holds(UUID.fullmatch(mine) and UUID.fullmatch(theirs), "uuids as authors", "other texts")
        holds(mine != theirs, "an author for each credential", "one author for two")
        updated = by_key.update(credentials="user").json["meta"]["author"]
        holds(updated == theirs, "the caller of the update as author", "somebody else")
