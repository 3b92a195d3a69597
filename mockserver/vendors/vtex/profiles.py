"""Profile operations of the Profile System, and versions of profiles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from pii_sandbox import specs
from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Handler, Reply
from pii_sandbox.mockserver.rules import expiry
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import custom_schema, disclosure, envelopes, updates
from pii_sandbox.mockserver.vendors.vtex.collections import (
    DOCUMENT,
    PROFILES,
    drop_profile,
    ensure_unique,
    peek_profile,
    require_profile,
)


def create_client_profile(call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    with sandbox.store.exclusive():
        expires_at = updates.first_expiry(call, now, custom_schema.current(sandbox).ttl_days)
        meta = envelopes.first_meta(PROFILES, now, call.principal.identity, expires_at)
        profile = envelopes.new_profile_record(ids.uuid4(), call.body, meta, expires_at, sandbox)
        ensure_unique(profile, sandbox)
        envelopes.put(sandbox, PROFILES, profile)
    return Reply(201, envelopes.unmasked_envelope(sandbox, PROFILES, profile))


def update_client_profile(call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    with sandbox.store.exclusive():
        stored = require_profile(call, sandbox)
        document = updates.merge(stored.value["document"], call.body)
        expires_at = updates.next_expiry(call, now, _expiry_without_ttl(stored, now, sandbox))
        meta = envelopes.next_meta(PROFILES, stored.value["meta"], now, call.principal.identity, expires_at)
        profile = envelopes.new_profile_record(stored.id, document, meta, expires_at, sandbox)
        ensure_unique(profile, sandbox)
        envelopes.put(sandbox, PROFILES, profile, stored)
        if document.get("email") != stored.value["document"].get("email"):
            disclosure.record(call, sandbox, action="EmailRectification", profileId=profile.id)
    return Reply(200, envelopes.unmasked_envelope(sandbox, PROFILES, profile))


def _expiry_without_ttl(stored: Record, now: datetime, sandbox: Sandbox) -> datetime | None:
    """Return the expiry after an update without ttl: in dialect reference documentTTL starts again. (VTEX-TTL-2)"""
    days = custom_schema.current(sandbox).ttl_days if sandbox.dialect == "reference" else None
    return stored.expires_at if days is None else expiry.expires_at(now, days)


def delete_client_profile(call: Call, sandbox: Sandbox) -> Reply:
    with sandbox.store.exclusive():
        drop_profile(sandbox, require_profile(call, sandbox).id, "VTEX-PROF-3")
    return Reply(204)


def get_profile(call: Call, sandbox: Sandbox) -> Reply:
    """Return the profile, masked or unmasked as the operation discloses it."""
    profile = peek_profile(call, sandbox)
    listed = sandbox.dialect == "reference"
    return disclosure.disclose_one(
        call, sandbox, PROFILES, (profile.id, profile.value), listed=listed, profileId=profile.id
    )


def get_profile_by_version(call: Call, sandbox: Sandbox) -> Reply:
    """Return an earlier version of the profile, masked by the current schema. (VTEX-VER-2, VTEX-SCHEMA-4)"""
    profile = require_profile(call, sandbox)
    version_id: str = call.path["profileVersionId"]
    version = envelopes.envelope_at_version(sandbox, profile, version_id)
    named = {"profileId": profile.id, "versionId": version_id}
    listed = sandbox.dialect == "reference"
    return disclosure.disclose_one(call, sandbox, PROFILES, (profile.id, version), listed=listed, **named)


def sample_request(sandbox: Sandbox) -> str | None:
    """Return path and query of a first call: the masked read of the first profile by its email."""
    records = sandbox.store.page(PROFILES, count=1).records
    if not records:
        return None
    path = specs.operations(DOCUMENT)["GetProfile"].path
    email: str = records[0].value["document"]["email"]
    return f"{path.replace('{profileId}', quote(email, safe='@'))}?alternativeKey=email"


HANDLERS: Mapping[str, Handler] = {
    "CreateClientProfile": create_client_profile,
    "GetProfile": get_profile,
    "UpdateClientProfile": update_client_profile,
    "DeleteClientProfile": delete_client_profile,
    "GetUnmaskedProfile": get_profile,
    "GetProfileByVersion": get_profile_by_version,
    "GetUnmaskedProfileByVersion": get_profile_by_version,
}
