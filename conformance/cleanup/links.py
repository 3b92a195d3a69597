"""How an object that a call made is undone and looked at again: by the links of the document."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations
from pii_sandbox.specs import Dialect, Operation


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call to come. `params` hold ids alone, so that a step can be written down."""

    operation_id: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """What follows an answer. `parameters` are link expressions, or values as they stand."""

    operation_id: str
    parameters: Mapping[str, Any]


@functools.cache
def links(document: str, operation_id: str, dialect: Dialect) -> tuple[Link, ...]:
    """The links of an operation's answers, in the document's order."""
    loaded = specs.load(document, dialect)
    facts = specs.operations(document, dialect)[operation_id]
    found: dict[str, Link] = {}
    for response in operations.definition(facts, dialect)["responses"].values():
        for name, listed in specs.resolve_reference(loaded, response).get("links", {}).items():
            link = specs.resolve_reference(loaded, listed)
            found.setdefault(name, Link(link["operationId"], link.get("parameters", {})))
    return tuple(found.values())


def delete_operation(facts: Operation, dialect: Dialect) -> Operation | None:
    """The operation that undoes what this one creates, None where the document has none."""
    return next((target for _, target in _link_targets(facts, dialect) if target.safety == "delete"), None)


def undo_step(facts: Operation, dialect: Dialect, path: Mapping[str, str], body: Any) -> PlannedCall | None:
    """The call that undoes what an answer says was made."""
    for link, target in _link_targets(facts, dialect):
        if target.safety == "delete":
            return _step(link, path, body)
    return None


def proof_step(facts: Operation, dialect: Dialect, ids: Mapping[str, str]) -> PlannedCall | None:
    """The call that shows the object at those ids as it is stored: unmasked where the document has that, else plain."""
    gone = delete_operation(facts, dialect)
    if gone is None:
        return None
    wanted = _placeholders(gone)
    reads = [
        (link, target)
        for link, target in _link_targets(facts, dialect)
        if target.safety == "read" and _placeholders(target) == wanted
    ]
    if not reads:
        return None
    link, target = min(reads, key=lambda read: read[1].disclosure != "unmasked")
    said = {name: str(value) for name, value in link.parameters.items() if name not in wanted}
    return PlannedCall(target.operation_id, {name: ids[name] for name in ids if name in wanted} | said)


def unmask_step(facts: Operation, dialect: Dialect, path: Mapping[str, str], body: Any) -> PlannedCall | None:
    """The call that shows the object whole, None where the document has none."""
    for link, target in _link_targets(facts, dialect):
        if target.disclosure == "unmasked" and "/versions/" not in target.path:
            return _step(link, path, body)
    return None


def _link_targets(facts: Operation, dialect: Dialect) -> Iterator[tuple[Link, Operation]]:
    known = specs.operations(facts.document, dialect)
    for link in links(facts.document, facts.operation_id, dialect):
        if link.operation_id in known:
            yield link, known[link.operation_id]


def _placeholders(facts: Operation) -> set[str]:
    return {part[1:-1] for part in facts.path.split("/") if part.startswith("{")}


def _step(link: Link, path: Mapping[str, str], body: Any) -> PlannedCall | None:
    params = {name: evaluate_link(expression, path, body) for name, expression in link.parameters.items()}
    if any(value is None or value == "" for value in params.values()):  # an empty id would name the whole collection
        return None
    return PlannedCall(link.operation_id, {name: str(value) for name, value in params.items()})


def evaluate_link(expression: Any, path: Mapping[str, str], body: Any) -> Any:
    """The value of a link expression (`$response.body#/id`, `$request.path.id`), None where there is none."""
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    if expression.startswith("$request.path."):
        return path.get(expression.removeprefix("$request.path."))
    if not expression.startswith("$response.body#"):
        return None
    value = body
    for part in expression.removeprefix("$response.body#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value.get(name)
        else:
            return None
    return value
