"""Tokens that stand in for personal data: tokenize and detokenize."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.faults import Effect
from pii_sandbox.mockserver.rules import expiry, times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.newstore.collections import (
    ADDRESSES,
    DATA,
    PROFILES,
    TOKENS,
    new_id,
    now_in_milliseconds,
    shown_address,
    shown_profile,
)
from pii_sandbox.mockserver.vendors.newstore.upstream import fault_facts

LIFETIME_DAYS = 30  # documented: "tokens are only valid for 30 days"
FAILURE = "NS-TOK-4"
FAILURES = ("internal_error", "retryable_error")


def tokenize(call: Call, sandbox: Sandbox) -> Reply:
    """Return a token for each value, except those that an injected fault fails. (NS-TOK-2, NS-TOK-4)"""
    failed = failures(call, sandbox, call.body["data"])
    records = {
        name: token_record(
            new_id(sandbox.now()), {"value": value, "created_at": times.rfc3339(now_in_milliseconds(sandbox))}
        )
        for name, value in call.body["data"].items()
        if name not in failed
    }
    sandbox.store.put_all(TOKENS, records.values())
    tokens = {name: record.id for name, record in records.items()}
    return Reply(200, {"tokens": tokens, "errors": failed}, rule=FAILURE if failed else None)


def detokenize(call: Call, sandbox: Sandbox) -> Reply:
    """Return the value of each token or id; unknown and failed ones under `errors`. (NS-TOK-2 to NS-TOK-4)"""
    failed = failures(call, sandbox, call.body["tokens"])
    data, unknown = {}, {}
    for name, token in call.body["tokens"].items():
        held = None if name in failed else held_by(sandbox, token)
        if held is not None:
            data[name] = held["value"]
        elif name not in failed:
            unknown[name] = "token_not_found_error"
    rule = FAILURE if failed else "NS-TOK-2" if unknown else None
    return Reply(200, {"data": data, "errors": {**unknown, **failed}}, rule=rule)


def token_record(token_id: str, token: Mapping[str, Any]) -> Record:
    """Build a token record, which expires 30 days after its `created_at`. (NS-TOK-2)"""
    due = expiry.expires_at(times.parse(token["created_at"]), LIFETIME_DAYS)
    return Record(token_id, dict(token), expires_at=due)


def held_by(sandbox: Sandbox, token: str) -> Mapping[str, Any] | None:
    """Return {"value": …} for a token, or the id of a profile, an address or data; None if unknown. (NS-TOK-3)"""
    if (record := sandbox.store.find(TOKENS, token)) is not None:
        return record.value
    if (record := sandbox.store.find(PROFILES, token)) is not None:
        return {"value": shown_profile(record.value)}
    if (record := sandbox.store.find(ADDRESSES, token)) is not None:
        return {"value": shown_address(record.value)}
    if (record := sandbox.store.find(DATA, token)) is not None:
        return {"value": record.value["content"]}
    return None


def failures(call: Call, sandbox: Sandbox, names: Iterable[str]) -> dict[str, str]:
    """Return, by name, the error of an injected fault; a fault without keys applies to all names. (NS-TOK-4)"""
    effect = sandbox.faults.take_internal(FAILURE, fault_facts(call))
    if effect is None:
        return {}
    return {name: _error_code(effect) for name in names if not effect.keys or name in effect.keys}


def _error_code(effect: Effect) -> str:
    """Return the error code of a fault. assumed: a fault that names no documented error is internal."""
    return effect.error if effect.error in FAILURES else FAILURES[0]
