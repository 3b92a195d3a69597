"""Extracts credentials from a request as the OpenAPI security schemes describe: header, query, cookie, bearer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any

from pii_sandbox.mockserver.gateway.parameters import query_of
from pii_sandbox.mockserver.gateway.request_context import RequestContext
from pii_sandbox.mockserver.vendor import PresentedCredentials
from pii_sandbox.specs import SpecError

Extract = (
    str | Callable[[RequestContext, bytes], str | None]
)  # a header name in lower case, or a function of context and raw query string


def extractors(
    requirements: Sequence[Mapping[str, Any]] | None, schemes: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Extract]:
    """Return an extractor for each security scheme that the requirements name. None or []: no scheme is required.

    Raises SpecError for an unsupported scheme type.
    """
    names = dict.fromkeys(name for requirement in requirements or () for name in requirement)
    return {name: _extractor(name, schemes[name]) for name in names}


def only_in_headers(names: Iterable[str], schemes: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether none of these schemes reads the query: then the same headers present the same credentials."""
    return all(schemes[name].get("in") != "query" for name in names)


def presented_credentials(
    context: RequestContext, query: bytes, extract: Mapping[str, Extract]
) -> PresentedCredentials:
    """Return the credentials that the request presents, by scheme; an empty value counts as absent."""
    values = {}
    for name, extractor in extract.items():
        value = context.headers.get(extractor) if isinstance(extractor, str) else extractor(context, query)
        if value:
            values[name] = value
    return PresentedCredentials(values, context.headers)


def _extractor(name: str, scheme: Mapping[str, Any]) -> Extract:
    if scheme["type"] == "http" and scheme["scheme"].lower() == "bearer":
        return _bearer
    if scheme["type"] == "apiKey":
        key: str = scheme["name"]
        if scheme["in"] == "header":
            return key.lower()
        if scheme["in"] == "query":
            return lambda context, query: next(iter(query_of(query).get(key, [])), None)
        return lambda context, query: _cookie(context, key)
    raise SpecError(f"security scheme {name}: {scheme['type']} is not supported")


def _bearer(context: RequestContext, query: bytes) -> str | None:
    text = context.headers.get("authorization", "")
    return text[7:].strip() if text[:7].lower() == "bearer " else None


def _cookie(context: RequestContext, name: str) -> str | None:
    try:
        morsel = SimpleCookie(context.headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None
