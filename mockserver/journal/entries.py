"""Journal entries as JSON, for the control API."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pii_sandbox.mockserver.faults import Effect
from pii_sandbox.mockserver.journal.exchange import JournalExchange, Refusal
from pii_sandbox.mockserver.journal.redacted_exchange import RedactedExchange
from pii_sandbox.mockserver.journal.shortening import truncate
from pii_sandbox.mockserver.rules import times
from pii_sandbox.redaction.bodies import Content
from pii_sandbox.specs import Dialect, Operation

log = logging.getLogger(__name__)


def journal_entry(view: RedactedExchange) -> dict[str, Any]:
    """Return the exchange as JSON, long texts truncated; a placeholder if that fails for any reason."""
    try:
        return _entry(view)
    except Exception as error:
        return placeholder(view.exchange, error)


def placeholder(exchange: JournalExchange, error: Exception) -> dict[str, Any]:
    """Return an entry with the server's own facts about the exchange, and nothing that was sent."""
    log.warning("%s", unshown(exchange, error))  # no traceback: it may have personal data in it
    return {
        **facts(exchange),
        "validation": None,
        "refusal": None,
        "fault": None,
        "request": {"headers": {}, "kind": "omitted", "body": None, "bytes": exchange.body_size},
        "response": {"headers": {}, "kind": "omitted", "body": None, "bytes": exchange.response_size},
        "error": unshown(exchange, error),
    }


def unshown(exchange: JournalExchange, error: Exception) -> str:
    """Return the error text of a placeholder."""
    return f"entry {exchange.number} cannot be shown: {type(error).__name__}"


def facts(exchange: JournalExchange) -> dict[str, Any]:
    """Return what the server itself knows of an exchange: nothing of it was sent by the client, no personal data."""
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


def entry_summary(
    number: int,
    instants: tuple[datetime, datetime],
    elapsed_seconds: float,
    sandbox: str,
    api: str | None,
    operation: Operation | None,
    dialect: Dialect,
    method: str,
    status: int,
    rule: str | None,
    refused: Refusal | None,
    fault: Effect | None,
) -> dict[str, Any]:
    """Return the server's own facts of an exchange as orjson takes them; no personal data is in them.

    Names are those of a journal entry; `path` is the operation's template. `instants`: the sandbox's and the system's.
    """
    at, system_at = instants
    return {
        "id": number,
        "time": at,
        "system_time": system_at,
        "elapsed_ms": round(elapsed_seconds * 1000, 3),
        "sandbox": sandbox,
        "api": api,
        "operation": operation.operation_id if operation else None,
        "dialect": dialect,
        "method": method,
        "path": operation.path if operation else None,
        "status": status,
        "rule": rule,
        "refusal": refused.kind if refused else None,
        "fault": None if fault is None else effect(fault),
    }


def _entry(view: RedactedExchange) -> dict[str, Any]:
    exchange = view.exchange
    schemas = view.schemas
    fields = {
        **facts(exchange),
        "url": view.url(),
        "path": schemas.facts.path if schemas else None,
        "validation": validation(view),
        "refusal": refusing_problem(view),
        "fault": None if exchange.fault is None else effect(exchange.fault),
        "request": {"headers": view.headers(), **_body(view.body(), exchange.body_size)},
        "response": {"headers": view.response_headers(), **_body(view.response(), exchange.response_size)},
    }
    return {name: truncate(value) for name, value in fields.items()}


def validation(view: RedactedExchange) -> dict[str, Any] | None:
    """Return the result of validating parameters and body; None if the request was refused before validation."""
    exchange = view.exchange
    if exchange.fits:
        return {"ok": True, "errors": {}}
    problem = exchange.refusal
    if exchange.operation_id is None or problem is None or problem.kind not in VALIDATION_PROBLEMS:
        return None
    errors = {view.pseudonymizer.name(name): view.texts(messages) for name, messages in problem.errors.items()}
    return {"ok": False, "errors": errors or {"body": view.texts([problem.message])}}


VALIDATION_PROBLEMS = frozenset({"Malformed", "Unprocessable", "TooLarge", "UnsupportedMediaType", "UnsupportedCoding"})


def refusing_problem(view: RedactedExchange) -> dict[str, str] | None:
    """Return the problem with which the request was refused, or None."""
    problem = view.exchange.refusal
    return None if problem is None else {"kind": problem.kind, "message": view.texts([problem.message])[0]}


def effect(fault: Effect) -> dict[str, Any]:
    """Return the fields of an injected fault that differ from the defaults."""
    defaults = asdict(Effect())
    return {name: value for name, value in asdict(fault).items() if value != defaults[name]}


def _body(content: Content, size: int) -> Mapping[str, Any]:
    return {"kind": content.kind, "body": content.value, "bytes": size}
