"""An explanation: what happened, by which rule, what it saw, what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pii_sandbox.mockserver.explain import closest_match, curl
from pii_sandbox.mockserver.explain.corrected_requests import to_operation, with_body
from pii_sandbox.mockserver.explain.suggestions import Case, Suggestion, suggestion
from pii_sandbox.mockserver.journal import JournalExchange
from pii_sandbox.mockserver.journal.entries import effect, placeholder, refusal, validation
from pii_sandbox.mockserver.journal.exchange_parts import path_of
from pii_sandbox.mockserver.journal.redacted_exchange import RedactedExchange
from pii_sandbox.mockserver.journal.shortening import truncate
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.redaction.operation_schemas import API_OF
from pii_sandbox.specs import catalogue

_FRESH = "\uf8ff"  # stands in a body for what a shell variable will hold


def explanation_of(
    exchange: JournalExchange, vendors: Mapping[str, Vendor], sandbox: Sandbox, revealed: bool
) -> dict[str, Any]:
    """The whole explanation of one exchange; one that cannot be shown has a placeholder for it."""
    try:
        return _explanation(exchange, vendors, sandbox, revealed)
    except Exception as error:
        return {
            "entry": exchange.number,
            "outcome": outcome_of(exchange),
            "summary": placeholder(exchange, error)["error"],
            "rule": None,
            "saw": {},
            "correction": None,
            "nearest": [],
            "revealed": revealed,
        }


def _explanation(
    exchange: JournalExchange, vendors: Mapping[str, Vendor], sandbox: Sandbox, revealed: bool
) -> dict[str, Any]:
    view = RedactedExchange(exchange, revealed)
    outcome = outcome_of(exchange)
    rule = catalogue.rule(exchange.rule) if exchange.rule else None
    better = None if outcome in ("served", "changed", "unknown path") else suggestion(Case(view))
    tell = _Explainer(view, vendors, sandbox)
    return {
        "entry": exchange.number,
        "outcome": outcome,
        "summary": _summary(view, outcome),
        "rule": None if rule is None else {
            "id": rule.id, "statement": rule.statement, "status": rule.status, "source": rule.cited,
        },
        "saw": _inputs(view),
        "correction": None if better is None else {"advice": better.advice, "curl": tell.correction(better)},
        "nearest": tell.alternatives() if outcome == "unknown path" else [],
        "revealed": revealed,
    }  # fmt: skip


def outcome_of(exchange: JournalExchange) -> str:
    if exchange.fault is not None:
        return "fault"
    if exchange.refusal is None:
        return "changed" if exchange.rule else "served"
    return "unknown path" if exchange.operation_id is None and exchange.refusal.kind == "NotFound" else "refused"


def _summary(view: RedactedExchange, outcome: str) -> str:
    exchange = view.exchange
    call = exchange.operation_id or f"{exchange.method} {view.path()}"
    told = refusal(view)
    by = f" by {exchange.rule}" if exchange.rule else ""
    words = {
        "fault": f"{call} met a fault that was asked for, and answered {exchange.status}",
        "served": f"{call} was served as its document says: {exchange.status}",
        "changed": f"{call} answered {exchange.status}, in which {exchange.rule} had a hand",
        "unknown path": f"{call}: there is no such path, {exchange.status}",
        "refused": f"{call} was refused{by} with {exchange.status}: {told['message'] if told else ''}",
    }
    return words[outcome]


def _inputs(view: RedactedExchange) -> dict[str, Any]:
    """What the decision was taken on."""
    exchange, told = view.exchange, refusal(view)
    checked = validation(view)
    seen = {
        "url": view.url(),
        "parameters": view.parameters(),
        "body": view.body().value,
        "message": told["message"] if told else None,
        "errors": checked["errors"] if checked else None,
        "fault": effect(exchange.fault) if exchange.fault else None,
    }
    return {name: truncate(value) for name, value in seen.items() if value}


class _Explainer:
    """Writes commands for one exchange, with the values veiled that it veils."""

    def __init__(self, view: RedactedExchange, vendors: Mapping[str, Vendor], sandbox: Sandbox) -> None:
        self.view, self.vendors, self.sandbox = view, vendors, sandbox

    def command(self, call: JournalExchange, plain: frozenset[str] = frozenset()) -> str:
        known = {} if self.view.revealed else self.view.pseudonymizer.values
        vendor = self.vendors.get(API_OF.get(call.document or "", ""))
        return curl.command(RedactedExchange(call, self.view.revealed, known, plain), vendor, self.sandbox)

    def correction(self, better: Suggestion) -> str | None:
        """One command, or some in a row; None where there is nothing to call."""
        if better.control is not None:
            return curl.control(self.view.exchange, *better.control)
        if better.call is None:
            return None
        if better.reread is not None and better.fresh is not None:
            return self._with_fresh(better.call, better.reread, *better.fresh)
        before = "" if better.wait_seconds is None else f"sleep {better.wait_seconds}\n"
        return before + self.command(better.call, better.examples)

    def _with_fresh(self, call: JournalExchange, reread: JournalExchange, name: str, of: str) -> str:
        read = f"python3 -c 'import json,sys; print(json.load(sys.stdin)[\"{of}\"])'"
        body = {**json.loads(call.body or b"{}"), name: _FRESH}
        command = self.command(with_body(call, body)).replace(_FRESH, f"'\"${name}\"'")
        return f"{name}=$({self.command(reread)} | {read})\n{command}"

    def alternatives(self) -> list[dict[str, Any]]:
        exchange = self.view.exchange
        found = closest_match.closest_matches(path_of(exchange.url), exchange.method, exchange.dialect)
        return [
            {
                "api": API_OF[one.facts.document],
                "operation": one.facts.operation_id,
                "method": one.facts.method,
                "path": one.facts.path,
                "curl": self._meant(one),
            }
            for one in found
        ]

    def _meant(self, one: closest_match.ClosestMatch) -> str | None:
        """The call to that operation; None where its path cannot be told, or it would do something else."""
        exchange = self.view.exchange
        if one.values is None or (one.facts.method != exchange.method and one.facts.safety != "read"):
            return None
        return self.command(to_operation(exchange, one.facts, one.values, keep_query=True))
