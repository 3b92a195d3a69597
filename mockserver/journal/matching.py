"""Matches exchanges against request patterns, and finds the closest ones if none matches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pii_sandbox.mockserver.journal.entries import unshown
from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.mockserver.journal.exchange_parts import ExchangeParts, path_of
from pii_sandbox.mockserver.journal.redacted_exchange import RedactedExchange
from pii_sandbox.mockserver.journal.shortening import truncate
from pii_sandbox.redaction.bodies import parsed_content

MOST_NEAREST = 3

Pattern = Mapping[str, Any]


def mismatches(exchange: JournalExchange, pattern: Pattern) -> list[str]:
    """Return the parts of the pattern that the exchange does not match; empty if it matches."""
    return [part for part, wanted in pattern.items() if not _can_match(exchange, part, wanted)]


def matching_exchanges(exchanges: Iterable[JournalExchange], pattern: Pattern) -> list[JournalExchange]:
    """Return the exchanges that match all parts of the pattern."""
    return [exchange for exchange in exchanges if not mismatches(exchange, pattern)]


def in_order(exchanges: Sequence[JournalExchange], patterns: Sequence[Pattern]) -> list[JournalExchange]:
    """Match the patterns in order: an exchange for each, later than the one before; stop at the first without one."""
    matches: list[JournalExchange] = []
    rest = iter(exchanges)
    for pattern in patterns:
        following = next((exchange for exchange in rest if not mismatches(exchange, pattern)), None)
        if following is None:
            break
        matches.append(following)
    return matches


def closest_exchanges(exchanges: Sequence[JournalExchange], pattern: Pattern) -> list[dict[str, Any]]:
    """Return the exchanges with the fewest mismatches, ties by recency, with expected and actual values."""
    misses = [(len(parts), -exchange.number, exchange, parts) for exchange in exchanges
              if (parts := mismatches(exchange, pattern))]  # fmt: skip
    closest = sorted(misses, key=lambda miss: miss[:2])[:MOST_NEAREST]
    return [
        {"id": exchange.number, "differs": {part: _difference(exchange, part, pattern[part]) for part in parts}}
        for _, _, exchange, parts in closest
    ]


def contains(value: Any, wanted: Any) -> bool:
    """Return whether a JSON value contains another: objects by the given properties, everything else by equality."""
    if isinstance(wanted, Mapping) and isinstance(value, Mapping):
        return all(name in value and contains(value[name], inner) for name, inner in wanted.items())
    if isinstance(wanted, list) and isinstance(value, list):
        return len(wanted) == len(value) and all(map(contains, value, wanted))
    return type(value) is type(wanted) and bool(value == wanted)


def _can_match(exchange: JournalExchange, part: str, wanted: Any) -> bool:
    """What cannot be read fits no pattern: the others are still to be found."""
    try:
        return _matches(exchange, part, wanted)
    except Exception:
        return False


def _matches(exchange: JournalExchange, part: str, wanted: Any) -> bool:
    if part == "path":
        return path_of(exchange.url).startswith(wanted)
    if part == "query":
        sent = {(name, value) for _, name, value in ExchangeParts(exchange).query}
        return all(pair in sent for pair in wanted.items())
    if part == "headers":
        return all(exchange.headers.get(name.lower()) == value for name, value in wanted.items())
    if part == "body":
        media_type = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
        return exchange.body is not None and contains(parsed_content(exchange.body, media_type).value, wanted)
    return bool(_PLAIN[part](exchange) == wanted)


_PLAIN = {
    "api": lambda exchange: exchange.api,
    "operation": lambda exchange: exchange.operation_id,
    "method": lambda exchange: exchange.method,
    "status": lambda exchange: exchange.status,
    "rule": lambda exchange: exchange.rule,
}


def _difference(exchange: JournalExchange, part: str, wanted: Any) -> dict[str, Any]:
    try:
        return _mismatch(RedactedExchange(exchange), part, wanted)
    except Exception as error:
        return {"wanted": wanted, "was": unshown(exchange, error)}


def _mismatch(view: RedactedExchange, part: str, wanted: Any) -> dict[str, Any]:
    if part == "path":
        was: Any = view.path()
    elif part == "query":
        was = view.parameters()
    elif part == "headers":
        sent = view.headers()
        was = {name: sent.get(name.lower()) for name in wanted}
    elif part == "body":
        was = view.body().value
    else:
        was = _PLAIN[part](view.exchange)
    return {"wanted": wanted, "was": truncate(was)}
