"""Lints for unmasked reads: unnecessary ones, bulk disclosure, meaningless reasons."""

from __future__ import annotations

import functools
import json
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.mockserver.journal.exchange_parts import ExchangeParts
from pii_sandbox.mockserver.journal.lint.finding import LintFinding
from pii_sandbox.mockserver.journal.lint.retry_lint import operation_of
from pii_sandbox.redaction.operation_schemas import operation_schemas
from pii_sandbox.redaction.schema_marks import Schema
from pii_sandbox.specs import Dialect

TOGETHER = timedelta(minutes=1)
BULK = 10  # documents unmasked within a minute
SHORTEST_REASON = 4  # letters or digits
_STOCK_WORDS = """
    aaaa abcd abcde asdf asdfg asdfgh because bla blah blabla debug debugging default dummy example fixme foobar hello
    lorem loremipsum mock motivo none nothing noreason null placeholder prueba qwer qwerty random reason reasons sample
    some somereason something string teste testing test tests text thereason todo undefined unknown unmask unmasked
    unmasking whatever
"""
BOILERPLATE = frozenset(_STOCK_WORDS.split())


def needless_unmasking(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find unmasked reads of a record that was read masked within the last minute, with no write in between."""
    masked: dict[object, JournalExchange] = {}
    for exchange in exchanges:
        facts = operation_of(exchange)
        if facts is None or exchange.status >= 400:
            continue
        if facts.safety != "read":
            masked = {key: known for key, known in masked.items() if known.api != exchange.api}
        elif facts.disclosure == "masked":
            masked[facts.operation_id, *_subject(exchange)] = exchange
        elif facts.disclosure == "unmasked":
            twin = _masked_twin(facts.document, facts.operation_id, exchange.dialect)
            before = masked.get((twin, *_subject(exchange)))
            if before is not None and timedelta() <= exchange.at - before.at <= TOGETHER:
                yield LintFinding(
                    "unmasked-after-masked",
                    (twin, *_subject(exchange)),
                    f"{facts.operation_id} disclosed what {twin} had returned masked within the same minute",
                    "use the masked read unless the hidden data is needed; every unmasked read is audited",
                    (before.number, exchange.number),
                    facts.operation_id,
                    before.rule or exchange.rule,
                )


def bulk_unmasking(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find operations that disclose many documents within a minute."""
    recent: dict[str, deque[tuple[JournalExchange, int]]] = {}
    for exchange in exchanges:
        facts = operation_of(exchange)
        if facts is None or facts.disclosure != "unmasked" or exchange.status >= 400:
            continue
        window = recent.setdefault(facts.operation_id, deque())
        window.append((exchange, len(_documents(exchange))))
        while abs(exchange.at - window[0][0].at) > TOGETHER:
            window.popleft()
        if sum(count for _, count in window) >= BULK:
            yield LintFinding(
                "unmasked-in-bulk",
                facts.operation_id,
                f"{facts.operation_id} disclosed {BULK} documents or more within a minute",
                "read masked, and unmask only the document that is needed",
                tuple(known.number for known, _ in window),
                facts.operation_id,
                exchange.rule,
            )


def boilerplate_reasons(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find reasons that are meaningless to an auditor."""
    for exchange in exchanges:
        facts = operation_of(exchange)
        if facts is None or facts.disclosure != "unmasked" or exchange.status >= 400:
            continue
        reasons = _reasons(facts.document, facts.operation_id, exchange.dialect)
        for _, name, value in ExchangeParts(exchange).query:
            if name in reasons and is_boilerplate(value):
                yield LintFinding(
                    "boilerplate-reason",
                    (facts.operation_id, name, value.casefold()),
                    f"{facts.operation_id} was given a meaningless {name}",
                    "state what the data is needed for, such as a case number",
                    (exchange.number,),
                    facts.operation_id,
                    reasons[name],
                )


def is_boilerplate(reason: str) -> bool:
    """Return whether the reason is a stock word, too short, or one repeated letter. Never returns personal data."""
    bare = "".join(filter(str.isalnum, reason.casefold()))
    short = len(bare) < SHORTEST_REASON and bare.isascii()  # a letter of other scripts carries more meaning
    return short or len(set(bare)) == 1 or bare.rstrip("0123456789") in BOILERPLATE


@functools.cache
def _masked_twin(document: str, operation_id: str, dialect: Dialect) -> str | None:
    """Return the masked read whose path is the unmasked one's without its last segment."""
    operations = specs.operations(document, dialect)
    path = operations[operation_id].path.rpartition("/")[0]
    twins = (facts.operation_id for facts in operations.values() if facts.path == path and facts.disclosure == "masked")
    return next(twins, None)


@functools.cache
def _reasons(document: str, operation_id: str, dialect: Dialect) -> dict[str, str]:
    """Return the free-text parameters that a rule requires of the operation, with the rule."""
    query = operation_schemas(document, operation_id, dialect).of("query")
    return {name: parameter["x-rule"] for name, parameter in query.items() if _is_free_text(parameter)}


def _is_free_text(parameter: Schema) -> bool:
    schema = parameter.get("schema", {})
    return "x-rule" in parameter and schema.get("type") == "string" and "enum" not in schema


def _subject(exchange: JournalExchange) -> tuple[object, ...]:
    """Return the id of the record that was read, from the response, since the path can hold a key instead."""
    documents = _documents(exchange)
    ids = [str(document["id"]) for document in documents if isinstance(document, dict) and "id" in document]
    return (ids[0], *exchange.path_values[1:]) if len(ids) == 1 else tuple(exchange.path_values)


def _documents(exchange: JournalExchange) -> list[Any]:
    try:
        response_body = json.loads(exchange.response_body or b"[]")
    except ValueError:
        return []
    return response_body if isinstance(response_body, list) else [response_body]
