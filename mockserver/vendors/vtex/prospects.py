"""Prospects: people who have no profile yet. (VTEX-PROSP-1)"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver import ids
from mockserver.call import Call, Handler, Reply
from mockserver.sandbox import Sandbox
from mockserver.store import Record
from mockserver.vendors.vtex import disclosure, envelopes, writing
from mockserver.vendors.vtex.collections import PROSPECTS, absent, drop_prospect


def create_prospect(call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    expires_at = writing.first_expiry(call, now)
    meta = envelopes.first_meta(PROSPECTS, now, call.caller.identity, expires_at)
    prospect = envelopes.new_prospect_record(ids.uuid4(), call.body, meta, expires_at)
    envelopes.put(sandbox, PROSPECTS, prospect)
    return Reply(201, envelopes.whole(prospect.id, prospect.value))


def update_prospect(call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    with sandbox.store.exclusive():
        stored = _prospect(call, sandbox)
        document = writing.merged(stored.value["document"], call.body)
        expires_at = writing.next_expiry(call, now, stored.expires_at)
        meta = envelopes.next_meta(PROSPECTS, stored.value["meta"], now, call.caller.identity, expires_at)
        prospect = envelopes.new_prospect_record(stored.id, document, meta, expires_at)
        envelopes.put(sandbox, PROSPECTS, prospect)
    return Reply(200, envelopes.whole(prospect.id, prospect.value))


def delete_prospect(call: Call, sandbox: Sandbox) -> Reply:
    with sandbox.store.exclusive():
        drop_prospect(sandbox, _prospect(call, sandbox).id, "VTEX-PROSP-1")
    return Reply(204)


def get_prospects(call: Call, sandbox: Sandbox) -> Reply:
    """All there are, masked or whole, oldest first."""
    found = [(record.id, record.value) for record in sandbox.store.page(PROSPECTS).records]
    return disclosure.many(call, sandbox, PROSPECTS, found)


def get_prospect(call: Call, sandbox: Sandbox) -> Reply:
    """Masked or whole, as the operation has it."""
    prospect = _prospect(call, sandbox)
    found = (prospect.id, prospect.value)
    return disclosure.one(call, sandbox, PROSPECTS, found, listed=False, prospectId=prospect.id)


def _prospect(call: Call, sandbox: Sandbox) -> Record:
    prospect_id: str = call.path["prospectId"]
    record = sandbox.store.find(PROSPECTS, prospect_id)
    if record is None:
        raise absent(sandbox, PROSPECTS, prospect_id, "VTEX-PROSP-1")
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
