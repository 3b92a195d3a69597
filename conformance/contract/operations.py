"""Requests made, and answers held, by a vendor's document."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.testing import MockRequest, MockResponse

from pii_sandbox import specs
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.specs import Dialect, Operation, Safety

_HOST = "http://answer.test"
_PARAMETER = re.compile(r"\{[^{}]*\}")


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


def returns_secret(facts: Operation, dialect: Dialect) -> bool:
    """Whether a successful answer holds a credential: the call opens a session and stores nothing."""
    document = specs.load(facts.document, dialect)
    for code, response in definition(facts, dialect)["responses"].items():
        for media in (
            specs.resolve_reference(document, response).get("content", {}).values() if str(code)[0] == "2" else ()
        ):
            properties = specs.resolve_reference(document, media.get("schema", {})).get("properties", {})
            if any(specs.resolve_reference(document, schema).get("x-secret") for schema in properties.values()):
                return True
    return False


@functools.cache
def parameter_locations(document: str, operation_id: str, dialect: Dialect) -> Mapping[str, str]:
    """Where each documented parameter goes (path, query, header), by name."""
    facts = specs.operations(document, dialect)[operation_id]
    loaded = specs.load(document, dialect)
    template = facts.path.removeprefix(specs.base_path(loaded))
    item = loaded["paths"][template]
    listed: Iterable[Any] = (*item.get("parameters", ()), *item[facts.method.lower()].get("parameters", ()))
    parameters = (specs.resolve_reference(loaded, parameter) for parameter in listed)
    return {parameter["name"]: parameter["in"] for parameter in parameters}


def build_request(facts: Operation, params: Mapping[str, Any], dialect: Dialect) -> tuple[str, dict[str, str]]:
    """Path and query, and headers, for these parameters; path values are percent-encoded whole.

    Halves of characters, as a response may hold them, are encoded as they are: no host knows such an id.
    A name that the document does not know goes into the query, so that a scenario can send what should be refused.
    """
    known = parameter_locations(facts.document, facts.operation_id, dialect)
    path, query, headers = facts.path, [], {}
    for name, value in params.items():
        text = value if isinstance(value, str) else json.dumps(value)
        match known.get(name, "query"):
            case "path":
                path = path.replace("{" + name + "}", quote(text, safe="", errors="surrogatepass"))
            case "header":
                headers[name] = text
            case _:
                query.append((name, text))
    return path + (f"?{urlencode(query, errors='surrogatepass', quote_via=quote)}" if query else ""), headers


def path_values(facts: Operation, params: Mapping[str, Any], dialect: Dialect) -> dict[str, str]:
    """The parameters that stand in the path, as text."""
    known = parameter_locations(facts.document, facts.operation_id, dialect)
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in params.items()
        if known.get(name) == "path"
    }


def undefined_method_call(facts: Operation, method: str, safety: Safety) -> Operation:
    """A call of the operation's path by a method that the document does not define."""
    return replace(facts, operation_id=f"{method} {facts.path}", method=method, safety=safety)


def media_type(exchange: Exchange) -> str:
    """The media type of the answer, without its parameters, in lower case; empty where it names none."""
    named = (value for name, value in exchange.response_headers.items() if name.lower() == "content-type")
    return next(named, "").partition(";")[0].strip().lower()


@functools.cache
def _openapi(document: str, dialect: Dialect) -> OpenAPI:
    loaded = specs.load(document, dialect)
    server = _HOST + specs.base_path(loaded)
    # openapi-core reads application/json alone as JSON
    problem_too = Config(extra_media_type_deserializers={"application/problem+json": json.loads})
    return OpenAPI.from_dict({**loaded, "servers": [{"url": server}]}, config=problem_too)


def contract_violation(facts: Operation, exchange: Exchange, dialect: Dialect) -> str | None:
    """What of the answer leaves the document (an undocumented status, media type or body), None where nothing does."""
    status = f"status {exchange.status}"
    if exchange.surplus:
        what = "a body" if exchange.status == 204 else "more after its end"
        return f"{status} with {what} ({exchange.surplus} bytes)"
    if exchange.oversize is not None and not exchange.response_body:
        return _undocumented_kind(facts, exchange, dialect)
    if exchange.method == "HEAD":
        documented = definition(facts, dialect)["responses"].keys()
        return None if documented & {str(exchange.status), "default"} else f"the undocumented {status}"
    request = MockRequest(_HOST, facts.method.lower(), _PARAMETER.sub("x", facts.path))
    headers = {name.lower(): value for name, value in exchange.response_headers.items()}
    response = MockResponse(
        data=exchange.response_body,
        status_code=exchange.status or 0,
        headers=headers,
        content_type=media_type(exchange) or "application/octet-stream",
    )
    try:
        _openapi(facts.document, dialect).validate_response(request, response)
    except OpenAPIError as error:
        return _error_text(error, exchange)
    except RecursionError:
        return f"{status} with a body that is nested deeper than any schema of the document"
    return None


def _undocumented_kind(facts: Operation, exchange: Exchange, dialect: Dialect) -> str | None:
    """Whether the status or the media type of an answer whose body was not read leaves the document."""
    responses = definition(facts, dialect)["responses"]
    documented = responses.get(str(exchange.status), responses.get("default"))
    if documented is None:
        return f"the undocumented status {exchange.status}"
    content = specs.resolve_reference(specs.load(facts.document, dialect), documented).get("content", {})
    media = media_type(exchange)
    if content and media not in content and "*/*" not in content:
        return f"status {exchange.status} as {media or 'no media type'}, not {' or '.join(content)}"
    return None


def _error_text(error: BaseException, exchange: Exchange) -> str:
    """The error in words that hold nothing of the body: places, and what the schema asks for there."""
    status = f"status {exchange.status}"
    causes = [error]
    while (cause := causes[-1].__context__) is not None:
        causes.append(cause)
    for cause in causes:
        if isinstance(cause, ResponseNotFound):
            return f"the undocumented {status}"
        if isinstance(cause, MediaTypeNotFound):
            return f"{status} as {cause.mimetype}, not {' or '.join(cause.availableMimetypes)}"
        broken = [_schema_error_text(inner) for inner in getattr(cause, "schema_errors", ())]
        if broken:
            return f"{status} with a body in which {'; '.join(broken)}"
    named = getattr(error, "name", None)
    return f"{status}: {type(error).__name__}{f' ({named})' if named else ''}"


def _schema_error_text(error: Any) -> str:
    place = ".".join(str(part) for part in error.absolute_path) or "the whole"
    return f"{place} breaks {error.validator}: {error.validator_value!r:.80}"
