"""Broken rules of VTEX's Profile System: lifetimes, alternative keys, versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from pii_sandbox import specs
from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call
from pii_sandbox.mockserver.gateway import routing
from pii_sandbox.mockserver.problems import Malformed, NotFound
from pii_sandbox.mockserver.rules import expiry, keys, times, versions
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import (
    collections,
    credentials,
    envelopes,
    expired_records,
    profiles,
    updates,
)
from pii_sandbox.mockserver.vendors.vtex.collections import DOCUMENT, PROFILES, VERSIONS
from pii_sandbox.mutants.mutant import (
    Mutant,
    refuse_beyond_calendar,
    replace_with,
    skip_validation,
    tolerate,
    with_dialect,
)


def _add_a_day(expires_at: Any) -> Any:
    return lambda written, days: expires_at(written, None if days is None else days + 1)


def _drop_profile_only(drop_profile: Any) -> Any:
    """Leaves what hangs on the profile."""
    return lambda sandbox, profile_id, rule: sandbox.store.drop(PROFILES, profile_id)


def _default_to_email(by_key: Any) -> Any:
    def replacement(given: str, key: str, sandbox: Sandbox, **how: bool) -> Record:
        known = {known.name for known in specs.alternative_keys(DOCUMENT, "ProfileDocument")}
        record: Record = by_key(given, key if key in known else "email", sandbox, **how)
        return record

    return replacement


def _find_last_profile(by_key: Any) -> Any:
    return tolerate(by_key, lambda given, key, sandbox, **how: sandbox.store.page(PROFILES).records[-1], NotFound)


def _accept_email_as_id(live_profile: Any) -> Any:
    def replacement(call: Call, sandbox: Sandbox, *rest: str) -> Record:
        try:
            record: Record = live_profile(call, sandbox, *rest)
        except NotFound:
            if "alternativeKey" in call.query:
                raise
            return collections._by_key(call.path["profileId"], "email", sandbox, find_by=sandbox.store.find_by)
        return record

    return replacement


def _keep_old_keys(put: Any) -> Any:
    def replacement(sandbox: Sandbox, collection: str, record: Record, before: Record | None = None) -> None:
        put(sandbox, collection, record if before is None else replace(record, keys=before.keys), before)

    return replacement


def _rewrite_versions(put: Any) -> Any:
    """Gives the earlier versions of a record the content that it has now."""

    def replacement(sandbox: Sandbox, collection: str, record: Record, before: Record | None = None) -> None:
        put(sandbox, collection, record, before)
        for version in sandbox.store.find_by(VERSIONS, versions.OWNER, record.id):
            value = {**version.value, "document": record.value["document"]}
            sandbox.store.put(VERSIONS, replace(version, value=value))

    return replacement


def _ignore_owner(at_version: Any) -> Any:
    def replacement(record: Record | None, owner_id: str, rule: str) -> dict[str, Any]:
        value: dict[str, Any] = at_version(record, owner_id if record is None else record.value[versions.OWNER], rule)
        return value

    return replacement


def _keep_version(next_meta: Any) -> Any:
    return lambda collection, previous, *rest: {
        **next_meta(collection, previous, *rest),
        "version": previous["version"],
    }


def _renew_version_on_read(shown: Any) -> Any:
    def replacement(*of: Any) -> dict[str, Any]:
        envelope: dict[str, Any] = shown(*of)
        return {**envelope, "meta": {**envelope["meta"], "version": ids.uuid4()}}

    return replacement


def _renew_creation_date(next_meta: Any) -> Any:
    def replacement(collection: str, *rest: Any) -> dict[str, Any]:
        meta: dict[str, Any] = next_meta(collection, *rest)
        return {**meta, "creationDate": meta[envelopes.last_update_field(collection)]}

    return replacement


def _keep_update_date(next_meta: Any) -> Any:
    def replacement(collection: str, previous: Mapping[str, Any], *rest: Any) -> dict[str, Any]:
        last = envelopes.last_update_field(collection)
        return {**next_meta(collection, previous, *rest), last: previous[last]}

    return replacement


def _use_one_author(caller: Any) -> Any:
    return lambda name, resources: caller("sandbox", resources)


MUTANTS = (
    Mutant("VTEX-TTL-1", "a document lives a day longer than its ttl", expiry, "expires_at", _add_a_day),
    Mutant("VTEX-TTL-1", "a ttl beyond the calendar is refused", expiry, "expires_at", refuse_beyond_calendar),
    Mutant(
        "VTEX-TTL-2",
        "an update without ttl lets the document live for ever",
        updates,
        "next_expiry",
        lambda next_expiry: lambda call, now, before: next_expiry(call, now, None),
    ),
    Mutant(
        "VTEX-TTL-2",
        "an update with ttl leaves the expiry alone",
        updates,
        "next_expiry",
        lambda next_expiry: lambda call, now, before: before,
    ),
    Mutant(
        "VTEX-TTL-3",
        "without ttl a document lives for ever, whatever the schema says",
        updates,
        "first_expiry",
        lambda first_expiry: lambda call, now, default_days=None: first_expiry(call, now),
    ),
    Mutant(
        "VTEX-TTL-3",
        "without ttl and default a document lives a year",
        updates,
        "first_expiry",
        lambda first_expiry: lambda call, now, default_days=None: first_expiry(call, now, default_days or 365),
    ),
    skip_validation("VTEX-TTL-4", "a ttl that is no positive integer is taken for none"),
    Mutant(
        "VTEX-TTL-5",
        "a profile expires alone",
        expired_records,
        "_DROP",
        lambda drops: {**drops, PROFILES: _drop_profile_only(drops[PROFILES])},
    ),
    Mutant("VTEX-TTL-5", "all that hangs on a profile is still there a day later", expiry, "expires_at", _add_a_day),
    Mutant(
        "VTEX-ALT-1",
        "whatever alternativeKey names, the value is looked up as an email",
        collections,
        "_by_key",
        lambda by_key: lambda given, key, sandbox, **how: by_key(given, "email", sandbox, **how),
    ),
    Mutant(
        "VTEX-ALT-1",
        "whatever alternativeKey names, the value is looked up as a document",
        collections,
        "_by_key",
        lambda by_key: lambda given, key, sandbox, **how: by_key(given, "document", sandbox, **how),
    ),
    Mutant("VTEX-ALT-2", "an unknown alternativeKey is taken for email", collections, "_by_key", _default_to_email),
    Mutant("VTEX-ALT-3", "a value that nobody has finds somebody else", collections, "_by_key", _find_last_profile),
    Mutant("VTEX-ALT-4", "an email in the path needs no alternativeKey", profiles, "peek_profile", _accept_email_as_id),
    Mutant("VTEX-ALT-4", "an email in the path deletes without it", profiles, "require_profile", _accept_email_as_id),
    Mutant(
        "VTEX-ALT-5", "an update leaves a profile under its old email and document", envelopes, "put", _keep_old_keys
    ),
    Mutant("VTEX-ALT-5", "emails compare with their case", keys, "_COMPARE", lambda how: {**how, "caseless": str}),
    Mutant(
        "VTEX-ALT-5",
        "documents compare without case",
        keys,
        "_COMPARE",
        lambda compare: {**compare, "exact": str.casefold},
    ),
    Mutant(
        "VTEX-ALT-6",
        "a path is decoded before it is split",
        routing,
        "_segments",
        lambda segments: lambda path: segments(unquote(path)),
    ),
    Mutant(
        "VTEX-ALT-6",
        "a value is looked up as it is encoded",
        routing,
        "percent_decode",
        lambda decoded: lambda text: text,
    ),
    Mutant(
        "VTEX-ALT-6",
        "a plus sign in a path is a space",
        routing,
        "percent_decode",
        lambda decoded: lambda text: decoded(text).replace("+", " "),
    ),
    Mutant("VTEX-VER-1", "an update keeps meta.version", envelopes, "next_meta", _keep_version),
    Mutant("VTEX-VER-1", "each read tells another version", envelopes, "masked_envelope", _renew_version_on_read),
    Mutant("VTEX-VER-2", "an update rewrites earlier versions", envelopes, "put", _rewrite_versions),
    with_dialect("VTEX-VER-2", "guide"),
    with_dialect("VTEX-VER-2", "reference"),
    Mutant("VTEX-VER-3", "anybody's version is answered", versions, "at_version", _ignore_owner),
    Mutant("VTEX-VER-3", "an unknown version answers 400", versions, "NotFound", replace_with(Malformed)),
    Mutant("VTEX-META-1", "an update moves meta.creationDate", envelopes, "next_meta", _renew_creation_date),
    Mutant("VTEX-META-1", "an update leaves the date of the last one", envelopes, "next_meta", _keep_update_date),
    Mutant("VTEX-META-1", "all credentials are one author", credentials, "_principal", _use_one_author),
    Mutant(
        "VTEX-META-1",
        "meta tells instants without their offset",
        times,
        "seven_digits",
        lambda told: lambda at: told(at)[:-6],
    ),
    Mutant(
        "VTEX-META-1",
        "a whole second has no fraction",
        times,
        "seven_digits",
        lambda told: lambda at: told(at) if at.microsecond else at.isoformat(),
    ),
)
