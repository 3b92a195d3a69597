"""Broken rules of VTEX's profile schema."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.rules import keys, masking
from pii_sandbox.mockserver.vendors.vtex import custom_schema, envelopes, schema_update, schemas
from pii_sandbox.mockserver.vendors.vtex.collections import COMPONENTS, DOCUMENT
from pii_sandbox.mockserver.vendors.vtex.custom_schema import CustomSchema
from pii_sandbox.mutants.mutant import Mutant, always_return, replace_with, skip_body_validation, with_dialect


def _keep_old_fields(customised: Any) -> Any:
    def replacement(before: CustomSchema, body: Mapping[str, Any], key_fields: Collection[str]) -> CustomSchema:
        after: CustomSchema = customised(before, {**before.fields, **body}, key_fields)
        return after

    return replacement


def _drop_old_keys(customised: Any) -> Any:
    def replacement(before: CustomSchema, body: Mapping[str, Any], key_fields: Collection[str]) -> CustomSchema:
        after: CustomSchema = customised(replace(before, keys=()), body, key_fields)
        return after

    return replacement


def _drop_default_marks(default_fields: Any) -> Any:
    return lambda dialect: {
        name: {**facts, "sensitive": False, "pii": False} for name, facts in default_fields(dialect).items()
    }


def _mask_texts_only(masked_value: Any) -> Any:
    return lambda value: value if isinstance(value, int | float) else masked_value(value)


def _mark_outermost_only(marked_paths: Any) -> Any:
    return lambda facts, at: (at,) if facts.get("pii") or facts.get("sensitive") else ()


def _mark_surrounding_object(marked_paths: Any) -> Any:
    return lambda facts, at: (at,) if custom_schema._has_marks(facts) else ()


def _answer_with_body(reply: Any) -> Any:
    def replacement(status: int, body: Any = None, **rest: Any) -> Reply:
        return Reply(status, {} if body is None else body, **rest)

    return replacement


def _omit_description(described: Any) -> Any:
    return lambda title, *of: {name: fact for name, fact in described(title, *of).items() if name != "description"}


MUTANTS = (
    Mutant("VTEX-SCHEMA-1", "no default field counts as personal", schemas, "_default_fields", _drop_default_marks),
    Mutant("VTEX-SCHEMA-1", "the full schema lists no custom fields", schemas, "_custom_fields", always_return({})),
    with_dialect("VTEX-SCHEMA-1", "guide"),
    with_dialect("VTEX-SCHEMA-1", "reference"),
    Mutant(
        "VTEX-SCHEMA-2",
        "a PUT of custom fields adds to those that there are",
        schema_update,
        "updated_schema",
        _keep_old_fields,
    ),
    Mutant("VTEX-SCHEMA-2", "a PUT is answered with a body", schemas, "Reply", _answer_with_body),
    with_dialect("VTEX-SCHEMA-3", "guide"),
    with_dialect("VTEX-SCHEMA-3", "reference"),
    skip_body_validation("VTEX-SCHEMA-3", "a custom schema may redefine default fields and require its own"),
    Mutant(
        "VTEX-SCHEMA-3",
        "a property of a field may not be named like a keyword",
        schema_update,
        "_has_combinators",
        lambda combined: lambda schema, names=False: combined(schema),
    ),
    Mutant(
        "VTEX-SCHEMA-4",
        "custom fields are never masked",
        envelopes,
        "masked_paths",
        lambda paths: (
            lambda collection, sandbox: specs.paths_with_keyword(DOCUMENT, COMPONENTS[collection], "x-masked")
        ),
    ),
    Mutant("VTEX-SCHEMA-4", "values that are no text stay in clear", masking, "masked_value", _mask_texts_only),
    Mutant(
        "VTEX-SCHEMA-4", "marks inside a custom field are ignored", custom_schema, "_marked_paths", _mark_outermost_only
    ),
    Mutant(
        "VTEX-SCHEMA-4",
        "a mark counts for all that is beside it",
        custom_schema,
        "_marked_paths",
        _mark_surrounding_object,
    ),
    Mutant(
        "VTEX-SCHEMA-5",
        "documentTTL is ignored",
        schema_update,
        "updated_schema",
        lambda customised: lambda *of: replace(customised(*of), ttl_days=None),
    ),
    skip_body_validation(
        "VTEX-SCHEMA-5",
        "a documentTTL that is no positive integer is ignored",
        lambda body: {name: value for name, value in body.items() if name != "documentTTL"},
    ),
    Mutant(
        "VTEX-SCHEMA-6",
        "an added alternative key finds no profile",
        envelopes,
        "profile_keys",
        lambda profile_keys: lambda document, schema: profile_keys(document, CustomSchema()),
    ),
    Mutant(
        "VTEX-SCHEMA-6",
        "an added key does not find who was there before",
        schemas,
        "_find_profiles_by",
        always_return(None),
    ),
    Mutant("VTEX-SCHEMA-6", "an added key need not be unique", keys, "refuse_duplicate", always_return(None)),
    Mutant("VTEX-SCHEMA-6", "a PUT replaces the keys", schema_update, "updated_schema", _drop_old_keys),
    Mutant("VTEX-SCHEMA-6", "keys are taken whatever is set", schema_update, "refuse_withdrawn", always_return(None)),
    Mutant("VTEX-SCHEMA-6", "there may be any number of keys", schema_update, "MOST_KEYS", replace_with(1000)),
    Mutant(
        "VTEX-SCHEMA-6", "email and document are new keys", schema_update, "STANDARD_KEYS", replace_with(frozenset())
    ),
    Mutant("VTEX-SCHEMA-6", "a key cannot use a default field", schemas, "_key_fields", always_return([])),
    Mutant(
        "VTEX-SCHEMA-7",
        "the version of the custom schema stays at 1",
        schema_update,
        "updated_schema",
        lambda customised: lambda *of: replace(customised(*of), version=1),
    ),
    Mutant("VTEX-SCHEMA-7", "the custom schema has no description", schemas, "_schema_document", _omit_description),
    Mutant(
        "VTEX-SCHEMA-7",
        "the custom schema tells neither documentTTL nor keys",
        schemas,
        "_schema_document",
        lambda described: lambda *of: described(*of[:-1], replace(of[-1], ttl_days=None, keys=())),
    ),
)
