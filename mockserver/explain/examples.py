"""Values that a document itself gives as examples, for where a request had none or wrong ones."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from pii_sandbox import specs
from pii_sandbox.redaction.operation_schemas import OperationSchemas
from pii_sandbox.redaction.schema_marks import Schema

_BY_TYPE: Mapping[str, Any] = {"integer": 1, "number": 1, "boolean": "true"}


def example_of(parameter: Schema) -> Any:
    """A value that the parameter takes; None where the document gives no hint."""
    schema = parameter.get("schema", {})
    for hint in (parameter.get("example"), schema.get("example"), schema.get("default")):
        if hint is not None:
            return hint
    choices = schema.get("enum", ())
    return choices[0] if choices else schema.get("minimum", _BY_TYPE.get(schema.get("type", "")))


def example_body(schemas: OperationSchemas) -> Any:
    """The first example of a body; None where the document has none."""
    document = schemas.document
    content = specs.resolved(document, schemas.definition.get("requestBody", {})).get("content", {})
    for media in content.values():
        if "example" in media:
            return copy.deepcopy(media["example"])
        for example in media.get("examples", {}).values():
            return copy.deepcopy(specs.resolved(document, example).get("value"))
    return None


def texts_of(value: Any) -> frozenset[str]:
    """Every scalar of a JSON value, as a text."""
    if isinstance(value, dict):
        return frozenset().union(*map(texts_of, value.values()))
    if isinstance(value, list):
        return frozenset().union(*map(texts_of, value))
    return frozenset() if value is None else frozenset({str(value)})


def with_examples(schemas: OperationSchemas, body: Any, wrong: Sequence[str]) -> Any:
    """The body with the example's values at these dotted paths; None where the example has none there."""
    example = example_body(schemas)
    if not isinstance(example, dict) or not wrong:
        return None
    if not isinstance(body, dict):
        return example
    better = copy.deepcopy(body)
    for path in wrong:
        if not _put(better, example, path.split(".")):
            return None
    return better


def _put(target: Any, example: Any, path: Sequence[str]) -> bool:
    """Copies what stands at the path; False where either has no such place."""
    *above, last = path
    for part in above:
        if not isinstance(target, dict) or not isinstance(example, dict) or part not in target or part not in example:
            return False
        target, example = target[part], example[part]
    if not isinstance(target, dict) or not isinstance(example, dict) or last not in example:
        return False
    target[last] = copy.deepcopy(example[last])
    return True
