"""VTEX-UNMASK-3: the audit events of unmasked reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    REASON,
    Params,
    at,
    customer,
    holds_values,
    household,
    profile_of,
)
from pii_sandbox.scenarios.vtex.unmasking import ACTIONS, LISTS


@scenario("VTEX-UNMASK-3", needs={"write", "control", "clock"})
def each_unmasked_read_leaves_one_event(api: ApiClient) -> None:
    api.sandbox.freeze()
    profile = customer(api)
    now, author = profile["meta"]["creationDate"], profile["meta"]["author"]
    ids = household(api)
    for operation_id, (action, names) in (*ACTIONS.items(), *LISTS.items()):
        path: Params = {name: ids[name] for name in names}
        before = len(api.sandbox.events())
        api.call(operation_id, reason=f"{REASON} of {operation_id}", expect=200, **path)
        events = api.sandbox.events()[before:]
        holds(len(events) == 1, f"one audit event of {operation_id}", f"{len(events)}")
        text = {"action": action, "reason": f"{REASON} of {operation_id}", "author": author, "time": now}
        holds_values({name: events[0].get(name) for name in text}, text, f"the event of {operation_id}")
        named = {name: events[0].get(name) for name in _names_in_event(names)}
        holds_values(named, _names_in_event(names, ids), f"the ids in the event of {operation_id}")
        holds("onBehalfOf" not in events[0], "no onBehalfOf where none was given", "one")


def _names_in_event(names: tuple[str, ...], ids: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return path parameters under their names in events: the id of any version is `versionId`."""
    spelled = {name: "versionId" if name.endswith("VersionId") else name for name in names}
    return {spelled[name]: (ids or {}).get(name) for name in names}


@scenario("VTEX-UNMASK-3", needs={"write", "control"})
def an_event_names_who_asked_and_for_whom(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    author = customer(api)["meta"]["author"]
    other = api.call("CreateClientProfile", body=profile_of(api.new_customer()), credentials="user", expect=201).json
    asked: Params = {"profileId": profile_id, "reason": REASON, "expect": 200}
    api.call("GetUnmaskedProfile", onBehalfOf="shopper-7", **asked)
    api.call("GetUnmaskedProfile", credentials="user", **asked)
    events = api.sandbox.events()[-2:]
    holds(len(events) == 2, "an event of each read", f"{len(events)} events")
    first, second = events
    holds_values(
        {"author": first.get("author"), "onBehalfOf": first.get("onBehalfOf")},
        {"author": author, "onBehalfOf": "shopper-7"},
        "the event of the application key",
    )
    holds(second.get("author") == other["meta"]["author"], "the user as the author of the second", "somebody else")
    holds("onBehalfOf" not in second, "no onBehalfOf in the second", "one")


@scenario("VTEX-UNMASK-3", needs={"write", "control"})
def what_is_refused_or_masked_leaves_no_event(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    before = len(api.sandbox.events())
    profile_id = ids["profileId"]
    api.call("GetUnmaskedProfile", profileId=profile_id, reason=" ", expect=400)
    api.call("GetUnmaskedProfile", profileId=person.email, reason=REASON, expect=404)
    api.call("GetUnmaskedProfile", profileId=profile_id, reason=REASON, credentials="none", expect=401)
    api.call("GetUnmaskedProfile", profileId=profile_id, reason=REASON, credentials="unprivileged", expect=403)
    api.call("GetUnmaskedAddress", profileId=profile_id, addressId=ids["prospectId"], reason=REASON, expect=404)
    api.call("GetProfile", profileId=profile_id, expect=200)
    api.call("GetClientAddresses", profileId=profile_id, expect=200)
    api.call("GetProspects", expect=200)
    holds(len(api.sandbox.events()) == before, "no audit event", f"{len(api.sandbox.events()) - before}")


@scenario("VTEX-UNMASK-3", needs={"write", "control"})
def a_changed_email_leaves_a_rectification(api: ApiClient) -> None:
    person, later = api.new_customer(), api.new_customer()
    profile = customer(api, person)
    before = len(api.sandbox.events())
    one: Params = {"profileId": profile["id"], "expect": 200}
    api.call("UpdateClientProfile", body={"gender": "female", "email": person.email}, **one)
    holds(
        len(api.sandbox.events()) == before,
        "no audit event where the email stays",
        f"{len(api.sandbox.events()) - before}",
    )
    api.call("UpdateClientProfile", body={"email": later.email}, **one)
    events = api.sandbox.events()[before:]
    holds(len(events) == 1, "one audit event", f"{len(events)}")
    text = {"action": "EmailRectification", "profileId": profile["id"], "author": profile["meta"]["author"]}
    holds_values({name: events[0].get(name) for name in text}, text, "the event")
    at(events[0].get("time"))


@scenario("VTEX-UNMASK-3", needs={"write", "control"}, dialect="reference")
def the_use_case_that_stood_in_is_the_reason_in_the_event(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    api.call("GetUnmaskedProfile", profileId=profile_id, useCase="checkout", expect=200)
    event = api.sandbox.events()[-1]
    text = {"action": "GetProfileUnmasked", "reason": "checkout"}
    holds_values({name: event.get(name) for name in text}, text, "the event")
