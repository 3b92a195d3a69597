"""Broken rules of NewStore: addresses, data entries, tokens, errors."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from pii_sandbox.mockserver.faults import Faults
from pii_sandbox.mockserver.gateway import fault_injection
from pii_sandbox.mockserver.gateway.bodies import Body
from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.rules import expiry
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.vendors.newstore import addresses, data, errors, tokens
from pii_sandbox.mockserver.vendors.newstore.collections import ADDRESSES, TOKENS
from pii_sandbox.mutants.mutant import (
    Mutant,
    always_return,
    ignore_setting,
    misread,
    refuse_beyond_calendar,
    replace_with,
    skip_body_validation,
    skip_validation,
    tolerate,
)


def _tolerate_missing_profile(profile_of: Any) -> Any:
    return tolerate(profile_of, lambda sandbox, profile_id, rule=None: Record(profile_id, {}), NotFound)


def _drop_second_line(read: Any) -> Any:
    def replacement(body: Body, raw: bytes, content_type: str | None) -> Any:
        value = read(body, raw, content_type)
        return {name: value[name] for name in value if name != "address_line_2"} if value else value

    return replacement


def _keep_addresses(drop: Any) -> Any:
    def replacement(store: Store, collection: str, id: str) -> bool:
        dropped: bool = collection != ADDRESSES and drop(store, collection, id)
        return dropped

    return replacement


def _resolve_stored_tokens_only(held_by: Any) -> Any:
    def replacement(sandbox: Sandbox, token: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = held_by(sandbox, token) if sandbox.store.find(TOKENS, token) else None
        return found

    return replacement


def _omit_empty(reply: Any) -> Any:
    return lambda status, body, **how: reply(status, {name: part for name, part in body.items() if part}, **how)


def _return_null_for_unknown(held_by: Any) -> Any:
    return lambda sandbox, token: held_by(sandbox, token) or {"value": None}


def _apply_to_all_keys(take_internal: Any) -> Any:
    def replacement(faults: Faults, rule: str, facts: Mapping[str, str]) -> Any:
        effect = take_internal(faults, rule, facts)
        return None if effect is None else replace(effect, keys=())

    return replacement


MUTANTS = (
    Mutant("NS-ADDR-1", "an equal address is added again", addresses, "addresses_of", always_return([])),
    Mutant("NS-ADDR-1", "address_line_2 is not looked at", Body, "read", _drop_second_line),
    skip_validation("NS-ADDR-2", "an offset or count outside its bounds is taken for the default"),
    misread(
        "NS-ADDR-2",
        "a list has 20 addresses unless asked otherwise",
        lambda name, value, sent: 20 if name == "count" and not sent else value,
    ),
    Mutant("NS-ADDR-3", "addresses need no profile", addresses, "require_profile", _tolerate_missing_profile),
    Mutant(
        "NS-ADDR-4",
        "an address of a profile that awaits deletion can be deleted",
        addresses,
        "awaits_deletion",
        always_return(False),
    ),
    Mutant("NS-ADDR-4", "a deleted address stays", Store, "drop", _keep_addresses),
    Mutant("NS-ADDR-5", "null empties every field", addresses, "ADDRESS_OPTIONAL", replace_with(addresses.COMPARED)),
    ignore_setting("NS-DATA-1", data.CONTENT_CODING, "text"),
    Mutant(
        "NS-DATA-1",
        "text that happens to be base64 is decoded",
        data,
        "content_bytes",
        lambda taken: tolerate(lambda content: base64.b64decode(content, validate=True), taken, ValueError),
    ),
    Mutant(
        "NS-DATA-1",
        "every entry comes back as text/plain",
        data,
        "Reply",
        lambda reply: (
            lambda status, body=None, **rest: reply(
                status, body, **({"media_type": "text/plain"} if "media_type" in rest else {})
            )
        ),
    ),
    Mutant(
        "NS-DATA-2",
        "ttl counts hours",
        expiry,
        "expires_at",
        lambda expires_at: lambda written, ttl: None if ttl is None else written + timedelta(hours=ttl),
    ),
    Mutant(
        "NS-DATA-2",
        "an entry without ttl is kept for a year",
        expiry,
        "expires_at",
        lambda expires_at: lambda written, ttl: expires_at(written, ttl or 365),
    ),
    Mutant("NS-DATA-2", "a ttl beyond the calendar is refused", expiry, "expires_at", refuse_beyond_calendar),
    skip_body_validation("NS-DATA-2", "a ttl below 1 is taken for none", lambda body: {**body, "ttl": None}),
    Mutant("NS-DATA-3", "deleted data stays", Store, "drop", always_return(True)),
    skip_validation("NS-DATA-3", "a malformed data_id is an unknown one", as_sent=True),
    skip_body_validation("NS-TOK-1", "any number of properties is taken"),
    Mutant("NS-TOK-2", "a token is valid for 31 days", tokens, "LIFETIME_DAYS", lambda days: days + 1),
    Mutant("NS-TOK-2", "an unknown token stands for null", tokens, "held_by", _return_null_for_unknown),
    Mutant("NS-TOK-3", "detokenize takes tokens alone", tokens, "held_by", _resolve_stored_tokens_only),
    Mutant("NS-TOK-3", "what is empty is left out", tokens, "Reply", _omit_empty),
    Mutant("NS-TOK-4", "an internal fault fails every key", Faults, "take_internal", _apply_to_all_keys),
    Mutant(
        "NS-TOK-4",
        "a retryable error is told as an internal one",
        tokens,
        "_error_code",
        always_return("internal_error"),
    ),
    Mutant(
        "NS-ERR-1",
        "every error has the same request_id",
        errors,
        "ids",
        lambda ids: SimpleNamespace(uuid4=lambda: "00000000-0000-4000-8000-000000000000"),
    ),
    Mutant("NS-UP-1", "a fault that names the rule is not played", Faults, "take_internal", always_return(None)),
    Mutant(
        "NS-UP-1",
        "no fault that was asked for is played",
        fault_injection,
        "effect_on",
        always_return(None),
    ),
)
