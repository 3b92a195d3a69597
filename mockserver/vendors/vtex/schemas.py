"""Profile schema operations: default fields and custom fields of a store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Call, Handler, Reply
from pii_sandbox.mockserver.problems import Duplicate
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.vendors.vtex import custom_schema, disclosure, schema_update, updates
from pii_sandbox.mockserver.vendors.vtex.collections import COMPONENTS, DOCUMENT, PROFILES, profile_keys
from pii_sandbox.mockserver.vendors.vtex.custom_schema import CustomSchema
from pii_sandbox.specs import Dialect

_SHOWN_FACTS = ("items", "maxLength")
_IN_REFERENCE: Mapping[str, Mapping[str, Any]] = {"gender": {"pii": False}, "priceTable": {"type": "string"}}
_NOT_IN_REFERENCE = frozenset({"birthDate"})


def get_profile_schema(call: Call, sandbox: Sandbox) -> Reply:
    """Return the default and custom fields. (VTEX-SCHEMA-1)"""
    schema = custom_schema.current(sandbox)
    fields = {**_default_fields(sandbox.dialect), **_custom_fields(schema)}
    described = _schema_document("Profile schema", "All fields of a profile.", fields, sandbox, schema)
    return Reply(200, {**described, "additionalProperties": True})


def get_custom_profile_schema(call: Call, sandbox: Sandbox) -> Reply:
    """Return only the custom fields. (VTEX-SCHEMA-7)"""
    schema = custom_schema.current(sandbox)
    fields = _custom_fields(schema)
    described = _schema_document("Custom profile schema", "The fields that the store added.", fields, sandbox, schema)
    return Reply(200, {**described, "version": schema.version})


def create_or_update_profile_schema(call: Call, sandbox: Sandbox) -> Reply:
    schema_update.refuse_withdrawn(call.body, allowed=sandbox.setting(schema_update.CUSTOM_KEYS))
    with sandbox.store.exclusive():
        before = custom_schema.current(sandbox)
        after = schema_update.updated_schema(before, call.body, _key_fields(sandbox.dialect))
        if after.keys != before.keys:
            _find_profiles_by(after, sandbox)
        custom_schema.put_schema(sandbox, after)
        disclosure.record(call, sandbox, schemaId=custom_schema.SCHEMA_ID)
    return Reply(201, rule="VTEX-AUDIT-1")


def _find_profiles_by(schema: CustomSchema, sandbox: Sandbox) -> None:
    """Index the existing profiles by the alternative keys of `schema`.

    Raises Duplicate, and changes nothing, if two of them share a value of a custom key. Email and document are not
    looked at: `vtex.key_comparison` decides which of them are the same. (VTEX-SCHEMA-6, VTEX-UNIQ-1)
    """
    rekeyed = [
        replace(profile, keys=profile_keys(profile.value["document"], schema))
        for profile in sandbox.store.page(PROFILES).records
    ]
    holders: dict[tuple[str, str], str] = {}
    for profile in rekeyed:
        for key in schema.keys:
            value = profile.keys.get(key.name)
            if value is not None and holders.setdefault((key.name, value), profile.id) != profile.id:
                raise Duplicate(f"two profiles have the same {key.name}", key=key.name, rule="VTEX-UNIQ-1")
    sandbox.store.put_all(PROFILES, rekeyed)


def _key_fields(dialect: Dialect) -> list[str]:
    """Return the default fields that a custom key may use."""
    new_key = specs.resolve_reference(specs.load(DOCUMENT, dialect), {"$ref": "#/components/schemas/NewAlternateKey"})
    fields: list[str] = new_key["properties"]["fields"]["items"]["enum"]
    return fields


def _standard_keys() -> list[str]:
    return [key.name for key in specs.alternative_keys(DOCUMENT, COMPONENTS[PROFILES])]


def _schema_document(
    title: str, description: str, fields: Mapping[str, Any], sandbox: Sandbox, schema: CustomSchema
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "title": title,
        "type": "object",
        "description": description,
        "required": list(updates.required_fields("ProfileCreate", sandbox.dialect)),
        "properties": dict(fields),
        "v-indexed": _standard_keys(),
        "v-unique": _standard_keys(),
    }
    if schema.ttl_days is not None:
        described[schema_update.DOCUMENT_TTL] = schema.ttl_days
    if schema.keys:
        described[schema_update.ALTERNATE_KEYS] = [{"name": key.name, "fields": [key.field]} for key in schema.keys]
    return described


def _custom_fields(schema: CustomSchema) -> dict[str, dict[str, Any]]:
    return {name: {"sensitive": False, "pii": False, **facts} for name, facts in schema.fields.items()}


def _default_fields(dialect: Dialect) -> dict[str, dict[str, Any]]:
    """Return the default fields as a VTEX schema: fields that reads mask are marked as personal. (VTEX-SCHEMA-4)"""
    document = specs.load(DOCUMENT, dialect)
    component = specs.resolve_reference(document, {"$ref": f"#/components/schemas/{COMPONENTS[PROFILES]}"})
    masked = {path[0] for path in specs.paths_with_keyword(DOCUMENT, COMPONENTS[PROFILES], "x-masked", dialect)}
    fields = {}
    for name, node in component["properties"].items():
        facts = specs.resolve_reference(document, node)
        kind = facts["type"]
        fields[name] = {
            "type": [kind, "null"] if facts.get("nullable") else kind,
            **{fact: facts[fact] for fact in _SHOWN_FACTS if fact in facts},
            "sensitive": name in masked,
            "pii": name in masked,
        }
    return fields if dialect == "guide" else dict(_as_in_reference(fields))


def _as_in_reference(fields: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the default fields as the example of the API reference has them. (VTEX-SCHEMA-1)"""
    for name, facts in fields.items():
        if name not in _NOT_IN_REFERENCE:
            yield name, {**facts, **_IN_REFERENCE.get(name, {})}


HANDLERS: Mapping[str, Handler] = {
    "GetProfileSchema": get_profile_schema,
    "CreateOrUpdateProfileSchema": create_or_update_profile_schema,
    "GetCustomProfileSchema": get_custom_profile_schema,
}
