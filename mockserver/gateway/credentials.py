"""Where the document says that credentials stand, and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any

from pii_sandbox.mockserver.gateway.parameters import query_of
from pii_sandbox.mockserver.gateway.request_context import RequestContext
from pii_sandbox.mockserver.vendor import PresentedCredentials
from pii_sandbox.specs import SpecError

Extract = (
    str | Callable[[RequestContext, bytes], str | None]
)  # the name of a header, in lower case, or how else to find it


def extractors(
    requirements: Sequence[Mapping[str, Any]] | None, schemes: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Extract]:
    """How to find the value of each security scheme that the requirements name. None or [] asks for none."""
    names = dict.fromkeys(name for requirement in requirements or () for name in requirement)
    return {name: _extractor(name, schemes[name]) for name in names}


def presented_credentials(
    context: RequestContext, query: bytes, extract: Mapping[str, Extract]
) -> PresentedCredentials:
    """The values that the request shows; an empty one is none."""
    values = {}
    for name, found in extract.items():
        value = context.headers.get(found) if isinstance(found, str) else found(context, query)
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
    raise SpecError(f"security scheme {name}: {scheme['type']} is not served")


def _bearer(context: RequestContext, query: bytes) -> str | None:
    text = context.headers.get("authorization", "")
    return text[7:].strip() if text[:7].lower() == "bearer " else None


def _cookie(context: RequestContext, name: str) -> str | None:
    try:
        morsel = SimpleCookie(context.headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None
