"""Responses of masked and unmasked reads, and the audit events of unmasked ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.rules import times
from pii_sandbox.mockserver.sandbox import Sandbox, Setting, flag
from pii_sandbox.mockserver.vendors.vtex import envelopes

Found = tuple[str, Mapping[str, Any]]  # an id, and the stored {meta, document}
REASON_OPTIONAL = "vtex.reason_optional"  # read by the gateway (x-optional-setting)
SETTINGS: Mapping[str, Setting] = {REASON_OPTIONAL: flag(False)}


def disclose_one(call: Call, sandbox: Sandbox, collection: str, found: Found, *, listed: bool, **named: str) -> Reply:
    """Return the response to a read of one document. `listed`: as an array of one. `named`: ids for the audit event."""
    reply = disclose_many(call, sandbox, collection, (found,), **named)
    if not listed:
        reply.body = reply.body[0]
    return reply


def disclose_many(call: Call, sandbox: Sandbox, collection: str, found: Sequence[Found], **named: str) -> Reply:
    """Return the response to a read of several documents. (VTEX-MASK-1, VTEX-UNMASK-1, VTEX-UNMASK-3)

    The gateway has refused a missing reason; there is none if `vtex.reason_optional` is on. (VTEX-UNMASK-2)
    """
    body = []
    for found_id, value in found:
        body.append(envelopes.masked_envelope(collection, found_id, value, call, sandbox))
    if call.operation.disclosure == "unmasked":
        record(call, sandbox, reason=call.query.get("reason") or call.query.get("useCase"), **named)
        return Reply(200, body, rule="VTEX-UNMASK-3")
    return Reply(200, body, rule="VTEX-MASK-1" if envelopes.has_masks(collection) else None)


def record(call: Call, sandbox: Sandbox, *, action: str | None = None, reason: str | None = None, **named: str) -> None:
    """Record an audit event. `action` None: the operation's own. `named`: ids, nothing personal."""
    record_event(
        sandbox,
        action or call.operation.audit_action or call.operation.operation_id,
        call.principal.identity,
        reason=reason,
        onBehalfOf=call.query.get("onBehalfOf"),
        **named,
    )


def record_event(sandbox: Sandbox, action: str, author: str, **facts: str | None) -> None:
    """Record an audit event; facts that are None are left out."""
    now = times.seven_digits(sandbox.now())
    event = {"api": "vtex", "action": action, "time": now, "author": author or None, **facts}
    sandbox.record_event({name: value for name, value in event.items() if value is not None})
