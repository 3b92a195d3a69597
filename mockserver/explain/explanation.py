"""Explanation of a journal entry: the outcome, the rule that decided it, the values it used, a corrected call."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from pii_sandbox.mockserver.explain import closest_match, curl
from pii_sandbox.mockserver.explain.case import Case, Suggestion
from pii_sandbox.mockserver.explain.corrected_requests import to_operation, with_body
from pii_sandbox.mockserver.explain.suggestions import failing_rule, suggestion
from pii_sandbox.mockserver.journal import JournalExchange
from pii_sandbox.mockserver.journal.entries import effect, placeholder, refusing_problem, validation
from pii_sandbox.mockserver.journal.exchange_parts import path_of
from pii_sandbox.mockserver.journal.redacted_exchange import RedactedExchange
from pii_sandbox.mockserver.journal.shortening import truncate
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.redaction.operation_schemas import API_OF
from pii_sandbox.specs import catalogue

_CORRECTED = ("fault", "refused")
_PLACEHOLDER = "\uf8ff"  # in a body: replaced by a shell variable


def explanation_of(
    exchange: JournalExchange, vendors: Mapping[str, Vendor], sandbox: Sandbox, revealed: bool
) -> dict[str, Any]:
    """Return the explanation of one exchange; a placeholder if it cannot be shown."""
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
    case = Case(view, sandbox.faults, _failing(exchange, vendors), sandbox.journal.latest_number)
    correction = failing_rule(case) if outcome == "changed" else suggestion(case) if outcome in _CORRECTED else None
    explainer = _Explainer(view, vendors, sandbox)
    return {
        "entry": exchange.number,
        "outcome": outcome,
        "summary": _summary(view, outcome),
        "rule": None if rule is None else {
            "id": rule.id, "statement": rule.statement, "status": rule.status, "source": rule.citation,
        },
        "saw": _inputs(view),
        "correction": (
            None
            if correction is None
            else {"advice": correction.advice, "curl": explainer.correction(correction)}
        ),
        "nearest": explainer.alternatives() if outcome == "unknown path" else [],
        "revealed": revealed,
    }  # fmt: skip


def _failing(exchange: JournalExchange, vendors: Mapping[str, Vendor]) -> Collection[str]:
    """Return the operations in which a fault can simulate the failure of the rule that decided the call."""
    vendor = vendors.get(API_OF.get(exchange.document or "", ""))
    return vendor.playable_failures.get(exchange.rule or "", ()) if vendor else ()


def outcome_of(exchange: JournalExchange) -> str:
    if exchange.fault is not None:
        return "fault"
    if exchange.refusal is None:
        return "changed" if exchange.rule else "served"
    return "unknown path" if exchange.operation_id is None and exchange.refusal.kind == "NotFound" else "refused"


def _summary(view: RedactedExchange, outcome: str) -> str:
    exchange = view.exchange
    call = exchange.operation_id or f"{exchange.method} {view.path()}"
    problem = refusing_problem(view)
    by = f" by {exchange.rule}" if exchange.rule else ""
    summaries = {
        "fault": f"{call} got an injected fault: {exchange.status}",
        "served": f"{call} was served as its document says: {exchange.status}",
        "changed": f"{call} was served: {exchange.status}, according to {exchange.rule}",
        "unknown path": f"{call} was refused with {exchange.status}: no operation has this path",
        "refused": f"{call} was refused{by} with {exchange.status}: {problem['message'] if problem else ''}",
    }
    return summaries[outcome]


def _inputs(view: RedactedExchange) -> dict[str, Any]:
    """Return the values that the decision was based on."""
    exchange, problem = view.exchange, refusing_problem(view)
    result = validation(view)
    inputs = {
        "url": view.url(),
        "parameters": view.parameters(),
        "body": view.body().value,
        "message": problem["message"] if problem else None,
        "errors": result["errors"] if result else None,
        "fault": effect(exchange.fault) if exchange.fault else None,
    }
    return {name: truncate(value) for name, value in inputs.items() if value}


class _Explainer:
    """Writes curl commands for one exchange, with the pseudonyms of its view."""

    def __init__(self, view: RedactedExchange, vendors: Mapping[str, Vendor], sandbox: Sandbox) -> None:
        self.view, self.vendors, self.sandbox = view, vendors, sandbox

    def command(self, call: JournalExchange, plain: frozenset[str] = frozenset()) -> str:
        values = {} if self.view.revealed else self.view.pseudonymizer.values
        vendor = self.vendors.get(API_OF.get(call.document or "", ""))
        return curl.command(RedactedExchange(call, self.view.revealed, values, plain), vendor, self.sandbox)

    def correction(self, suggestion: Suggestion) -> str | None:
        """Return one or several commands; None if the suggestion has no call."""
        if suggestion.controls:
            return "\n".join(curl.control(self.view.exchange, *each) for each in suggestion.controls)
        if suggestion.call is None:
            return None
        if suggestion.reread is not None and suggestion.fresh is not None:
            return self._with_fresh_value(suggestion.call, suggestion.reread, *suggestion.fresh)
        before = "" if suggestion.wait_seconds is None else f"sleep {suggestion.wait_seconds}\n"
        return before + self.command(suggestion.call, suggestion.examples)

    def _with_fresh_value(self, call: JournalExchange, reread: JournalExchange, name: str, of: str) -> str:
        read = f"python3 -c 'import json,sys; print(json.load(sys.stdin)[\"{of}\"])'"
        body = {**json.loads(call.body or b"{}"), name: _PLACEHOLDER}
        command = self.command(with_body(call, body)).replace(_PLACEHOLDER, f"'\"${name}\"'")
        return f"{name}=$({self.command(reread)} | {read})\n{command}"

    def alternatives(self) -> list[dict[str, Any]]:
        exchange = self.view.exchange
        matches = closest_match.closest_operations(path_of(exchange.url), exchange.method, exchange.dialect)
        return [
            {
                "api": API_OF[match.facts.document],
                "operation": match.facts.operation_id,
                "method": match.facts.method,
                "path": match.facts.path,
                "curl": self._alternative(match),
            }
            for match in matches
        ]

    def _alternative(self, match: closest_match.ClosestMatch) -> str | None:
        """Return the call to that operation; None if its path values are unknown, or if it has another effect."""
        exchange = self.view.exchange
        if match.values is None or (match.facts.method != exchange.method and match.facts.safety != "read"):
            return None
        return self.command(to_operation(exchange, match.facts, match.values, keep_query=True))
