"""Where the document says that credentials stand, and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any

from mockserver.gateway.parameters import query_of
from mockserver.gateway.visit import Visit
from mockserver.vendor import Presented
from specs import SpecError

Extract = str | Callable[[Visit, bytes], str | None]  # the name of a header, in lower case, or how else to find it


def extractors(
    requirements: Sequence[Mapping[str, Any]] | None, schemes: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Extract]:
    """How to find the value of each security scheme that the requirements name. None or [] asks for none."""
    names = dict.fromkeys(name for requirement in requirements or () for name in requirement)
    return {name: _extractor(name, schemes[name]) for name in names}


def presented(visit: Visit, query: bytes, extract: Mapping[str, Extract]) -> Presented:
    """The values that the request shows; an empty one is none."""
    values = {}
    for name, found in extract.items():
        value = visit.headers.get(found) if isinstance(found, str) else found(visit, query)
        if value:
            values[name] = value
    return Presented(values, visit.headers)


def _extractor(name: str, scheme: Mapping[str, Any]) -> Extract:
    if scheme["type"] == "http" and scheme["scheme"].lower() == "bearer":
        return _bearer
    if scheme["type"] == "apiKey":
        key: str = scheme["name"]
        if scheme["in"] == "header":
            return key.lower()
        if scheme["in"] == "query":
            return lambda visit, query: next(iter(query_of(query).get(key, [])), None)
        return lambda visit, query: _cookie(visit, key)
    raise SpecError(f"security scheme {name}: {scheme['type']} is not served")


def _bearer(visit: Visit, query: bytes) -> str | None:
    text = visit.headers.get("authorization", "")
    return text[7:].strip() if text[:7].lower() == "bearer " else None


def _cookie(visit: Visit, name: str) -> str | None:
    try:
        morsel = SimpleCookie(visit.headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None
