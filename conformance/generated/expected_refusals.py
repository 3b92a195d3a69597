"""Expected refusals: responses that a rule requires although OpenAPI cannot describe the constraint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pii_sandbox.conformance.contract.response_checks import is_beyond_reach
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.specs import Dialect, Operation
from pii_sandbox.specs.api_facts import api_of_document


def refusing_rule(facts: Operation, url: str, body: bytes, dialect: Dialect) -> str | None:
    """Return the id of the rule that requires a 400 to this call, or None where no rule does."""
    if is_beyond_reach(facts, url, dialect):
        return api_of_document(facts.document).invariants.get("reach", "generated:reach")
    sent = parse_qs(urlsplit(url).query)  # without those that are blank
    for name, stand_in in facts.stand_ins.items():
        if not sent.keys() & {name, stand_in.name}:
            return stand_in.rule
    forbidden = facts.forbidden_keywords
    if forbidden is not None and _contains_keyword(json_or_none(body), forbidden.keywords):
        return forbidden.rule
    fields = _fields(body)
    for name, rule in facts.withdrawn.items():
        if name in fields:
            return rule
    required_by = facts.required_by
    if required_by is not None:
        required = required_by.names.get(str(fields.get(required_by.field)), ())
        if any(fields.get(name) is None for name in required):
            return required_by.rule or "generated:required"
    return None


def _fields(body: bytes) -> Mapping[str, Any]:
    """Return the properties of a body: of a JSON object, or of a form (empty values included)."""
    value = json_or_none(body)
    if value is None:
        text = body.decode("utf-8", "replace")
        return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
    return value if isinstance(value, Mapping) else {}


def _contains_keyword(schema: Any, keywords: frozenset[str]) -> bool:
    """Whether one of the keywords stands anywhere in the schema, however deep."""
    if isinstance(schema, Mapping):
        return not keywords.isdisjoint(schema) or any(_contains_keyword(inner, keywords) for inner in schema.values())
    return isinstance(schema, list) and any(_contains_keyword(inner, keywords) for inner in schema)
