"""Has Connexion validate each OpenAPI document once in a test process, instead of at the start of every application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from connexion.spec import OpenAPISpecification

_VALID: set[bytes] = set()
_validate: Callable[[Any], None] = OpenAPISpecification._validate_spec


def _validate_once(document: Any) -> None:
    content = orjson.dumps(document, default=repr)
    if content not in _VALID:
        _validate(document)
        _VALID.add(content)


def validate_documents_once() -> None:
    """From now on, a document that was found valid is not validated again; that takes two thirds of an `App`."""
    OpenAPISpecification._validate_spec = staticmethod(_validate_once)  # type: ignore[method-assign]  # on purpose
