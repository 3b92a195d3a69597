"""Purchase information operations: at most one document per profile. (VTEX-PURCH-1)"""

from __future__ import annotations

from collections.abc import Mapping

from pii_sandbox.mockserver.call import Call, Handler, Reply
from pii_sandbox.mockserver.problems import Conflict
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import disclosure, envelopes, updates
from pii_sandbox.mockserver.vendors.vtex.collections import (
    PURCHASE_INFO,
    drop_purchase_info,
    not_found,
    require_profile,
)


def create_purchase_information(call: Call, sandbox: Sandbox) -> Reply:
    """Create the purchase information. 200, not 201, as in VTEX's reference."""
    now = sandbox.now()
    with sandbox.store.exclusive():
        profile = require_profile(call, sandbox)
        if sandbox.store.find(PURCHASE_INFO, profile.id) is not None:
            raise Conflict("the profile has purchase information", rule="VTEX-PURCH-1")
        expires_at = updates.first_expiry(call, now)
        meta = envelopes.first_meta(PURCHASE_INFO, now, call.principal.identity, expires_at)
        info = envelopes.new_purchase_info_record(profile.id, call.body, meta, expires_at)
        envelopes.put(sandbox, PURCHASE_INFO, info)
    return Reply(200, envelopes.unmasked_envelope(sandbox, PURCHASE_INFO, info))


def update_purchase_information(call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    with sandbox.store.exclusive():
        stored = _purchase_info(call, sandbox)
        document = updates.merge(stored.value["document"], call.body)
        expires_at = updates.next_expiry(call, now, stored.expires_at)
        meta = envelopes.next_meta(PURCHASE_INFO, stored.value["meta"], now, call.principal.identity, expires_at)
        info = envelopes.new_purchase_info_record(stored.id, document, meta, expires_at)
        envelopes.put(sandbox, PURCHASE_INFO, info)
    return Reply(200, envelopes.unmasked_envelope(sandbox, PURCHASE_INFO, info))


def delete_purchase_information(call: Call, sandbox: Sandbox) -> Reply:
    with sandbox.store.exclusive():
        drop_purchase_info(sandbox, _purchase_info(call, sandbox).id, "VTEX-PURCH-2")
    return Reply(204)


def get_purchase_information(call: Call, sandbox: Sandbox) -> Reply:
    """Return the purchase information as an array of one, in both dialects."""
    info = _purchase_info(call, sandbox)
    return disclosure.disclose_one(call, sandbox, PURCHASE_INFO, (info.id, info.value), listed=True, profileId=info.id)


def _purchase_info(call: Call, sandbox: Sandbox) -> Record:
    """Return the purchase information of the profile. Raises NotFound if there is none. (VTEX-PURCH-2)"""
    profile = require_profile(call, sandbox)
    record = sandbox.store.find(PURCHASE_INFO, profile.id)
    if record is None:
        raise not_found(sandbox, PURCHASE_INFO, profile.id, "VTEX-PURCH-2")
    return record


HANDLERS: Mapping[str, Handler] = {
    "CreatePurchaseInformation": create_purchase_information,
    "GetPurchaseInformation": get_purchase_information,
    "UpdatePurchaseInformation": update_purchase_information,
    "DeletePurchaseInformation": delete_purchase_information,
    "GetUnmaskedPurchaseInformation": get_purchase_information,
}
