"""Refusals that a rule asks for although the document allows the call: what OpenAPI cannot say is no finding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from conformance.checks import asked_beyond_reach
from specs import Dialect, Operation

COMPOSING = frozenset({"oneOf", "anyOf", "allOf", "not"})


def refused_by(facts: Operation, url: str, body: bytes, dialect: Dialect) -> str | None:
    """The rule that asks for a 400 to this call, None where no rule does."""
    if asked_beyond_reach(facts, url, dialect):
        return "NS-LIST-2"
    sent = parse_qs(urlsplit(url).query)  # without those that are blank
    if any(not sent.keys() & {name, instead} for name, instead in (facts.stand_ins or {}).items()):
        return "VTEX-UNMASK-2"
    if facts.operation_id == "CreateOrUpdateProfileSchema" and _composes(_json(body)):
        return "VTEX-SCHEMA-3"
    return None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _composes(schema: Any) -> bool:
    """Whether a keyword that composes schemas stands anywhere, however deep."""
    if isinstance(schema, Mapping):
        return not COMPOSING.isdisjoint(schema) or any(_composes(inner) for inner in schema.values())
    return isinstance(schema, list) and any(_composes(inner) for inner in schema)
