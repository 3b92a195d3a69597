"""Holds an answer against what a scenario asks for and against the document. What a vendor adds is drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.contract.drift import drift, has_assumed_form, is_new_status, known_part
from pii_sandbox.conformance.values.errors import RuleViolation
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.observations import Drift
from pii_sandbox.specs import Dialect, Operation


def refuse_status(
    exchange: Exchange, expected: Sequence[int] | None, facts: Operation, dialect: Dialect, *, lenient: bool
) -> None:
    """Raises RuleViolation for a status that was not asked for; `lenient`: unless it is drift."""
    if (
        expected is None
        or exchange.status in expected
        or (lenient and is_new_status(facts, exchange, dialect, expected))
    ):
        return
    raise RuleViolation(f"status {' or '.join(map(str, expected))}", f"status {exchange.status}")


def refuse_undocumented(exchange: Exchange, facts: Operation, dialect: Dialect, *, lenient: bool) -> list[Drift]:
    """Raises RuleViolation for an answer outside the document; `lenient`: gives what is drift instead."""
    outside = violation(exchange, facts, dialect, lenient=lenient)
    if outside is not None:
        raise RuleViolation("a response that conforms to the document", outside)
    return drift(facts, exchange, dialect) if lenient and exchange.method != "HEAD" else []


def violation(exchange: Exchange, facts: Operation, dialect: Dialect, *, lenient: bool) -> str | None:
    """What of the answer leaves the document, None where nothing does; `lenient`: beside what is drift."""
    if not lenient:
        return operations.contract_violation(facts, exchange, dialect)
    if exchange.method != "HEAD" and (
        is_new_status(facts, exchange, dialect) or has_assumed_form(facts, exchange, dialect)
    ):
        return None
    outside = _violation_of_known_part(exchange, facts, dialect)
    return None if outside is None or _fits_other_dialect(exchange, facts, dialect) else outside


def _fits_other_dialect(exchange: Exchange, facts: Operation, dialect: Dialect) -> bool:
    """Whether the answer is as a document of the vendor has it: where documents disagree, none is known to be right.

    What the document of `dialect` knows counts: a property that is wrong by it is not left out as unknown to the other.
    """
    of_this = replace(exchange, response_body=known_part(facts, exchange, dialect)[0])
    for other in specs.DIALECTS:
        known = specs.operations(facts.document, other).get(facts.operation_id)
        if known is None or known_part(known, of_this, other)[1]:
            continue
        if _violation_of_known_part(exchange, known, other) is None:
            return True
    return False


def _violation_of_known_part(exchange: Exchange, facts: Operation, dialect: Dialect) -> str | None:
    """What of the answer leaves the document, but for properties that the document does not know."""
    known = replace(exchange, response_body=known_part(facts, exchange, dialect)[0])
    return operations.contract_violation(facts, known, dialect)
