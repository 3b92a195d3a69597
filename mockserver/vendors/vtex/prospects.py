"""Prospects: people who have no profile yet. (VTEX-PROSP-1)"""

from __future__ import annotations

from collections.abc import Mapping

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Handler, Reply
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import disclosure, envelopes, updates
from pii_sandbox.mockserver.vendors.vtex.collections import PROSPECTS, drop_prospect, not_found


def create_prospect(call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    expires_at = updates.first_expiry(call, now)
    meta = envelopes.first_meta(PROSPECTS, now, call.principal.identity, expires_at)
    prospect = envelopes.new_prospect_record(ids.uuid4(), call.body, meta, expires_at)
    envelopes.put(sandbox, PROSPECTS, prospect)
    return Reply(201, envelopes.unmasked_envelope(sandbox, PROSPECTS, prospect))


def update_prospect(call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    with sandbox.store.exclusive():
        stored = _prospect(call, sandbox)
        document = updates.merge(stored.value["document"], call.body)
        expires_at = updates.next_expiry(call, now, stored.expires_at)
        meta = envelopes.next_meta(PROSPECTS, stored.value["meta"], now, call.principal.identity, expires_at)
        prospect = envelopes.new_prospect_record(stored.id, document, meta, expires_at)
        envelopes.put(sandbox, PROSPECTS, prospect)
    return Reply(200, envelopes.unmasked_envelope(sandbox, PROSPECTS, prospect))


def delete_prospect(call: Call, sandbox: Sandbox) -> Reply:
    with sandbox.store.exclusive():
        drop_prospect(sandbox, _prospect(call, sandbox).id, "VTEX-PROSP-1")
    return Reply(204)


def get_prospects(call: Call, sandbox: Sandbox) -> Reply:
    """Return all prospects, masked or unmasked, oldest first."""
    found = [(record.id, record.value) for record in sandbox.store.page(PROSPECTS).records]
    return disclosure.disclose_many(call, sandbox, PROSPECTS, found)


def get_prospect(call: Call, sandbox: Sandbox) -> Reply:
    """Return the prospect, masked or unmasked as the operation discloses it."""
    prospect = _prospect(call, sandbox)
    found = (prospect.id, prospect.value)
    return disclosure.disclose_one(call, sandbox, PROSPECTS, found, listed=False, prospectId=prospect.id)


def _prospect(call: Call, sandbox: Sandbox) -> Record:
    prospect_id: str = call.path["prospectId"]
    record = sandbox.store.find(PROSPECTS, prospect_id)
    if record is None:
        raise not_found(sandbox, PROSPECTS, prospect_id, "VTEX-PROSP-1")
    return record


HANDLERS: Mapping[str, Handler] = {
    "CreateProspect": create_prospect,
    "GetProspects": get_prospects,
    "GetUnmaskedProspects": get_prospects,
    "GetProspect": get_prospect,
    "UpdateProspect": update_prospect,
    "DeleteProspect": delete_prospect,
    "GetUnmaskedProspect": get_prospect,
}
