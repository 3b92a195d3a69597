"""Addresses of a profile and their versions. Every operation requires a live profile. (VTEX-ADDR-1)"""

from __future__ import annotations

from collections.abc import Mapping

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Handler, Reply
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import disclosure, envelopes, updates
from pii_sandbox.mockserver.vendors.vtex.collections import ADDRESSES, drop_address, not_found, require_profile


def create_client_address(call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    with sandbox.store.exclusive():
        profile = _profile(call, sandbox)
        expires_at = updates.first_expiry(call, now)
        meta = envelopes.first_meta(ADDRESSES, now, call.principal.identity, expires_at)
        address = envelopes.new_address_record(ids.uuid4(), profile.id, call.body, meta, expires_at)
        envelopes.put(sandbox, ADDRESSES, address)
    return Reply(201, envelopes.unmasked_envelope(sandbox, ADDRESSES, address))


def update_client_address(call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    with sandbox.store.exclusive():
        profile = _profile(call, sandbox)
        stored = _address(call, sandbox, profile)
        document = updates.merge(stored.value["document"], call.body)
        expires_at = updates.next_expiry(call, now, stored.expires_at)
        meta = envelopes.next_meta(ADDRESSES, stored.value["meta"], now, call.principal.identity, expires_at)
        address = envelopes.new_address_record(stored.id, profile.id, document, meta, expires_at)
        envelopes.put(sandbox, ADDRESSES, address, stored)
    return Reply(200, envelopes.unmasked_envelope(sandbox, ADDRESSES, address))


def delete_address(call: Call, sandbox: Sandbox) -> Reply:
    with sandbox.store.exclusive():
        address = _address(call, sandbox, _profile(call, sandbox))
        drop_address(sandbox, address.id, "VTEX-ADDR-3")
    return Reply(204)


def get_client_addresses(call: Call, sandbox: Sandbox) -> Reply:
    """Return all addresses of the profile, masked or unmasked, oldest first. (VTEX-ADDR-2)"""
    profile = _profile(call, sandbox)
    found = [(record.id, record.value) for record in sandbox.store.find_by(ADDRESSES, "profile", profile.id)]
    return disclosure.disclose_many(call, sandbox, ADDRESSES, found, profileId=profile.id)


def get_address(call: Call, sandbox: Sandbox) -> Reply:
    """Return the address, masked or unmasked as the operation discloses it."""
    profile = _profile(call, sandbox)
    address = _address(call, sandbox, profile)
    named = {"profileId": profile.id, "addressId": address.id}
    return disclosure.disclose_one(call, sandbox, ADDRESSES, (address.id, address.value), listed=False, **named)


def get_address_by_version(call: Call, sandbox: Sandbox) -> Reply:
    """Return an earlier version of the address. (VTEX-VER-2)"""
    profile = _profile(call, sandbox)
    address = _address(call, sandbox, profile)
    version_id: str = call.path["addressVersionId"]
    version = envelopes.envelope_at_version(sandbox, address, version_id)
    named = {"profileId": profile.id, "addressId": address.id, "versionId": version_id}
    return disclosure.disclose_one(call, sandbox, ADDRESSES, (address.id, version), listed=False, **named)


def _profile(call: Call, sandbox: Sandbox) -> Record:
    return require_profile(call, sandbox, otherwise="VTEX-ADDR-1")


def _address(call: Call, sandbox: Sandbox, profile: Record) -> Record:
    """Return the address in the path. Raises NotFound, also for an address of another profile. (VTEX-ADDR-3)"""
    address_id: str = call.path["addressId"]
    record = sandbox.store.find(ADDRESSES, address_id)
    if record is None or record.keys["profile"] != profile.id:
        raise not_found(sandbox, ADDRESSES, address_id, "VTEX-ADDR-3")
    return record


HANDLERS: Mapping[str, Handler] = {
    "CreateClientAddress": create_client_address,
    "GetClientAddresses": get_client_addresses,
    "GetUnmaskedClientAddresses": get_client_addresses,
    "GetAddress": get_address,
    "UpdateClientAddress": update_client_address,
    "DeleteAddress": delete_address,
    "GetUnmaskedAddress": get_address,
    "GetAddressByVersion": get_address_by_version,
    "GetUnmaskedAddressByVersion": get_address_by_version,
}
