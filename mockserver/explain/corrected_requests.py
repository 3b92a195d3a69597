"""Builds corrected requests: copies of a recorded request with another query, body or operation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from pii_sandbox.mockserver.journal import JournalExchange
from pii_sandbox.mockserver.journal.exchange_parts import path_of
from pii_sandbox.redaction.bodies import FORM
from pii_sandbox.specs import Operation

_PARAMETER = re.compile(r"\{[^{}]+\}")


def with_query(exchange: JournalExchange, changes: Mapping[str, Any]) -> JournalExchange:
    """Return the request with these query parameters replaced or added."""
    parts = urlsplit(exchange.url)
    names = {quote_plus(name) for name in changes} | set(changes)
    kept = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] not in names]
    pairs = [*kept, *(f"{quote_plus(name)}={quote(str(value), safe='')}" for name, value in changes.items())]
    return replace(exchange, url=parts._replace(query="&".join(pairs)).geturl())


def with_body(exchange: JournalExchange, body: Any, media_type: str = "application/json") -> JournalExchange:
    text = urlencode(body, doseq=True) if media_type == FORM else json.dumps(body, ensure_ascii=False)
    raw = text.encode("utf-8", "replace")
    headers = {**exchange.headers, "content-type": media_type}
    return replace(exchange, body=raw, body_size=len(raw), headers=headers)


def without_body(exchange: JournalExchange) -> JournalExchange:
    headers = {name: value for name, value in exchange.headers.items() if name != "content-type"}
    return replace(exchange, body=b"", body_size=0, headers=headers)


def to_operation(
    exchange: JournalExchange, facts: Operation, values: Sequence[str], *, keep_query: bool = False
) -> JournalExchange:
    """Return a request to another operation, with these values of its path parameters."""
    parts = urlsplit(exchange.url)
    before = parts.path.removesuffix(path_of(exchange.url))
    following = iter(values)
    path = _PARAMETER.sub(lambda _: quote(next(following), safe=""), facts.path)
    query = parts.query if keep_query else ""
    return replace(
        exchange,
        url=parts._replace(path=before + path, query=query).geturl(),
        method=facts.method,
        document=facts.document,
        operation_id=facts.operation_id,
        path_values=list(values),
    )
