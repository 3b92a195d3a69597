"""Requests made, and answers held, by a vendor's document."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

import specs
from conformance.findings import Exchange
from specs import Dialect, Operation

_HOST = "http://answer.test"


def operation(api: str, operation_id: str, dialect: Dialect) -> Operation:
    """The facts of an operation. Raises KeyError where the API has none of that id."""
    for name in specs.APIS[api]:
        found = specs.operations(name, dialect).get(operation_id)
        if found is not None:
            return found
    raise KeyError(f"{api} has no operation {operation_id}")


def definition(facts: Operation, dialect: Dialect) -> Mapping[str, Any]:
    """The OpenAPI operation object, `$ref`s in it as they stand."""
    document = specs.load(facts.document, dialect)
    template = facts.path.removeprefix(specs.base_path(document))
    found: Mapping[str, Any] = document["paths"][template][facts.method.lower()]
    return found


@functools.cache
def places(document: str, operation_id: str, dialect: Dialect) -> Mapping[str, str]:
    """Where each documented parameter goes (path, query, header), by name."""
    facts = specs.operations(document, dialect)[operation_id]
    loaded = specs.load(document, dialect)
    template = facts.path.removeprefix(specs.base_path(loaded))
    item = loaded["paths"][template]
    listed: Iterable[Any] = (*item.get("parameters", ()), *item[facts.method.lower()].get("parameters", ()))
    parameters = (specs.resolved(loaded, parameter) for parameter in listed)
    return {parameter["name"]: parameter["in"] for parameter in parameters}


def located(facts: Operation, params: Mapping[str, Any], dialect: Dialect) -> tuple[str, dict[str, str]]:
    """Path and query, and headers, for these parameters; path values are percent-encoded whole.

    A name that the document does not know goes into the query, so that a scenario can send what should be refused.
    """
    known = places(facts.document, facts.operation_id, dialect)
    path, query, headers = facts.path, [], {}
    for name, value in params.items():
        text = value if isinstance(value, str) else json.dumps(value)
        match known.get(name, "query"):
            case "path":
                path = path.replace("{" + name + "}", quote(text, safe=""))
            case "header":
                headers[name] = text
            case _:
                query.append((name, text))
    return path + (f"?{urlencode(query, quote_via=quote)}" if query else ""), headers


@functools.cache
def _openapi(document: str, dialect: Dialect) -> OpenAPI:
    loaded = specs.load(document, dialect)
    server = _HOST + specs.base_path(loaded)
    return OpenAPI.from_dict({**loaded, "servers": [{"url": server}]})  # type: ignore[arg-type]


def outside(facts: Operation, exchange: Exchange, dialect: Dialect) -> str | None:
    """What of the answer leaves the document (an undocumented status, media type or body), None where nothing does."""
    known = places(facts.document, facts.operation_id, dialect)
    path = facts.path
    for name, place in known.items():
        if place == "path":
            path = path.replace("{" + name + "}", "x")
    request = MockRequest(_HOST, facts.method.lower(), path)
    headers = {name.lower(): value for name, value in exchange.response_headers.items()}
    content_type = headers.get("content-type", "").partition(";")[0].strip()
    response = MockResponse(
        data=exchange.response_body,
        status_code=exchange.status or 0,
        headers=headers,
        content_type=content_type or "application/octet-stream",
    )
    if exchange.method == "HEAD" or (exchange.status == 204 and not exchange.response_body):
        return None if str(exchange.status) in definition(facts, dialect)["responses"] else "an undocumented status"
    try:
        _openapi(facts.document, dialect).validate_response(request, response)
    except OpenAPIError as error:
        return _told(error)
    return None


def _told(error: BaseException) -> str:
    """The error and what caused it; causes name schema paths, and values only where the schema itself has them."""
    parts = [str(error).partition("\n")[0]]
    for inner in getattr(error, "schema_errors", None) or getattr(error.__cause__, "schema_errors", None) or ():
        place = "/".join(str(part) for part in inner.absolute_path)
        parts.append(f"{place or 'body'} breaks {inner.validator}: {inner.validator_value!r:.80}")
    return "; ".join(parts)
