"""NewStore's collections as the control API reads and writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.rules import keys, locking, times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.newstore import profiles, tokens, updates
from pii_sandbox.mockserver.vendors.newstore.collections import (
    ADDRESS_OPTIONAL,
    ADDRESS_REQUIRED,
    ADDRESSES,
    DATA,
    DELETION_REQUESTED,
    OWNER,
    PROFILE_TEXTS,
    PROFILES,
    TOKENS,
    Value,
    address_record,
    data_record,
    display_id,
    drop_profile,
    now_in_milliseconds,
    profile_record,
    profiles_with,
    seconds_after,
)
from pii_sandbox.mockserver.vendors.newstore.fields import (
    attributes,
    days,
    optional_instant,
    optional_text,
    refuse_unknown_properties,
    require_media_type,
    require_text,
)


class Profiles:
    """The collection `profiles`; a document with `deletion_requested_at` awaits deletion."""

    def to_document(self, record: Record) -> Mapping[str, Any]:
        return {"document": record.value}

    def from_document(self, id: str, document: Value, sandbox: Sandbox) -> Record:
        """Raises Malformed for an invalid document, Duplicate for another profile's email. (NS-UNIQ-1, NS-DEL-2)"""
        refuse_unknown_properties(
            document, id, "display_id", "email", *PROFILE_TEXTS, "extended_attributes", *_TIMES, DELETION_REQUESTED
        )
        profile = {
            "id": id,
            "display_id": optional_text(document, "display_id") or display_id(id),
            "email": require_text(document, "email"),
            **{name: optional_text(document, name) for name in PROFILE_TEXTS},
            "extended_attributes": attributes(document),
            **_times(document, sandbox.store.find(PROFILES, id), sandbox),
        }
        due = None
        if document.get(DELETION_REQUESTED) is not None:
            requested = optional_instant(document, DELETION_REQUESTED, now_in_milliseconds(sandbox))
            profile[DELETION_REQUESTED] = times.rfc3339(requested)
            due = seconds_after(requested, sandbox.setting(profiles.DELETION_SECONDS))
        record = profile_record(profile, due)
        keys.refuse_duplicate(id, profiles_with(sandbox, record), "NS-UNIQ-1")
        return record

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        """Delete the profile with its addresses."""
        return drop_profile(sandbox, id)


class Addresses:
    """The collection `addresses`; `profile_id` names the profile, which must exist. (NS-ADDR-3)"""

    def to_document(self, record: Record) -> Mapping[str, Any]:
        return {"document": record.value}

    def from_document(self, id: str, document: Value, sandbox: Sandbox) -> Record:
        refuse_unknown_properties(document, id, OWNER, *ADDRESS_REQUIRED, *ADDRESS_OPTIONAL, *_TIMES)
        owner = require_text(document, OWNER)
        if sandbox.store.find(PROFILES, owner) is None:
            raise Malformed(f"{OWNER}: there is no profile with that id", errors={OWNER: ["is unknown"]})
        return address_record(
            {
                "id": id,
                OWNER: owner,
                **{name: require_text(document, name) for name in ADDRESS_REQUIRED},
                **{name: optional_text(document, name) for name in ADDRESS_OPTIONAL},
                **_times(document, sandbox.store.find(ADDRESSES, id), sandbox),
            }
        )

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        return sandbox.store.drop(ADDRESSES, id)


class Data:
    """The collection `data`: {content_type, content, ttl, created_at}; content is the text as sent. (NS-DATA-1)"""

    def to_document(self, record: Record) -> Mapping[str, Any]:
        return {"document": record.value}

    def from_document(self, id: str, document: Value, sandbox: Sandbox) -> Record:
        refuse_unknown_properties(document, id, "content_type", "content", "ttl", "created_at")
        return data_record(
            {
                "id": id,
                "content_type": require_media_type(document, "content_type"),
                "content": require_text(document, "content"),
                "ttl": days(document, "ttl"),
                "created_at": times.rfc3339(optional_instant(document, "created_at", now_in_milliseconds(sandbox))),
            }
        )

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        return sandbox.store.drop(DATA, id)


class Tokens:
    """The collection `tokens`: {value, created_at}; a token expires 30 days later. (NS-TOK-2)"""

    def to_document(self, record: Record) -> Mapping[str, Any]:
        return {"document": record.value}

    def from_document(self, id: str, document: Value, sandbox: Sandbox) -> Record:
        refuse_unknown_properties(document, id, "value", "created_at")
        if "value" not in document:
            raise Malformed("value: is required", errors={"value": ["is required"]})
        created = times.rfc3339(optional_instant(document, "created_at", now_in_milliseconds(sandbox)))
        return tokens.token_record(id, {"value": document["value"], "created_at": created})

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        return sandbox.store.drop(TOKENS, id)


_TIMES = ("created_at", "updated_at")


def _times(document: Value, stored: Record | None, sandbox: Sandbox) -> dict[str, str]:
    """Return the document's times; by default an `updated_at` later than the stored one. (NS-LOCK-3)"""
    now = now_in_milliseconds(sandbox)
    created, updated = now, now
    if stored is not None:
        if document.get("created_at") is None:
            created = times.parse(stored.value["created_at"])
        if document.get("updated_at") is None:
            updated = locking.strictly_after(times.parse(stored.value["updated_at"]), now, updates.STEP)
    return {
        "created_at": times.rfc3339(optional_instant(document, "created_at", created)),
        "updated_at": times.rfc3339(optional_instant(document, "updated_at", updated)),
    }
