"""Addresses of a profile: get or create, list, read, update, delete."""

from __future__ import annotations

from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.problems import NotFound, Pending
from pii_sandbox.mockserver.rules import paging, times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.newstore import updates
from pii_sandbox.mockserver.vendors.newstore.collections import (
    ADDRESS_OPTIONAL,
    ADDRESS_REQUIRED,
    ADDRESSES,
    OWNER,
    Value,
    address_record,
    addresses_of,
    awaits_deletion,
    new_id,
    now_in_milliseconds,
    pagination_info,
    require_profile,
    shown_address,
)

COMPARED = (*ADDRESS_REQUIRED, *ADDRESS_OPTIONAL)
NEEDS_PROFILE = "NS-ADDR-3"


def get_or_create_address(call: Call, sandbox: Sandbox) -> Reply:
    """200 with a stored address equal in all fields (absent counts as null), else 201. (NS-ADDR-1, NS-ADDR-3)"""
    wanted = {name: call.body.get(name) for name in COMPARED}
    with sandbox.store.exclusive():
        profile = require_profile(sandbox, call.path["profile_id"], rule=NEEDS_PROFILE)
        for known in addresses_of(sandbox, profile.id):
            if all(known.value[name] == wanted[name] for name in COMPARED):
                return Reply(200, shown_address(known.value), rule="NS-ADDR-1")
        created = new_address(profile.id, wanted, sandbox)
        sandbox.store.put(ADDRESSES, address_record(created))
    return Reply(201, shown_address(created))


def new_address(profile_id: str, fields: Value, sandbox: Sandbox) -> dict[str, Any]:
    now = now_in_milliseconds(sandbox)
    written = times.rfc3339(now)
    return {"id": new_id(now), OWNER: profile_id, **fields, "created_at": written, "updated_at": written}


def list_addresses(call: Call, sandbox: Sandbox) -> Reply:
    """Return a page of the profile's addresses, oldest first. (NS-ADDR-2, NS-ADDR-3)"""
    profile = require_profile(sandbox, call.path["profile_id"], rule=NEEDS_PROFILE)
    known = addresses_of(sandbox, profile.id)
    offset = call.query["offset"]
    shown = [shown_address(record.value) for record in paging.page_of(known, offset, call.query["count"])]
    return Reply(200, {"addresses": shown, "pagination_info": pagination_info(len(shown), len(known), offset)})


def get_address(call: Call, sandbox: Sandbox) -> Reply:
    profile = require_profile(sandbox, call.path["profile_id"], rule=NEEDS_PROFILE)
    return Reply(200, shown_address(address_of(sandbox, profile, call.path["address_id"]).value))


def update_address(call: Call, sandbox: Sandbox) -> Reply:
    """Update the fields in the body, under the optimistic lock. (NS-LOCK-1 to NS-LOCK-4, NS-ADDR-3)

    assumed: null leaves a required field unchanged; the document allows null in every field.
    """
    changes = {name: call.body[name] for name in COMPARED if name in call.body}
    kept = {name: value for name, value in changes.items() if value is not None or name in ADDRESS_OPTIONAL}
    with sandbox.store.exclusive():
        profile = require_profile(sandbox, call.path["profile_id"], rule=NEEDS_PROFILE)
        stored = address_of(sandbox, profile, call.path["address_id"])
        changed = updates.updated_record(stored.value, kept, call.body["last_updated_at"], sandbox)
        sandbox.store.put(ADDRESSES, address_record(changed))
    return Reply(200, shown_address(changed))


def delete_address(call: Call, sandbox: Sandbox) -> Reply:
    """Delete the address: 204, then 404. Raises Pending while the profile awaits deletion. (NS-ADDR-4)"""
    with sandbox.store.exclusive():
        profile = require_profile(sandbox, call.path["profile_id"], rule=NEEDS_PROFILE)
        stored = address_of(sandbox, profile, call.path["address_id"], rule="NS-ADDR-4")
        if awaits_deletion(profile):
            raise Pending("the profile of this address awaits deletion", rule="NS-ADDR-4")
        sandbox.store.drop(ADDRESSES, stored.id)
    return Reply(204)


def address_of(sandbox: Sandbox, profile: Record, address_id: str, rule: str | None = None) -> Record:
    """Return the profile's address with that id. Raises NotFound, also for another profile's address."""
    record = sandbox.store.find(ADDRESSES, address_id)
    if record is None or record.value[OWNER] != profile.id:
        raise NotFound("the profile has no address with that id", rule=rule)
    return record
