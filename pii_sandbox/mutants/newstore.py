"""Broken rules of NewStore: access, lists, profiles and their lock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.gateway import bodies
from pii_sandbox.mockserver.problems import (
    Forbidden,
    Malformed,
    NotFound,
    Pending,
    Stale,
    Unauthenticated,
    Unprocessable,
)
from pii_sandbox.mockserver.rules import expiry, keys, locking, paging
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Page, Store
from pii_sandbox.mockserver.vendors.newstore import collections, credentials, profiles, updates
from pii_sandbox.mockserver.vendors.newstore.collections import DELETION_REQUESTED, PROFILES, Value
from pii_sandbox.mutants.mutant import Mutant, always, instead, misread, refused, skip_validation

RACE_SECONDS = 5.0  # wide enough for a slow machine


def _overlapping(page: Any) -> Any:
    """Each page of profiles but the first begins with the last profile of the one before."""

    def shifted(store: Store, collection: str, *, offset: int = 0, **rest: Any) -> Page:
        from_here = max(0, offset - 1) if collection == PROFILES else offset
        found: Page = page(store, collection, offset=from_here, **rest)
        return found

    return shifted


def _overtaken(refuse_stale: Any) -> Any:
    """Lets two updates win that come shortly after one another: a lock that is looked at too early."""
    last_current: dict[datetime, float] = {}

    def late(sent: datetime, stored: datetime, rule: str) -> None:
        now = time.monotonic()
        was_current = now - last_current.get(sent, float("-inf")) < RACE_SECONDS
        last_current[stored] = now
        if not was_current:
            refuse_stale(sent, stored, rule)

    return late


def _as_written(updated: Any) -> Any:
    def compared(stored: Value, changes: Value, last_updated_at: str, now: datetime) -> dict[str, Any]:
        if last_updated_at != stored["updated_at"]:
            raise Stale("the record was updated since", rule="NS-LOCK-4")
        changed: dict[str, Any] = updated(stored, changes, last_updated_at, now)
        return changed

    return compared


def _kept_from_writes(updated: Any) -> Any:
    def refusing(stored: Value, *rest: Any) -> dict[str, Any]:
        if DELETION_REQUESTED in stored:
            raise Pending("the profile awaits deletion", rule="NS-GOC-2")
        changed: dict[str, Any] = updated(stored, *rest)
        return changed

    return refusing


def _at_most_100(name: str, value: Any, sent: bool) -> Any:
    if name == "count" and value > 100:
        raise refused(name, value, "NS-LIST-1")
    return value


def _not_by_store(name: str, value: Any, sent: bool) -> Any:
    if value is not None and value.startswith("store_id"):
        raise refused(name, value, "NS-LIST-5")
    return value


def _unnamed(kind: type[Malformed]) -> Any:
    return lambda message, *, rule=None, errors=None: kind("the body breaks its schema", rule=rule)


def _forgets_case(profiles_with: Any) -> Any:
    def found(sandbox: Sandbox, record: Any) -> Mapping[str, list[str]]:
        held: Mapping[str, list[str]] = profiles_with(sandbox, record)
        exact = [
            profile_id
            for profile_id in held["email"]
            if collections.profile_of(sandbox, profile_id).value["email"] == record.value["email"]
        ]
        return {**held, "email": exact}

    return found


MUTANTS = (
    Mutant("NS-AUTH-1", "a call without a token answers 403", credentials, "Unauthenticated", instead(Forbidden)),
    Mutant("NS-AUTH-2", "a bad token or login answers 401", credentials, "Forbidden", instead(Unauthenticated)),
    Mutant("NS-AUTH-3", "an access token never expires", credentials, "seconds_after", always(expiry.END_OF_TIME)),
    Mutant(
        "NS-AUTH-3",
        "an access token has expired when it is handed out",
        credentials,
        "seconds_after",
        lambda after: lambda at, seconds: at,
    ),
    skip_validation("NS-LIST-1", "an offset or count outside its bounds is taken for the default"),
    misread("NS-LIST-1", "a count above 100 is refused", _at_most_100),
    misread(
        "NS-LIST-1",
        "a page has 20 profiles unless asked otherwise",
        lambda name, value, sent: 20 if name == "count" and not sent else value,
    ),
    Mutant("NS-LIST-2", "any page can be reached", paging, "refuse_beyond_reach", always(None)),
    Mutant("NS-LIST-3", "q looks at the email alone", profiles, "SEARCHED", instead(("email",))),
    Mutant("NS-LIST-3", "q is not looked at", profiles, "holding", always(None)),
    Mutant(
        "NS-LIST-4",
        "the total of a list is that of the page",
        profiles,
        "pagination_info",
        lambda info: lambda returned, total, offset: info(returned, returned, offset),
    ),
    Mutant(
        "NS-LIST-4",
        "an offset beyond the end is told as the end",
        profiles,
        "pagination_info",
        lambda info: lambda returned, total, offset: info(returned, total, min(offset, total)),
    ),
    Mutant(
        "NS-LIST-5",
        "profiles come newest first",
        profiles,
        "ordered_by",
        lambda ordered_by: lambda sort: (None, True) if sort is None else ordered_by(sort),
    ),
    Mutant(
        "NS-LIST-5",
        "a direction is not looked at",
        profiles,
        "ordered_by",
        lambda ordered_by: lambda sort: (ordered_by(sort)[0], False),
    ),
    skip_validation("NS-LIST-5", "an unknown field or direction is not looked at"),
    misread("NS-LIST-5", "profiles cannot be sorted by store_id", _not_by_store),
    Mutant("NS-LIST-6", "each page repeats the last profile of the one before", Store, "page", _overlapping),
    Mutant(
        "NS-GOC-1",
        "a known email makes one more profile",
        profiles,
        "profiles_with",
        always({"email": []}),
    ),
    Mutant("NS-GOC-1", "emails compare with their case", profiles, "profiles_with", _forgets_case),
    Mutant(
        "NS-GOC-1",
        "a new profile answers 200",
        profiles,
        "Reply",
        lambda reply: lambda status, body=None, **rest: Reply(200 if status == 201 else status, body, **rest),
    ),
    Mutant(
        "NS-GOC-2",
        "a profile that awaits deletion is got like any other",
        profiles,
        "awaits_deletion",
        always(False),
    ),
    Mutant("NS-GOC-2", "a profile that awaits deletion cannot be updated", updates, "update", _kept_from_writes),
    Mutant("NS-GOC-3", "what the service cannot process answers 400", bodies, "Unprocessable", instead(Malformed)),
    Mutant("NS-GOC-3", "a body that breaks the schema answers 422", bodies, "Malformed", instead(Unprocessable)),
    Mutant("NS-GOC-3", "a refusal names no field", bodies, "Malformed", _unnamed),
    Mutant("NS-LOCK-1", "an update needs no current last_updated_at", locking, "refuse_stale", always(None)),
    Mutant("NS-LOCK-2", "two updates at about the same time both win", locking, "refuse_stale", _overtaken),
    Mutant(
        "NS-LOCK-3",
        "updated_at stands still while the clock does",
        locking,
        "strictly_after",
        lambda after: lambda previous, now, unit=None: now,
    ),
    Mutant("NS-LOCK-4", "last_updated_at is compared as text", updates, "update", _as_written),
    Mutant("NS-UNIQ-1", "an update may take another profile's email", keys, "refuse_duplicate", always(None)),
    Mutant(
        "NS-UNIQ-1",
        "a profile's own email is taken for another's",
        keys,
        "refuse_duplicate",
        lambda refuse: lambda own_id, holders, rule: refuse("", holders, rule),
    ),
    Mutant("NS-DEL-1", "a second deletion request answers 404", profiles, "Pending", instead(NotFound)),
    Mutant("NS-DEL-1", "the deletion of an unknown profile answers 400", collections, "NotFound", instead(Malformed)),
    Mutant(
        "NS-DEL-2",
        "a profile is gone at once when its deletion is requested",
        profiles,
        "seconds_after",
        lambda after: lambda at, seconds: at,
    ),
    Mutant(
        "NS-DEL-2",
        "a profile is never deleted",
        profiles,
        "seconds_after",
        always(expiry.END_OF_TIME),
    ),
    Mutant(
        "NS-DEL-2",
        "a deleted profile's id is given to the next one",
        profiles,
        "new_id",
        always("NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82CX"),
    ),
)
