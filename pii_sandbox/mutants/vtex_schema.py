"""Broken rules of VTEX's profile schema."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import specs
from mockserver.call import Reply
from mockserver.rules import keys
from mockserver.vendors.vtex import customising, envelopes, schemas
from mockserver.vendors.vtex.collections import COMPONENTS, DOCUMENT
from mockserver.vendors.vtex.custom_schema import CustomSchema
from pii_sandbox.mutants.mutant import Mutant, always, instead, speaking, unheld


def _added(customised: Any) -> Any:
    def adding(before: CustomSchema, body: Mapping[str, Any], key_fields: Collection[str]) -> CustomSchema:
        after: CustomSchema = customised(before, {**before.fields, **body}, key_fields)
        return after

    return adding


def _keys_replaced(customised: Any) -> Any:
    def replacing(before: CustomSchema, body: Mapping[str, Any], key_fields: Collection[str]) -> CustomSchema:
        after: CustomSchema = customised(replace(before, keys=()), body, key_fields)
        return after

    return replacing


def _plain_fields(default_fields: Any) -> Any:
    return lambda dialect: {
        name: {**facts, "sensitive": False, "pii": False} for name, facts in default_fields(dialect).items()
    }


def _with_body(reply: Any) -> Any:
    def answered(status: int, body: Any = None) -> Reply:
        return Reply(status, {} if body is None else body)

    return answered


def _untitled(described: Any) -> Any:
    return lambda title, *of: {name: fact for name, fact in described(title, *of).items() if name != "description"}


MUTANTS = (
    Mutant("VTEX-SCHEMA-1", "no default field counts as personal", schemas, "_default_fields", _plain_fields),
    Mutant("VTEX-SCHEMA-1", "the full schema lists no custom fields", schemas, "_custom_fields", always({})),
    speaking("VTEX-SCHEMA-1", "guide"),
    speaking("VTEX-SCHEMA-1", "reference"),
    Mutant("VTEX-SCHEMA-2", "a PUT of custom fields adds to those that there are", customising, "customised", _added),
    Mutant("VTEX-SCHEMA-2", "a PUT is answered with a body", schemas, "Reply", _with_body),
    unheld("VTEX-SCHEMA-3", "a custom schema may redefine default fields and require its own"),
    Mutant(
        "VTEX-SCHEMA-3",
        "a property of a field may not be named like a keyword",
        customising,
        "_combined",
        lambda combined: lambda schema, names=False: combined(schema),
    ),
    Mutant(
        "VTEX-SCHEMA-4",
        "custom fields are never masked",
        envelopes,
        "masked_paths",
        lambda paths: lambda collection, sandbox: specs.marked(DOCUMENT, COMPONENTS[collection], "x-masked"),
    ),
    Mutant(
        "VTEX-SCHEMA-5",
        "documentTTL is ignored",
        customising,
        "customised",
        lambda customised: lambda *of: replace(customised(*of), ttl_days=None),
    ),
    unheld(
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
        "VTEX-SCHEMA-6", "an added key does not find who was there before", schemas, "_find_profiles_by", always(None)
    ),
    Mutant("VTEX-SCHEMA-6", "an added key need not be unique", keys, "refuse_duplicate", always(None)),
    Mutant("VTEX-SCHEMA-6", "a PUT replaces the keys", customising, "customised", _keys_replaced),
    Mutant("VTEX-SCHEMA-6", "there may be any number of keys", customising, "MOST_KEYS", instead(1000)),
    Mutant("VTEX-SCHEMA-6", "a key cannot use a default field", schemas, "_key_fields", always([])),
    Mutant(
        "VTEX-SCHEMA-7",
        "the version of the custom schema stays at 1",
        customising,
        "customised",
        lambda customised: lambda *of: replace(customised(*of), version=1),
    ),
    Mutant("VTEX-SCHEMA-7", "the custom schema has no description", schemas, "_described", _untitled),
    Mutant(
        "VTEX-SCHEMA-7",
        "the custom schema tells neither documentTTL nor keys",
        schemas,
        "_described",
        lambda described: lambda *of: described(*of[:-1], replace(of[-1], ttl_days=None, keys=())),
    ),
)
