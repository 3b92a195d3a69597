"""VTEX-SCHEMA: default fields of profiles, and custom fields of a store.

An account has one schema, and a PUT replaces it for all its profiles: it is written only in a sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import Params, customer, holds_values

OWN = frozenset({"write", "control"})  # the powers to write an account's schema
SHOE = {"type": ["string", "null"], "sensitive": False, "pii": False}
BADGE = {"type": "string", "sensitive": False, "pii": False}
BADGE_KEY = [{"name": "badge", "fields": ["badge"]}]
DEFAULT_FIELDS = (
    "firstName",
    "lastName",
    "email",
    "document",
    "documentType",
    "gender",
    "homePhone",
    "cellPhone",
    "businessPhone",
    "corporateName",
    "fancyName",
    "businessDocument",
    "customerCode",
    "priceTable",
    "tags",
)


def put_schema(api: ApiClient, expect: int = 201, **body: Any) -> None:
    """Write the custom schema; a valid one gets sensitive and pii in each field, which the reference requires."""
    if expect == 201:
        body = {
            name: with_privacy_flags(facts) if isinstance(facts, Mapping) else facts for name, facts in body.items()
        }
    api.call("CreateOrUpdateProfileSchema", body=body, expect=expect)


def with_privacy_flags(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"sensitive": False, "pii": False, **facts}


def custom(api: ApiClient) -> dict[str, Any]:
    schema: dict[str, Any] = api.call("GetCustomProfileSchema", expect=200).json
    return schema


def full(api: ApiClient) -> dict[str, Any]:
    schema: dict[str, Any] = api.call("GetProfileSchema", expect=200).json
    return schema


def has_standard_keys(schema: Mapping[str, Any]) -> None:
    """Check that v-unique, optional in the reference, names email and document if it is present."""
    seen = schema.get("v-unique", ["email", "document"])
    holds({"email", "document"} <= set(seen), "email and document in v-unique", f"{seen}")


def schema_with_keys(*keys: Mapping[str, Any]) -> dict[str, Any]:
    return {"v-unique-alternate-keys": list(keys)}


@scenario("VTEX-SCHEMA-1")
def the_full_schema_lists_the_default_fields(api: ApiClient) -> None:
    schema = full(api)
    holds(schema["type"] == "object", "the type object", f"{schema['type']}")
    lacking = sorted(set(DEFAULT_FIELDS) - set(schema["properties"]))
    holds(not lacking, "every default field", f"none of {', '.join(lacking)}")
    has_standard_keys(schema)
    holds("email" in schema.get("v-indexed", ["email"]), "email in v-indexed", "another list")
    holds("email" in schema["required"], "email in required", f"{schema['required']}")
    holds(schema.get("additionalProperties", True) is True, "additionalProperties true", "another value")
    email = schema["properties"]["email"]
    text = {name: email.get(name) for name in ("type", "sensitive", "pii")}
    holds_values(text, {"type": "string", "sensitive": True, "pii": True}, "the field email")
    holds("array" in schema["properties"]["tags"]["type"], "the type array of tags", "another type")
    for name, field in schema["properties"].items():
        holds({"type", "sensitive", "pii"} <= set(field), f"type, sensitive and pii of {name}", "not all of them")


@scenario("VTEX-SCHEMA-1", needs=OWN)
def the_full_schema_lists_the_custom_fields_too(api: ApiClient) -> None:
    put_schema(api, shoeSize=SHOE, nickname={"type": "string", "pii": True})
    fields = full(api)["properties"]
    holds_values(fields.get("shoeSize", {}), SHOE, "the field shoeSize")
    holds_values(fields.get("nickname", {}), {"type": "string", "pii": True, "sensitive": False}, "the field nickname")
    holds(set(DEFAULT_FIELDS) <= set(fields), "the default fields beside them", "not all of them")


@scenario("VTEX-SCHEMA-2", needs=OWN)
def a_put_replaces_all_custom_fields_and_an_empty_one_removes_them(api: ApiClient) -> None:
    bodies: list[Params] = [{"shoeSize": SHOE, "hatSize": SHOE}, {"hatSize": BADGE}, {"ringSize": SHOE}, {}]
    for body in bodies:
        put_schema(api, **body)
        holds_values(custom(api)["properties"], body, "the custom fields")
        gone = {"shoeSize", "hatSize", "ringSize"} & set(full(api)["properties"]) - set(body)
        holds(not gone, "a full schema without what was replaced", f"one with {', '.join(sorted(gone))}")


@scenario("VTEX-SCHEMA-2", needs=OWN)
def the_answer_to_a_put_has_no_body(api: ApiClient) -> None:
    response = api.call("CreateOrUpdateProfileSchema", body={"shoeSize": SHOE}, expect=201)
    holds(not response.exchange.response_body, "no body", f"{len(response.exchange.response_body)} bytes")


_REFUSED: Mapping[str, Mapping[str, Any]] = {
    "oneOf in a field": {"size": {"oneOf": [{"type": "string"}, {"type": "integer"}]}},
    "anyOf beside a type": {"size": {"type": "string", "anyOf": [{"type": "string"}]}},
    "allOf in a property": {"size": {"type": "object", "properties": {"eu": {"allOf": [{"type": "string"}]}}}},
    "not in an item": {"size": {"type": "array", "items": {"not": {"type": "string"}}}},
    "anyOf in one of several items": {"size": {"type": "array", "items": [{"type": "string"}, {"anyOf": []}]}},
    "anyOf in one of several items of an item": {"size": {"type": "array", "items": {"items": [{}, {"anyOf": []}]}}},
    "anyOf two levels down": {"size": {"type": "array", "items": {"type": "array", "items": {"anyOf": []}}}},
    "anyOf three levels down": {"size": {"items": {"items": {"items": {"anyOf": []}}}, "type": "array"}},
    "anyOf in every other property": {"size": {"type": "object", "additionalProperties": {"anyOf": []}}},
    "oneOf beside the fields": {"oneOf": [{"type": "object"}]},
    "not beside the fields": {"not": {"type": "object"}},
    "a default field": {"email": {"type": "string", "sensitive": False, "pii": False}},
    "another default field": {"tags": {"type": "string"}},
    "a required field": {"size": {"type": "string", "required": True}},
    "an indexed field": {"size": {"type": "string", "v-indexed": True}},
    "a unique field": {"size": {"type": "string", "v-unique": True}},
    "required beside the fields": {"required": ["size"], "size": {"type": "string"}},
    "v-unique beside the fields": {"v-unique": ["size"], "size": {"type": "string"}},
}


@scenario("VTEX-SCHEMA-3", needs=OWN)
def what_a_custom_field_may_not_be_is_refused_and_changes_nothing(api: ApiClient) -> None:
    put_schema(api, shoeSize=SHOE)
    before = custom(api)
    for what, body in _REFUSED.items():
        status = api.call("CreateOrUpdateProfileSchema", body=dict(body)).status
        holds(status == 400, f"status 400 for {what}", f"status {status}")
    holds_values(custom(api), before, "the custom schema")


@scenario("VTEX-SCHEMA-3", needs=OWN)
def a_property_of_a_custom_field_may_have_any_name(api: ApiClient) -> None:
    field = {"type": "object", "properties": {"not": {"type": "string"}, "required": {"type": "boolean"}}}
    put_schema(api, size={**field, "sensitive": False, "pii": False})
    values = {"default": {"anyOf": "a value"}, "enum": [{"not": "a value"}]}
    put_schema(api, size={"type": "object", **values, "sensitive": False, "pii": False})


@scenario("VTEX-SCHEMA-5", needs=OWN | {"clock"})
def the_document_ttl_is_the_default_life_of_profiles(api: ApiClient) -> None:
    put_schema(api, shoeSize=SHOE, documentTTL=3)
    holds(custom(api).get("documentTTL") == 3, "a documentTTL of 3", f"{custom(api).get('documentTTL')}")
    short = customer(api)["id"]
    put_schema(api, shoeSize=SHOE)
    holds("documentTTL" not in custom(api), "no documentTTL after a PUT without it", "one")
    stays = customer(api)["id"]
    api.sandbox.advance(days=3, seconds=-60)
    api.call("GetProfile", profileId=short, expect=200)
    api.sandbox.advance(seconds=120)
    api.call("GetProfile", profileId=short, expect=404)
    api.call("GetProfile", profileId=stays, expect=200)


@scenario("VTEX-SCHEMA-5", needs=OWN)
def a_document_ttl_that_is_no_positive_integer_is_refused(api: ApiClient) -> None:
    before = custom(api)
    for ttl in (0, -1, 1.5, "3", True):
        put_schema(api, 400, documentTTL=ttl)
    holds_values(custom(api), before, "the custom schema")


@scenario("VTEX-SCHEMA-7")
def the_custom_schema_shows_what_a_schema_is_made_of(api: ApiClient) -> None:
    schema = custom(api)
    expected = {name: form for name, form in _FORMS.items() if name in schema or name not in _OPTIONAL}
    forms = {name: type(schema.get(name)).__name__ for name in expected}
    holds(forms == expected, f"{expected}", f"{forms}")
    holds(schema["type"] == "object", "the type object", f"{schema['type']}")
    holds("email" in schema["required"], "email in required", f"{schema['required']}")
    mixed = sorted(set(DEFAULT_FIELDS) & set(schema["properties"]))
    holds(not mixed, "the custom fields alone", f"default ones too: {', '.join(mixed)}")
    has_standard_keys(schema)


_OPTIONAL = frozenset({"version", "v-indexed", "v-unique"})  # in the reference
_FORMS = {
    "title": "str",
    "type": "str",
    "description": "str",
    "required": "list",
    "properties": "dict",
    "version": "int",
    "v-indexed": "list",
    "v-unique": "list",
}


@scenario("VTEX-SCHEMA-7", needs=OWN)
def the_version_is_one_higher_at_each_put(api: ApiClient) -> None:
    first = custom(api)["version"]
    bodies: list[Params] = [{"shoeSize": SHOE}, {"shoeSize": SHOE}, {}]
    for number, body in enumerate(bodies, 1):
        put_schema(api, **body)
        holds(custom(api)["version"] == first + number, f"version {first + number}", f"{custom(api)['version']}")
    put_schema(api, 400, size={"oneOf": []})
    holds(custom(api)["version"] == first + 3, "the same version after a refused PUT", f"{custom(api)['version']}")


@scenario("VTEX-SCHEMA-7", needs=OWN)
def the_custom_schema_shows_default_life_and_keys_where_they_are_set(api: ApiClient) -> None:
    before = custom(api)
    named = [name for name in ("documentTTL", "v-unique-alternate-keys") if name in before]
    holds(not named, "neither documentTTL nor keys before they are set", ", ".join(named))
    api.sandbox.setting("vtex.custom_alternate_keys", True)
    put_schema(api, badge=BADGE, documentTTL=30, **schema_with_keys(*BADGE_KEY))
    expected = {
        **before,
        "properties": {"badge": BADGE},
        "version": before["version"] + 1,
        "documentTTL": 30,
        "v-unique-alternate-keys": BADGE_KEY,
    }
    holds_values(custom(api), expected, "the custom schema")
