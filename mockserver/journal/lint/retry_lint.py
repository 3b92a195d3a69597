"""Lints for retries: ignored Retry-After, repeated conflicts, polling too fast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pii_sandbox import specs
from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.mockserver.journal.exchange_parts import path_of
from pii_sandbox.mockserver.journal.lint.finding import LintFinding, credential_values
from pii_sandbox.redaction.vocabulary import credential_headers

_ASKS_TO_WAIT = frozenset({429, 503})


def ignored_retry_after(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find calls that are repeated before Retry-After has passed, or refused by the same limit of that client."""
    refused: dict[object, tuple[JournalExchange, datetime]] = {}
    for exchange in exchanges:
        client = exchange.api, credential_values(exchange, credential_headers())
        earlier = refused.get(client)
        if earlier is not None:
            first, until = earlier
            is_repeat = path_of(exchange.url) == path_of(first.url) and exchange.method == first.method
            same_limit = exchange.status == first.status and exchange.rule == first.rule
            if first.at <= exchange.at < until and (is_repeat or same_limit):
                yield LintFinding(
                    "ignored-retry-after",
                    (client, first.rule),
                    f"{exchange.operation_id} was called again before the time of Retry-After had passed",
                    "wait as many seconds as Retry-After says",
                    (first.number, exchange.number),
                    exchange.operation_id,
                    first.rule,
                    None if first.rule else "RFC 9110, 10.2.3 Retry-After",
                )
        wait = exchange.response_headers.get("retry-after")
        if exchange.status in _ASKS_TO_WAIT and wait is not None and wait.isdecimal():
            refused[client] = exchange, _add_seconds(exchange.at, int(wait))


def blind_repeats(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find requests that conflicted, were repeated unchanged with no read in between, and conflicted again."""
    conflicts: dict[object, JournalExchange] = {}
    for exchange in exchanges:
        if _safety(exchange) == "read":
            if exchange.status < 400:
                conflicts = {key: known for key, known in conflicts.items() if known.api != exchange.api}
            continue
        if exchange.status != 409:
            continue
        key = exchange.method, exchange.url, exchange.body
        before = conflicts.get(key)
        if before is not None:
            yield LintFinding(
                "blind-repeat-after-409",
                key,
                f"{exchange.operation_id} was repeated unchanged after a conflict",
                "read the current record before sending again: the same request conflicts again",
                (before.number, exchange.number),
                exchange.operation_id,
                exchange.rule,
                None if exchange.rule else "RFC 9110, 15.5.10 409 Conflict",
            )
        conflicts[key] = exchange


def fast_polls(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find polls at shorter intervals than the document allows."""
    polls: dict[object, JournalExchange] = {}
    for exchange in exchanges:
        facts = operation_of(exchange)
        if facts is None or facts.poll_seconds is None:
            continue
        key = exchange.operation_id, tuple(exchange.path_values)
        before = polls.get(key)
        if before is not None and timedelta() <= exchange.at - before.at < timedelta(seconds=facts.poll_seconds):
            yield LintFinding(
                "polled-too-fast",
                key,
                f"{exchange.operation_id} polled the same resource again within {facts.poll_seconds} s",
                f"poll at most every {facts.poll_seconds} s",
                (before.number, exchange.number),
                exchange.operation_id,
                facts.poll_rule,
            )
        polls[key] = exchange


def operation_of(exchange: JournalExchange) -> specs.Operation | None:
    if exchange.document is None or exchange.operation_id is None:
        return None
    return specs.operations(exchange.document, exchange.dialect)[exchange.operation_id]


def _safety(exchange: JournalExchange) -> str | None:
    facts = operation_of(exchange)
    return facts.safety if facts else None


def _add_seconds(at: datetime, wait_seconds: int) -> datetime:
    try:
        return at + timedelta(seconds=wait_seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=at.tzinfo)
