"""Example values from an OpenAPI document, in place of missing or invalid values of a request."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from pii_sandbox import specs
from pii_sandbox.redaction.operation_schemas import OperationSchemas
from pii_sandbox.redaction.schema_marks import Schema

_BY_TYPE: Mapping[str, Any] = {"integer": 1, "number": 1, "boolean": "true"}


def example_of(parameter: Schema) -> Any:
    """Return a valid value of a parameter; None if the document gives none."""
    schema = parameter.get("schema", {})
    for value in (parameter.get("example"), schema.get("example"), schema.get("default")):
        if value is not None:
            return value
    choices = schema.get("enum", ())
    return choices[0] if choices else schema.get("minimum", _BY_TYPE.get(schema.get("type", "")))


def example_body(schemas: OperationSchemas) -> Any:
    """Return the first example of a request body; None if the document has none."""
    document = schemas.document
    content = specs.resolve_reference(document, schemas.definition.get("requestBody", {})).get("content", {})
    for media in content.values():
        if "example" in media:
            return copy.deepcopy(media["example"])
        for example in media.get("examples", {}).values():
            return copy.deepcopy(specs.resolve_reference(document, example).get("value"))
    return None


def texts_of(value: Any) -> frozenset[str]:
    """Return all scalars of a JSON value as texts."""
    if isinstance(value, dict):
        return frozenset().union(*map(texts_of, value.values()))
    if isinstance(value, list):
        return frozenset().union(*map(texts_of, value))
    return frozenset() if value is None else frozenset({str(value)})


def with_examples(schemas: OperationSchemas, body: Any, wrong: Sequence[str]) -> Any:
    """Return the body with the example's values at these dotted paths; None if the example lacks one of them."""
    example = example_body(schemas)
    if not isinstance(example, dict) or not wrong:
        return None
    if not isinstance(body, dict):
        return example
    corrected = copy.deepcopy(body)
    for path in wrong:
        if not _copy_value(corrected, example, path.split(".")):
            return None
    return corrected


def _copy_value(target: Any, example: Any, path: Sequence[str]) -> bool:
    """Copy the value at the path from `example` to `target`; return False if the path does not exist."""
    *above, last = path
    for part in above:
        if not isinstance(target, dict) or not isinstance(example, dict) or part not in target or part not in example:
            return False
        target, example = target[part], example[part]
    if not isinstance(target, dict) or not isinstance(example, dict) or last not in example:
        return False
    target[last] = copy.deepcopy(example[last])
    return True
