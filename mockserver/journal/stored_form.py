"""Exchanges as lines of JSON, for a journal that several processes write: when each arrived, then what it was.

The journal of one process is in the order in which calls ended. Here it is that in which they arrived: a process may
note the end of a call only after its client has called another process.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

import orjson

from pii_sandbox.mockserver.faults import Effect
from pii_sandbox.mockserver.journal.entries import entry_summary
from pii_sandbox.mockserver.journal.exchange import JournalExchange, Refusal
from pii_sandbox.mockserver.journal.exchange_parts import ExchangeParts

OBJECT_WEIGHT = 200  # bytes that a line takes in memory beside its own
_BODIES = ("body", "response_body")
_NOTHING_LONG: dict[str, Any] = {
    **dict.fromkeys(("body", "response_body", "refusal")),
    "headers": {},
    "response_headers": {},
    "path_values": (),
    "operation_id": None,  # its path values are gone
}
_SHORT_URL = 1000
_FIELDS = tuple(field.name for field in fields(JournalExchange))


def line_of(exchange: JournalExchange, most_bytes: int) -> bytes:
    """The line of an exchange, without its end. A longer one than `most_bytes` is left without bodies and texts."""
    line = _line(exchange)
    if len(line) > most_bytes:
        line = _line(replace(exchange, body=None, response_body=None))
    if len(line) > most_bytes:
        line = _line(replace(exchange, **_NOTHING_LONG, url=exchange.url[:_SHORT_URL]))
    return line


def arrival_of(line: bytes) -> float:
    """When the exchange arrived, in seconds of the system's time."""
    return float(line[: line.index(b" ")])


def exchange_of(line: bytes, number: int) -> JournalExchange:
    """The exchange of a line, under that number."""
    values = _loads(line[line.index(b" ") + 1 :])
    for name in _BODIES:
        if values[name] is not None:
            values[name] = values[name].encode("latin-1")
    for name in ("at", "system_at"):
        values[name] = datetime.fromisoformat(values[name])
    if values["refusal"] is not None:
        values["refusal"] = Refusal(*values["refusal"])
    if values["fault"] is not None:
        values["fault"] = Effect(**{**values["fault"], "keys": tuple(values["fault"]["keys"])})
    return JournalExchange(**{**values, "number": number})


def _line(exchange: JournalExchange) -> bytes:
    values: dict[str, Any] = {name: getattr(exchange, name) for name in _FIELDS}
    for name in _BODIES:
        if values[name] is not None:
            values[name] = values[name].decode("latin-1")
    values["headers"], values["response_headers"] = dict(exchange.headers), dict(exchange.response_headers)
    values["at"], values["system_at"] = exchange.at.isoformat(), exchange.system_at.isoformat()
    values["path_values"] = list(exchange.path_values)
    if exchange.refusal is not None:
        kind, message, errors = exchange.refusal
        values["refusal"] = [kind, message, {name: list(texts) for name, texts in errors.items()}]
    if exchange.fault is not None:
        values["fault"] = asdict(exchange.fault)
    return b"%.6f %b" % (exchange.system_at.timestamp(), _dumps(values))


def _dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # lone surrogates
        return json.dumps(value, separators=(",", ":")).encode()


def _loads(text: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads(text)
    except ValueError:
        found = json.loads(text)
    return found


class StoredExchange:
    """A line of the shared journal, which becomes an exchange when it is read."""

    __slots__ = ("_line", "number")

    def __init__(self, number: int, line: bytes) -> None:
        self.number = number
        self._line = line

    @property
    def weight(self) -> int:
        return len(self._line) + OBJECT_WEIGHT

    def exchange(self) -> JournalExchange:
        return exchange_of(self._line, self.number)

    def summary(self) -> dict[str, Any]:
        """Return the server's own facts, in the form of the exchange that the other process recorded."""
        exchange = self.exchange()
        schemas = ExchangeParts(exchange).schemas
        return entry_summary(
            self.number,
            (exchange.at, exchange.system_at),
            exchange.elapsed_seconds,
            exchange.sandbox,
            exchange.api,
            schemas.facts if schemas else None,
            exchange.dialect,
            exchange.method,
            exchange.status,
            exchange.rule,
            exchange.refusal,
            exchange.fault,
        )
