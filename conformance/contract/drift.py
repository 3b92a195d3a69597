"""Drift: what a vendor's answer has and the document does not know: properties, headers, statuses of a known class.

What a vendor adds breaks no client that reads the document, and no rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations, schemas
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.conformance.values.observations import Drift
from pii_sandbox.specs import Dialect, Operation

# headers of HTTP itself, and those that servers, proxies and CDNs put on every response
_COMMON_HEADERS = frozenset({
    "accept-ch", "accept-patch", "accept-post", "accept-ranges", "age", "allow", "alt-svc", "cache-control",
    "clear-site-data", "connection", "content-disposition", "content-encoding", "content-language", "content-length",
    "content-location", "content-range", "content-security-policy", "content-security-policy-report-only",
    "content-type", "cross-origin-embedder-policy", "cross-origin-opener-policy", "cross-origin-resource-policy",
    "date", "deprecation", "etag", "expect-ct", "expires", "keep-alive", "last-modified", "link", "location", "nel",
    "origin-agent-cluster", "permissions-policy", "pragma", "proxy-authenticate", "ratelimit", "ratelimit-limit",
    "ratelimit-policy", "ratelimit-remaining", "ratelimit-reset", "referrer-policy", "refresh", "report-to",
    "reporting-endpoints", "retry-after", "server", "server-timing", "set-cookie", "strict-transport-security",
    "sunset", "timing-allow-origin", "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade", "vary",
    "via", "warning", "www-authenticate", "x-cache", "x-cache-hits", "x-cache-lookup", "x-content-type-options",
    "x-correlation-id", "x-dns-prefetch-control", "x-download-options", "x-frame-options",
    "x-permitted-cross-domain-policies", "x-powered-by", "x-request-id", "x-runtime", "x-served-by", "x-timer",
    "x-trace-id", "x-ua-compatible", "x-xss-protection",
})  # fmt: skip
_COMMON_PREFIXES = ("access-control-", "cf-", "x-amz", "x-azure-", "x-envoy-", "x-fastly-", "x-goog-", "x-sandbox-")


def drift(facts: Operation, exchange: Exchange, dialect: Dialect) -> list[Drift]:
    """What the answer has beyond the document."""
    found = [f"header {name}" for name in _unknown_headers(facts, exchange, dialect)]
    if is_new_status(facts, exchange, dialect):
        found.append(f"status {exchange.status}")
    if has_assumed_form(facts, exchange, dialect):
        other = operations.contract_violation(facts, exchange, dialect)
        return [Drift(exchange.api, facts.operation_id, what) for what in (*found, *([other] if other else []))]
    _, paths = known_part(facts, exchange, dialect)
    found += [f"property {path}" for path in paths]
    return [Drift(exchange.api, facts.operation_id, what) for what in found]


def is_new_status(facts: Operation, exchange: Exchange, dialect: Dialect, like: Sequence[int] | None = None) -> bool:
    """Whether the document does not know the status, but others of its class; `like`: one of these is of its class."""
    documented = _responses(facts, dialect)
    status = str(exchange.status)
    if exchange.status is None or status in documented:
        return False
    alike = [str(each) for each in like] if like is not None else documented
    return any(each[0] == status[0] for each in alike)


def has_assumed_form(facts: Operation, exchange: Exchange, dialect: Dialect) -> bool:
    """Whether the body of this status is assumed, and not documented: one of another form is drift."""
    assumed = schemas.assumed_responses(facts.document, facts.operation_id, dialect)
    return str(exchange.status) in assumed and not exchange.surplus and exchange.oversize is None


def known_part(facts: Operation, exchange: Exchange, dialect: Dialect) -> tuple[bytes, list[str]]:
    """The body without what its schema does not know, and the JSON paths of that."""
    by_media = schemas.response_schemas(facts.document, facts.operation_id, dialect).get(str(exchange.status), {})
    schema = by_media.get(operations.media_type(exchange))
    if schema is None:
        return exchange.response_body, []
    value = json_or_none(exchange.response_body)
    paths: dict[str, None] = {}
    known = _known_properties(specs.load(facts.document, dialect), [schema], value, "$", paths)
    return (json.dumps(known).encode() if paths else exchange.response_body), list(paths)


def _responses(facts: Operation, dialect: Dialect) -> list[str]:
    return [str(status) for status in operations.definition(facts, dialect)["responses"]]


def _unknown_headers(facts: Operation, exchange: Exchange, dialect: Dialect) -> Iterator[str]:
    document = specs.load(facts.document, dialect)
    documented: set[str] = set()
    for response in operations.definition(facts, dialect)["responses"].values():
        documented |= {name.lower() for name in specs.resolve_reference(document, response).get("headers", {})}
    for name in exchange.response_headers:
        lower = name.lower()
        if lower not in documented | _COMMON_HEADERS and not lower.startswith(_COMMON_PREFIXES):
            yield name


def _known_properties(
    document: Mapping[str, Any], nodes: Sequence[Any], value: Any, place: str, unknown: dict[str, None]
) -> Any:
    """The value without properties that none of the schemas knows; their paths go into `unknown`."""
    parts = [part for node in nodes for part in _parts(document, node)]
    if isinstance(value, list):
        items = [part["items"] for part in parts if "items" in part]
        return [_known_properties(document, items, item, f"{place}[*]", unknown) for item in value] if items else value
    if not isinstance(value, dict):
        return value
    named = [part["properties"] for part in parts if "properties" in part]
    others = [part["additionalProperties"] for part in parts if part.get("additionalProperties") not in (None, False)]
    kept = {}
    for name, inner in value.items():
        fitting = [properties[name] for properties in named if name in properties]
        if fitting or others or not named:
            kept[name] = _known_properties(document, fitting or others, inner, f"{place}.{name}", unknown)
        else:
            unknown[f"{place}.{name}"] = None
    return kept


def _parts(document: Mapping[str, Any], node: Any) -> Iterator[Mapping[str, Any]]:
    """A schema and the schemas that it is composed of."""
    schema = specs.resolve_reference(document, node)
    if not isinstance(schema, Mapping):
        return
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            yield from _parts(document, part)
