"""Lints for personal data in query strings, and for paging beyond the vendor's cap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.mockserver.journal.exchange_parts import ExchangeParts
from pii_sandbox.mockserver.journal.lint.finding import LintFinding
from pii_sandbox.mockserver.journal.lint.retry_lint import operation_of
from pii_sandbox.redaction.detectors import detect
from pii_sandbox.redaction.schema_marks import Schema

URIS_ARE_LOGGED = "RFC 9110, 17.9 Disclosure of Sensitive Information in URIs"


def personal_data_in_queries(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find emails, phone and document numbers, and credentials in query strings."""
    for exchange in exchanges:
        parts = ExchangeParts(exchange)
        documented = parts.schemas.of("query") if parts.schemas else {}
        for _, name, value in parts.query:
            kind = _kind_of(value, documented.get(name))
            if kind is not None:
                label = name if name in documented else "an undocumented parameter"
                yield LintFinding(
                    "personal-data-in-query",
                    (exchange.operation_id, name),
                    f"{exchange.operation_id or 'an unknown path'} was sent {kind} in the query ({label})",
                    "send it in a body if the API accepts one, or look up by id: URLs are logged",
                    (exchange.number,),
                    exchange.operation_id,
                    source=URIS_ARE_LOGGED,
                )


def _kind_of(value: str, parameter: Schema | None) -> str | None:
    schema = parameter.get("schema", {}) if parameter else {}
    if parameter is not None and (parameter.get("x-secret") or schema.get("x-secret")):
        return "a credential"
    if schema.get("type", "string") != "string" or "enum" in schema:
        return None
    kinds = {kind for kind, _, _ in detect(value, loose_numbers=True)}
    if "email" in kinds:
        return "an email"
    return "a phone or document number" if kinds else None


def paging_beyond_the_cap(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find requests for a page beyond the paging cap, with the preceding pages of the same list."""
    lists: dict[object, list[JournalExchange]] = {}
    for exchange in exchanges:
        facts = operation_of(exchange)
        if facts is None or facts.reach is None:
            continue
        query = tuple(sorted((name, value) for _, name, value in ExchangeParts(exchange).query if name != "offset"))
        pages = lists.setdefault((facts.operation_id, query), [])
        pages.append(exchange)
        if exchange.refusal is not None and exchange.refusal.kind == "BeyondReach":
            yield LintFinding(
                "walked-into-the-cap",
                (facts.operation_id, query),
                f"{facts.operation_id} was asked for a page beyond the first {facts.reach}",
                "filter the list, so that it ends before the cap",
                tuple(page.number for page in pages),
                facts.operation_id,
                exchange.rule,
            )
