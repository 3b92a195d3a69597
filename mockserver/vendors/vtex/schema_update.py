"""Update of the custom profile schema: validates a request body and builds the new schema."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.problems import Conflict, Malformed
from pii_sandbox.mockserver.sandbox import Setting, flag
from pii_sandbox.mockserver.vendors.vtex.custom_schema import CustomKey, CustomSchema

DOCUMENT_TTL = "documentTTL"
ALTERNATE_KEYS = "v-unique-alternate-keys"
STANDARD_KEYS = frozenset({"email", "document"})
MOST_KEYS = 3  # VTEX-SCHEMA-6
CUSTOM_KEYS = "vtex.custom_alternate_keys"
# off: VTEX took alternative keys of a store's own out of its guide on 2024-11-22
SETTINGS: Mapping[str, Setting] = {CUSTOM_KEYS: flag(False)}

_DATA = frozenset({"default", "enum", "const", "example", "examples"})


def updated_schema(before: CustomSchema, body: Mapping[str, Any], key_fields: Collection[str]) -> CustomSchema:
    """Return the schema after a PUT of `body`. (VTEX-SCHEMA-2, VTEX-SCHEMA-5, VTEX-SCHEMA-6)

    Fields and default TTL are replaced, absent ones removed; alternative keys stay, with the fields that they use.
    `key_fields`: the default fields that a key may use. Raises Malformed for a field that is not allowed
    (VTEX-SCHEMA-3) or that a key uses but the schema then lacks, Conflict for keys at odds with those that there are.
    """
    fields = {name: facts for name, facts in body.items() if name not in (DOCUMENT_TTL, ALTERNATE_KEYS)}
    _refuse(
        {name: found for name, facts in fields.items() if (found := list(_has_combinators(facts)))}, "VTEX-SCHEMA-3"
    )
    keys = (*before.keys, *_new_keys(before.keys, body.get(ALTERNATE_KEYS, ())))
    used = {key.field for key in keys} - set(key_fields)
    if not fields:
        fields = {name: dict(facts) for name, facts in before.fields.items() if name in used}
    lacking = sorted(used - set(fields))
    _refuse({name: ["must be a custom field: an alternative key uses it"] for name in lacking}, "VTEX-SCHEMA-6")
    return CustomSchema(fields, keys, body.get(DOCUMENT_TTL), before.version + 1)


def refuse_withdrawn(body: Mapping[str, Any], *, allowed: bool) -> None:
    """Raise Malformed for alternative keys if they are not `allowed`. (VTEX-SCHEMA-6)"""
    if not allowed and ALTERNATE_KEYS in body:
        _refuse({ALTERNATE_KEYS: [f"withdrawn by VTEX; the setting {CUSTOM_KEYS} allows it"]}, "VTEX-SCHEMA-6")


def _refuse(errors: Mapping[str, Sequence[str]], rule: str) -> None:
    if errors:
        raise Malformed("not a schema that a store may have", rule=rule, errors=errors)


def _has_combinators(schema: Any, *, names: bool = False) -> Iterator[str]:
    """Yield errors of a field's schema: combining keywords at any depth, deeper than the document can forbid them.

    `names`: the keys of `schema` are names of properties.
    """
    if isinstance(schema, list):
        for item in schema:
            yield from _has_combinators(item)
    if not isinstance(schema, Mapping):
        return
    for key, value in schema.items():
        if not names and key in _combining():
            yield f"{key} is not allowed"
        if names or key not in _DATA:
            yield from _has_combinators(value, names=not names and key == "properties")


@functools.cache
def _combining() -> frozenset[str]:
    """Return the combining keywords that the document forbids in a custom schema."""
    forbidden = specs.operations("vtex_profile_system")["CreateOrUpdateProfileSchema"].forbidden_keywords
    return forbidden.keywords if forbidden is not None else frozenset()


def _new_keys(before: Sequence[CustomKey], wanted: Sequence[Mapping[str, Any]]) -> list[CustomKey]:
    """Return the requested keys that are new. A key that exists already must name the same field."""
    keys = {key.name: key for key in before}
    for name, field in ((key["name"], key["fields"][0]) for key in wanted):
        if name in STANDARD_KEYS and name == field:
            continue  # there already, as VTEX printed it in its example
        if name in STANDARD_KEYS:
            _refuse({ALTERNATE_KEYS: [f"{name} is a key of its own field alone"]}, "VTEX-SCHEMA-6")
        if keys.setdefault(name, CustomKey(name, field)).field != field:
            raise Conflict(f"the key {name} is on another field", rule="VTEX-SCHEMA-6")
    if len(keys) > MOST_KEYS:
        raise Conflict(f"a schema has at most {MOST_KEYS} keys of its own", rule="VTEX-SCHEMA-6")
    return list(keys.values())[len(before) :]
