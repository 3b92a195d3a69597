"""Small documents made by hand, in place of the vendors', and calls of their operations."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.specs import Dialect, Operation

JSON = "application/json"
PROBLEM = "application/problem+json"

_numbers = itertools.count()  # what is read of a document is cached by its name


class Documents:
    """Serves documents by name beside the packaged ones."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._documents: dict[tuple[str, Dialect], dict[str, Any]] = {}
        packaged = specs.load

        def load(name: str, dialect: Dialect = "guide") -> dict[str, Any]:
            return self._documents.get((name, dialect)) or packaged(name, dialect)

        patch.setattr(specs, "load", load)

    def operation(self, paths: Mapping[str, Any], reference: Mapping[str, Any] | None = None, **more: Any) -> Operation:
        """The first operation of a new document; `reference`: its paths in that dialect, where they differ."""
        name = f"made-up-{next(_numbers)}"
        about = {"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, **more}
        self._documents[name, "guide"] = {**about, "paths": paths}
        self._documents[name, "reference"] = {**about, "paths": paths if reference is None else reference}
        return next(iter(specs.operations(name, "guide").values()))


def path_item(
    responses: Mapping[str, Any], method: str = "get", operation_id: str = "getThing", **more: Any
) -> dict[str, Any]:
    """A path with one operation."""
    told = {status: {"description": "it is so", **response} for status, response in responses.items()}
    return {method: {"operationId": operation_id, "x-safety": "read", "responses": told, **more}}


def content(schema: Any = None, media: str = JSON) -> dict[str, Any]:
    """A response with a body."""
    return {"content": {media: {"schema": schema or {}}}}


def called(
    facts: Operation, status: int | None = 200, body: Any = None, media: str | None = JSON, **more: Any
) -> Exchange:
    """A call of an operation, and its answer; `headers` are further ones of the answer."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    headers = {**({} if media is None else {"Content-Type": media}), **more.pop("headers", {})}
    about = {"url": f"https://shop.test{facts.path}", "request_body": b"", **more}
    return Exchange(
        "shop", facts.operation_id, about.pop("method", facts.method), about.pop("url"), {}, about.pop("request_body"),
        status, headers, raw, **about,
    )  # fmt: skip
