"""VTEX-AUDIT and VTEX-ERASE-8: audit events of schema writes and erasures. Only a sandbox shows them."""

from __future__ import annotations

import json
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.test_customers import TestCustomer
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.erasing import erase_customer
from pii_sandbox.scenarios.vtex.schemas import OWN, SHOE, put_schema
from pii_sandbox.scenarios.vtex.shop import UUID, Params, at, customer, household, prospect

DELETED = "ProfileSystemUserRightsDelete"


def events_of(api: ApiClient, action: str) -> list[dict[str, Any]]:
    return [event for event in api.sandbox.events() if event["action"] == action]


def kept_events(api: ApiClient) -> list[dict[str, Any]]:
    return [event for event in api.sandbox.events() if event["action"] != DELETED]


def has_author_and_time(event: dict[str, Any]) -> None:
    holds(UUID.fullmatch(event.get("author", "")), "a uuid as author", "another text, or none")
    at(event.get("time"))


@scenario("VTEX-AUDIT-1", needs=OWN)
def a_put_of_the_custom_schema_leaves_an_event(api: ApiClient) -> None:
    put_schema(api, shoeSize=SHOE)
    put_schema(api, 400, oneOf=[{"type": "object"}])
    events = events_of(api, "PutSchema")
    holds(len(events) == 1, "one event, of the PUT that succeeded", f"{len(events)}")
    holds(events[0].get("schemaId") == "profileSystem", "the id of the schema", "another one, or none")
    has_author_and_time(events[0])


@scenario("VTEX-AUDIT-2", needs={"write", "erase", "control"})
def an_erasure_that_deletes_a_profile_leaves_an_event(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    erase_customer(api, person.email)
    erase_customer(api, person.email)
    is_told(api, ids["profileId"], person)


@scenario("VTEX-AUDIT-2", needs={"write", "erase", "control", "clock"})
def a_job_that_deletes_a_profile_leaves_an_event(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    api.call("createErasureJob", body={"email": person.email}, expect=201)
    api.sandbox.advance(seconds=90)
    is_told(api, ids["profileId"], person)


def is_told(api: ApiClient, profile_id: str, person: TestCustomer) -> None:
    """Check that one event records the deletion of that profile, without personal data."""
    events = events_of(api, DELETED)
    holds(len(events) == 1, "one event of the erasure", f"{len(events)}")
    holds(events[0].get("profileId") == profile_id, "the id of the profile", "another one, or none")
    has_author_and_time(events[0])
    held = [value for value in (person.email, person.document, person.last_name) if value in json.dumps(events)]
    holds(not held, "nothing of the person", f"{len(held)} values")


@scenario("VTEX-ERASE-8", needs={"write", "erase", "control"})
def audit_events_stay_without_the_values_of_the_erased_person(api: ApiClient) -> None:
    person, other = api.new_customer(), api.new_customer()
    mine, theirs = household(api, person), household(api, other)
    text = f"{person.full_name} ({person.email}, {person.document}) asked"
    for profile_id, reason in ((mine["profileId"], text), (mine["profileId"], "fraud"), (theirs["profileId"], text)):
        api.call("GetUnmaskedProfile", profileId=profile_id, reason=reason, expect=200)
    others = f"{other.full_name} ({other.email}) asked"
    api.call("GetUnmaskedProspect", prospectId=theirs["prospectId"], reason=others, expect=200)
    before = api.sandbox.events()
    holds(len(before) == 4, "an event of each unmasked read", f"{len(before)} events")
    erase_customer(api, person.email)
    _holds_anonymized(before, api.sandbox.events(), person)
    holds(kept_events(api)[-1]["reason"] == others, "the values of others as they were", "changed ones")


@scenario("VTEX-ERASE-8", needs={"write", "erase", "control"})
def a_name_alone_goes_from_events_about_the_erased_person_only(api: ApiClient) -> None:
    """First and last names are shared by many people, a last name without a first one too."""
    person, other = api.new_customer(), api.new_customer()
    mine, theirs = household(api, person), household(api, other)
    for first_name in ("", " ", None):
        prospect(api, person, firstName=first_name)
    reason = f"Somebody {person.last_name} called"
    for profile_id in (mine["profileId"], theirs["profileId"]):
        api.call("GetUnmaskedProfile", profileId=profile_id, reason=reason, expect=200)
    erase_customer(api, person.email)
    reasons = {event["profileId"]: event["reason"] for event in kept_events(api)}
    holds(person.last_name not in reasons[mine["profileId"]], "no name in the person's own event", "the name")
    holds(reasons[theirs["profileId"]] == reason, "the event of somebody else as it was", "a changed one")


@scenario("VTEX-ERASE-8", needs={"write", "erase", "control"})
def a_name_that_is_a_word_of_the_events_changes_none(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person, firstName="vtex")["id"]
    api.call("GetUnmaskedProfile", profileId=profile_id, reason="vtex called", expect=200)
    (before,) = api.sandbox.events()
    erase_customer(api, person.email)
    (after,) = kept_events(api)
    holds(after["reason"] != "vtex called", "a reason without the name", "one with it")
    holds({**after, "reason": "vtex called"} == before, "the event as it was but for its reason", "another one")


@scenario("VTEX-ERASE-8", needs={"write", "erase", "control"})
def a_name_beside_the_email_in_somebody_elses_prospect_goes_and_the_others_stay(api: ApiClient) -> None:
    person, other, third = (api.new_customer() for _ in range(3))
    contacts = [{"email": whose.email, "lastName": name} for whose, name in ((person, "Quill"), (third, "Rook"))]
    made = prospect(api, other, contacts=contacts)
    reason = "Quill and Rook called"
    api.call("GetUnmaskedProspect", prospectId=made["id"], reason=reason, expect=200)
    erase_customer(api, person.email)
    (left,) = (event["reason"] for event in kept_events(api))
    holds("Quill" not in left, "no name of the erased person", "the name")
    holds(left.endswith(" and Rook called"), "the name of the other contact as it was", "a changed one")


@scenario("VTEX-ERASE-8", needs={"write", "erase", "control", "clock"})
def a_job_leaves_audit_events_without_the_values_too(api: ApiClient) -> None:
    person, before_that = api.new_customer(), api.new_customer()
    profile_id = customer(api, before_that)["id"]
    api.call("GetUnmaskedProfile", profileId=profile_id, reason=f"for {before_that.email}", expect=200)
    api.call("UpdateClientProfile", profileId=profile_id, body={"email": person.email}, expect=200)
    api.call("GetUnmaskedProfile", profileId=profile_id, reason=f"for {person.email}", expect=200)
    before = api.sandbox.events()
    holds(len(before) == 3, "an event of each unmasked read and of the new email", f"{len(before)} events")
    api.call("createErasureJob", body={"email": person.email}, expect=201)
    api.sandbox.advance(seconds=90)
    for whose in (person, before_that):
        _holds_anonymized(before, api.sandbox.events(), whose)


def _holds_anonymized(before: list[dict[str, Any]], after: list[dict[str, Any]], person: TestCustomer) -> None:
    """Check that the events are the same, without the person's data."""
    facts = ("action", "time", "author", "profileId", "prospectId")
    after = [event for event in after if event["action"] != DELETED]
    shown = [[{name: event.get(name) for name in facts} for event in events] for events in (before, after)]
    holds(shown[0] == shown[1], "the events of before", "others, or fewer")
    text = json.dumps(after, ensure_ascii=False)
    values: Params = {"email": person.email, "document": person.document, "name": person.last_name}
    kept = sorted(name for name, value in values.items() if value in text)
    holds(not kept, "no values of the erased person", f"{', '.join(kept)}")
