"""Loads the vendors' OpenAPI documents, and reads their `x-` extensions into typed values.

Server and harness both use this package; it imports neither.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import yaml

from pii_sandbox.specs import api_facts
from pii_sandbox.specs.dialects import apply_dialect
from pii_sandbox.specs.vocabulary import SAFETIES, SpecError, unknown_keys

Dialect = Literal["guide", "reference"]
Safety = Literal["read", "create", "update", "delete", "irreversible"]
Disclosure = Literal["masked", "unmasked"]
PropertyPath = tuple[str, ...]

DIALECTS: tuple[Dialect, ...] = ("guide", "reference")
APIS: Mapping[str, tuple[str, ...]] = {api.name: tuple(api.documents) for api in api_facts.apis().values()}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

__all__ = [
    "APIS",
    "DIALECTS",
    "AlternativeKey",
    "Dialect",
    "Operation",
    "SpecError",
    "alternative_keys",
    "load",
    "operations",
    "path",
    "paths_with_keyword",
]


@dataclass(frozen=True, slots=True)
class AlternativeKey:
    """A unique property that can be used in place of the id. `compare`: exact, caseless, digits or alphanumeric."""

    name: str
    compare: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """A parameter that may replace another, and the rule that refuses a call with neither."""

    name: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class ForbiddenKeywords:
    """JSON Schema keywords that a request body must not contain, and the rule that refuses them."""

    keywords: frozenset[str]
    rule: str | None


@dataclass(frozen=True, slots=True)
class RequiredBy:
    """The properties of a request body that each value of `field` requires, and the rule that refuses their absence."""

    field: str
    names: Mapping[str, tuple[str, ...]]
    rule: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with its `x-` extensions. `path`: the path template, including the base path of the server.
    `resources`: permissions of which the caller must hold one. `withdrawn`: properties of the body that a vendor takes
    no longer, with the rule."""

    document: str
    operation_id: str
    method: str
    path: str
    safety: Safety
    disclosure: Disclosure | None = None
    audit_action: str | None = None
    reach: int | None = None
    lock_field: str | None = None
    resources: tuple[str, ...] = ()
    stand_ins: Mapping[str, StandIn] = field(default_factory=dict)
    forbidden_keywords: ForbiddenKeywords | None = None
    required_by: RequiredBy | None = None
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    poll_seconds: int | None = None
    poll_rule: str | None = None


def path(name: str) -> Path:
    """Return the file of a document. Raises SpecError for an unknown name."""
    file = Path(__file__).parent / f"{name}.yaml"
    if not file.is_file():
        known = ", ".join(document for documents in APIS.values() for document in documents)
        raise SpecError(f"no document {name!r}; there are {known}")
    return file


@functools.cache
def load(name: str, dialect: Dialect = "guide") -> dict[str, Any]:
    """Return the document in that dialect. It is cached and shared: do not modify it.

    Raises SpecError for an unknown document, an unknown `x-` key, or an operation without id or safety.
    """
    document = _load_yaml(name)
    for location in unknown_keys(document):
        raise SpecError(f"{name}: unknown extension at {location}; specs/README.md lists the known ones")
    document = cast("dict[str, Any]", apply_dialect(document, dialect))
    for method, template, operation in _each_operation(document):
        if "operationId" not in operation:
            raise SpecError(f"{name}: {method} {template} has no operationId")
        if operation.get("x-safety") not in SAFETIES:
            raise SpecError(f"{name}: {operation['operationId']} has no x-safety, or an unknown one")
    return document


@functools.cache
def _load_yaml(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path(name).read_bytes(), loader)


def base_path(document: Mapping[str, Any]) -> str:
    """Return the path of the first server, with default values for its variables; empty if there is none."""
    server = document.get("servers", [{"url": ""}])[0]
    variables = {name: variable["default"] for name, variable in server.get("variables", {}).items()}
    url: str = server["url"].format(**variables)
    return urlsplit(url).path.rstrip("/")


def _each_operation(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for template, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, template, item[method]


@functools.cache
def operations(name: str, dialect: Dialect = "guide") -> Mapping[str, Operation]:
    """Return the operations of a document by operationId."""
    document = load(name, dialect)
    base = base_path(document)
    by_id = {}
    for method, template, operation in _each_operation(document):
        facts = Operation(
            document=name,
            operation_id=operation["operationId"],
            method=method.upper(),
            path=base + template,
            safety=operation["x-safety"],
            disclosure=operation.get("x-disclosure"),
            audit_action=operation.get("x-audit-action"),
            reach=operation.get("x-reach"),
            lock_field=operation.get("x-lock", {}).get("field"),
            resources=_resources(operation.get("x-resource")),
            poll_seconds=operation.get("x-poll", {}).get("seconds"),
            poll_rule=operation.get("x-poll", {}).get("rule"),
            stand_ins={
                parameter["name"]: StandIn(parameter["x-stand-in"], parameter.get("x-rule"))
                for parameter in map(functools.partial(resolve_reference, document), operation.get("parameters", []))
                if "x-stand-in" in parameter
            },
            forbidden_keywords=_forbidden_keywords(operation.get("requestBody", {})),
            required_by=_required_by(operation.get("requestBody", {})),
            withdrawn=operation.get("requestBody", {}).get("x-withdrawn", {}),
        )
        by_id[facts.operation_id] = facts
    return by_id


def _resources(value: str | list[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _forbidden_keywords(request_body: Mapping[str, Any]) -> ForbiddenKeywords | None:
    keywords = request_body.get("x-forbidden-keywords")
    return None if keywords is None else ForbiddenKeywords(frozenset(keywords), request_body.get("x-rule"))


def _required_by(request_body: Mapping[str, Any]) -> RequiredBy | None:
    for field_name, names in request_body.get("x-required-by", {}).items():
        return RequiredBy(field_name, {value: tuple(each) for value, each in names.items()}, request_body.get("x-rule"))
    return None


def resolve_reference(document: Mapping[str, Any], node: Any) -> Any:
    """Return `node`, or the target of its `$ref` in the document."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


@functools.cache
def paths_with_keyword(name: str, schema: str, key: str, dialect: Dialect = "guide") -> tuple[PropertyPath, ...]:
    """Return the paths of properties of a component schema that have `key: true`; `*` matches each item of an array.

    `marked("vtex_profile_system", "Prospect", "x-masked")` → `(("email",), ("contacts", "*", "email"), …)`.
    """
    document = load(name, dialect)
    return tuple(dict.fromkeys(_paths_below(document, {"$ref": f"#/components/schemas/{schema}"}, key, ())))


def _paths_below(document: Mapping[str, Any], node: Any, key: str, at: PropertyPath) -> Iterator[PropertyPath]:
    schema = resolve_reference(document, node)
    if schema.get(key) is True and at:
        yield at
        return
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _paths_below(document, part, key, at)
    for prop, inner in schema.get("properties", {}).items():
        yield from _paths_below(document, inner, key, (*at, prop))
    if "items" in schema:
        yield from _paths_below(document, schema["items"], key, (*at, "*"))


@functools.cache
def alternative_keys(name: str, schema: str, dialect: Dialect = "guide") -> tuple[AlternativeKey, ...]:
    """Return the alternative keys of a component schema."""
    node = resolve_reference(load(name, dialect), {"$ref": f"#/components/schemas/{schema}"})
    return tuple(AlternativeKey(**key) for key in node.get("x-alternative-keys", ()))
