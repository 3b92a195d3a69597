"""An entry of the journal, as JSON tells it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pii_sandbox.mockserver.faults import Effect
from pii_sandbox.mockserver.journal.exchange import Exchange
from pii_sandbox.mockserver.journal.reading import Reading
from pii_sandbox.mockserver.journal.shortening import shortened
from pii_sandbox.mockserver.rules import times
from pii_sandbox.redaction.bodies import Content

log = logging.getLogger(__name__)


def entry(reading: Reading) -> dict[str, Any]:
    """The whole exchange, long texts cut; a placeholder where it cannot be shown, for whatever reason."""
    try:
        return _entry(reading)
    except Exception as error:
        return placeholder(reading.exchange, error)


def placeholder(exchange: Exchange, error: Exception) -> dict[str, Any]:
    """An entry of what the server itself knows of the exchange, and nothing that was sent."""
    log.warning("%s", unshown(exchange, error))  # no traceback: it may have personal data in it
    return {
        **_facts(exchange),
        "validation": None,
        "refusal": None,
        "fault": None,
        "request": {"headers": {}, "kind": "omitted", "body": None, "bytes": exchange.body_size},
        "response": {"headers": {}, "kind": "omitted", "body": None, "bytes": exchange.answer_size},
        "error": unshown(exchange, error),
    }


def unshown(exchange: Exchange, error: Exception) -> str:
    """What stands in place of an exchange that cannot be shown."""
    return f"entry {exchange.number} cannot be shown: {type(error).__name__}"


def _facts(exchange: Exchange) -> dict[str, Any]:
    return {
        "id": exchange.number,
        "time": times.rfc3339(exchange.at),
        "system_time": times.rfc3339(exchange.system_at),
        "elapsed_ms": round(exchange.elapsed_seconds * 1000, 3),
        "sandbox": exchange.sandbox,
        "api": exchange.api,
        "operation": exchange.operation_id,
        "dialect": exchange.dialect,
        "method": exchange.method,
        "url": "",
        "path": None,
        "status": exchange.status,
        "rule": exchange.rule,
    }


def _entry(reading: Reading) -> dict[str, Any]:
    exchange = reading.exchange
    described = reading.described
    told = {
        **_facts(exchange),
        "url": reading.url(),
        "path": described.facts.path if described else None,
        "validation": validation(reading),
        "refusal": refusal(reading),
        "fault": None if exchange.fault is None else effect(exchange.fault),
        "request": {"headers": reading.headers(), **shown(reading.body(), exchange.body_size)},
        "response": {"headers": reading.answer_headers(), **shown(reading.answer(), exchange.answer_size)},
    }
    return {name: shortened(value) for name, value in told.items()}


def validation(reading: Reading) -> dict[str, Any] | None:
    """What the document's checks of parameters and body said; None where it did not come to them."""
    exchange = reading.exchange
    if exchange.fits:
        return {"ok": True, "errors": {}}
    refused = exchange.refusal
    if exchange.operation_id is None or refused is None or refused.kind not in CHECKED:
        return None
    errors = {reading.pseudonymizer.name(name): reading.texts(messages) for name, messages in refused.errors.items()}
    return {"ok": False, "errors": errors or {"body": reading.texts([refused.message])}}


CHECKED = frozenset({"Malformed", "Unprocessable", "TooLarge", "UnsupportedMediaType", "UnsupportedCoding"})


def refusal(reading: Reading) -> dict[str, str] | None:
    """The problem that a rule, or HTTP itself, had with it."""
    refused = reading.exchange.refusal
    return None if refused is None else {"kind": refused.kind, "message": reading.texts([refused.message])[0]}


def effect(fault: Effect) -> dict[str, Any]:
    """What a fault that somebody asked for did: its parts that are not as they usually are."""
    usual = asdict(Effect())
    return {name: value for name, value in asdict(fault).items() if value != usual[name]}


def shown(content: Content, size: int) -> Mapping[str, Any]:
    return {"kind": content.kind, "body": content.value, "bytes": size}
