"""Customer profiles: list, get or create, read, update, request deletion."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.problems import Pending
from pii_sandbox.mockserver.rules import keys, paging, times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Column, Contains
from pii_sandbox.mockserver.vendors.newstore import updates
from pii_sandbox.mockserver.vendors.newstore.collections import (
    DELETION_REQUESTED,
    PROFILE_TEXTS,
    PROFILES,
    attribute_texts,
    awaits_deletion,
    display_id,
    new_id,
    now_in_milliseconds,
    pagination_info,
    peek_profile,
    profile_record,
    profiles_with,
    require_profile,
    seconds_after,
    shown_profile,
)

DELETION_SECONDS = "newstore.deletion_seconds"
SEARCHED = ("email", "full_name", "phone_number")
_PHONE_WITHOUT_PLUS = re.compile(r" \d+")
CHANGEABLE = ("email", *PROFILE_TEXTS, "extended_attributes")


def list_profiles(call: Call, sandbox: Sandbox) -> Reply:
    """Return a page of the profiles that match `q`, in the order of `sort`. (NS-LIST-2 to NS-LIST-6)"""
    offset, count = call.query["offset"], call.query["count"]
    paging.refuse_beyond_reach(offset, count, call.operation.reach, "NS-LIST-2")
    order, descending = ordered_by(call.query.get("sort"))
    page = sandbox.store.page(
        PROFILES,
        offset=offset,
        count=count,
        where=holding(call.query.get("q")),
        order=order,
        descending=descending,
    )
    shown = [shown_profile(record.value) for record in page.records]
    return Reply(200, {"profiles": shown, "pagination_info": pagination_info(len(shown), page.total, offset)})


def holding(q: str | None) -> Contains | None:
    """Return the filter for profiles with `q` in email, full name or phone number, ignoring case. (NS-LIST-3)

    A query string turns a raw `+` into a space: ` 4930` is what is left of the phone number `+4930`.
    """
    if q and _PHONE_WITHOUT_PLUS.fullmatch(q):
        q = f"+{q[1:]}"
    return Contains(Column(SEARCHED, folded=True), q.casefold()) if q else None


def ordered_by(sort: str | None) -> tuple[Column | None, bool]:
    """Return the column of `sort`, None for creation, and whether the order is descending. (NS-LIST-5)

    assumed: profiles without the field come first in ascending order, texts are ordered by code point, and among equal
    ones the older comes first; descending is the exact reverse.
    """
    if not sort:
        return None, False
    field, _, direction = sort.partition("|")
    return Column((field,)), direction == "desc"


def get_or_create_profile(call: Call, sandbox: Sandbox) -> Reply:
    """201 for a new email, 200 for a known one (NS-GOC-1). Raises Pending if its profile awaits deletion (NS-GOC-2)."""
    with sandbox.store.exclusive():
        created = profile_record(new_profile(call.body, sandbox))
        for profile_id in profiles_with(sandbox, created)["email"]:
            known = require_profile(sandbox, profile_id)
            if awaits_deletion(known):
                raise Pending("the profile with that email awaits deletion", rule="NS-GOC-2")
            return Reply(200, shown_profile(known.value), rule="NS-GOC-1")
        sandbox.store.put_owned(PROFILES, created)
    return Reply(201, created.value)  # a new profile has no hidden properties


def new_profile(body: Mapping[str, Any], sandbox: Sandbox) -> dict[str, Any]:
    now = now_in_milliseconds(sandbox)
    profile_id, written = new_id(now), times.rfc3339(now)
    profile = {"id": profile_id, "display_id": display_id(profile_id), "email": body["email"]}
    for name in PROFILE_TEXTS:
        profile[name] = body.get(name)
    profile["extended_attributes"] = attribute_texts(body.get("extended_attributes", {}))
    profile["created_at"] = profile["updated_at"] = written
    return profile


def get_profile(call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, shown_profile(peek_profile(sandbox, call.path["profile_id"]).value))


def update_profile(call: Call, sandbox: Sandbox) -> Reply:
    """Update the fields in the body, under the optimistic lock. (NS-LOCK-1 to NS-LOCK-4, NS-UNIQ-1)

    assumed: `extended_attributes` are replaced as a whole. A requested deletion stays due (NS-GOC-2).
    """
    changes = {name: call.body[name] for name in CHANGEABLE if name in call.body}
    if "extended_attributes" in changes:
        changes["extended_attributes"] = attribute_texts(changes["extended_attributes"])
    with sandbox.store.exclusive():
        stored = require_profile(sandbox, call.path["profile_id"])
        changed = updates.updated_record(stored.value, changes, call.body["last_updated_at"], sandbox)
        record = profile_record(changed, stored.expires_at)
        if awaits_deletion(stored) and record.keys != stored.keys:
            raise Pending("the profile awaits deletion: its email cannot be changed", rule="NS-GOC-2")
        keys.refuse_duplicate(stored.id, profiles_with(sandbox, record), "NS-UNIQ-1")
        sandbox.store.put(PROFILES, record)
    return Reply(200, shown_profile(changed))


def request_profile_deletion(call: Call, sandbox: Sandbox) -> Reply:
    """Mark the profile for a later deletion (NS-DEL-2). Raises Pending if it is marked already (NS-DEL-1)."""
    with sandbox.store.exclusive():
        stored = require_profile(sandbox, call.path["profile_id"], rule="NS-DEL-1")
        if awaits_deletion(stored):
            raise Pending("deletion of this profile is requested already", rule="NS-DEL-1")
        now = now_in_milliseconds(sandbox)
        marked = {**stored.value, DELETION_REQUESTED: times.rfc3339(now)}
        due = seconds_after(sandbox.now(), sandbox.setting(DELETION_SECONDS))
        sandbox.store.put(PROFILES, replace(stored, value=marked, expires_at=due))
    return Reply(202)
