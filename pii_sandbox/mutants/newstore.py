"""Broken rules of NewStore: profiles and their lock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.gateway import bodies
from pii_sandbox.mockserver.problems import (
    Malformed,
    NotFound,
    Pending,
    Stale,
    Unprocessable,
)
from pii_sandbox.mockserver.rules import expiry, keys, locking
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.vendors.newstore import collections, profiles, updates
from pii_sandbox.mockserver.vendors.newstore.collections import DELETION_REQUESTED, Value
from pii_sandbox.mutants.mutant import Mutant, always_return, ignore_setting, replace_with

RACE_SECONDS = 5.0  # wide enough for a slow machine


def _check_lock_too_early(refuse_stale: Any) -> Any:
    """Lets two updates win that come shortly after one another: a lock that is looked at too early."""
    last_current: dict[datetime, float] = {}

    def replacement(sent: datetime, stored: datetime, rule: str) -> None:
        now = time.monotonic()
        was_current = now - last_current.get(sent, float("-inf")) < RACE_SECONDS
        last_current[stored] = now
        if not was_current:
            refuse_stale(sent, stored, rule)

    return replacement


def _cut_microseconds(instant: Any) -> Any:
    def replacement(text: str) -> Any:
        at = instant(text)
        return at.replace(microsecond=at.microsecond // 1000 * 1000)

    return replacement


def _compare_lock_as_text(updated: Any) -> Any:
    def replacement(stored: Value, changes: Value, last_updated_at: str, sandbox: Sandbox) -> dict[str, Any]:
        if last_updated_at != stored["updated_at"]:
            raise Stale("the record was updated since", rule="NS-LOCK-4")
        changed: dict[str, Any] = updated(stored, changes, last_updated_at, sandbox)
        return changed

    return replacement


def _refuse_writes_before_deletion(updated: Any) -> Any:
    def replacement(stored: Value, *rest: Any) -> dict[str, Any]:
        if DELETION_REQUESTED in stored:
            raise Pending("the profile awaits deletion", rule="NS-GOC-2")
        changed: dict[str, Any] = updated(stored, *rest)
        return changed

    return replacement


def _omit_error_fields(kind: type[Malformed]) -> Any:
    return lambda message, *, rule=None, errors=None: kind("the body breaks its schema", rule=rule)


def _match_email_exactly(profiles_with: Any) -> Any:
    def replacement(sandbox: Sandbox, record: Any) -> Mapping[str, list[str]]:
        held: Mapping[str, list[str]] = profiles_with(sandbox, record)
        exact = [
            profile_id
            for profile_id in held["email"]
            if collections.require_profile(sandbox, profile_id).value["email"] == record.value["email"]
        ]
        return {**held, "email": exact}

    return replacement


def _require_numbers(attribute_texts: Any) -> Any:
    def replacement(attributes: Mapping[str, Value]) -> dict[str, Any]:
        for name, attribute in attributes.items():
            if attribute["data_type"] == "number" and not str(attribute["value"]).isdecimal():
                raise Unprocessable(f"extended_attributes.{name}: must be a number", rule="NS-GOC-3")
        texts: dict[str, Any] = attribute_texts(attributes)
        return texts

    return replacement


MUTANTS = (
    ignore_setting("NS-GOC-1", collections.KEY_COMPARISON, "tolerant"),
    ignore_setting("NS-LOCK-4", updates.LOCK_COMPARISON, "instant"),
    Mutant(
        "NS-GOC-1",
        "a known email makes one more profile",
        profiles,
        "profiles_with",
        always_return({"email": []}),
    ),
    Mutant("NS-GOC-1", "emails compare with their case", profiles, "profiles_with", _match_email_exactly),
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
        always_return(False),
    ),
    Mutant(
        "NS-GOC-2",
        "a profile that awaits deletion cannot be updated",
        updates,
        "updated_record",
        _refuse_writes_before_deletion,
    ),
    Mutant("NS-GOC-3", "an attribute keeps a number as it is", profiles, "attribute_texts", lambda _: dict),
    Mutant("NS-GOC-3", "an attribute's value must fit its data_type", profiles, "attribute_texts", _require_numbers),
    Mutant("NS-GOC-3", "what the service cannot process answers 400", bodies, "Unprocessable", replace_with(Malformed)),
    Mutant("NS-GOC-3", "a body that breaks the schema answers 422", bodies, "Malformed", replace_with(Unprocessable)),
    Mutant("NS-GOC-3", "a refusal names no field", bodies, "Malformed", _omit_error_fields),
    Mutant("NS-GOC-3", "a refusal of an update names no field", bodies, "Unprocessable", _omit_error_fields),
    Mutant("NS-LOCK-1", "an update needs no current last_updated_at", locking, "refuse_stale", always_return(None)),
    Mutant("NS-LOCK-2", "two updates at about the same time both win", locking, "refuse_stale", _check_lock_too_early),
    Mutant(
        "NS-LOCK-3",
        "updated_at stands still while the clock does",
        locking,
        "strictly_after",
        lambda after: lambda previous, now, unit=None: now,
    ),
    Mutant("NS-LOCK-4", "last_updated_at is compared as text", updates, "updated_record", _compare_lock_as_text),
    Mutant("NS-LOCK-4", "last_updated_at is read to the millisecond", updates, "_instant", _cut_microseconds),
    Mutant("NS-UNIQ-1", "an update may take another profile's email", keys, "refuse_duplicate", always_return(None)),
    Mutant(
        "NS-UNIQ-1",
        "a profile's own email is taken for another's",
        keys,
        "refuse_duplicate",
        lambda refuse: lambda own_id, holders, rule: refuse("", holders, rule),
    ),
    Mutant("NS-DEL-1", "a second deletion request answers 404", profiles, "Pending", replace_with(NotFound)),
    Mutant(
        "NS-DEL-1", "the deletion of an unknown profile answers 400", collections, "NotFound", replace_with(Malformed)
    ),
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
        always_return(expiry.END_OF_TIME),
    ),
    Mutant(
        "NS-DEL-2",
        "a deleted profile's id is given to the next one",
        profiles,
        "new_id",
        always_return("NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82CX"),
    ),
)
