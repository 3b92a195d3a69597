"""Lints for writes that store masks or pseudonyms in place of the personal data that they hide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.mockserver.journal.exchange_parts import BodyPart, ExchangeParts
from pii_sandbox.mockserver.journal.lint.finding import LintFinding
from pii_sandbox.mockserver.journal.lint.retry_lint import operation_of
from pii_sandbox.mockserver.rules import masking
from pii_sandbox.redaction.pseudonyms import TOKEN, is_pseudonym
from pii_sandbox.redaction.schema_marks import SchemaMark, SchemaNode, SchemaWalker

HOW_CALLS_ARE_SHOWN = "pii-sandbox, Inspect traffic"
_WRITES = frozenset({"create", "update"})
_HIDDEN = re.compile(r"[^\W_]\*")


def masks_written_back(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find writes of masks that an earlier masked read of the same API returned, with that read. (VTEX-MASK-1)

    A client that reads a record masked, changes one property and writes all of it back loses the personal data.
    """
    returned: dict[tuple[str | None, str], JournalExchange] = {}  # the latest masked read, by API and mask
    for exchange in exchanges:
        facts = operation_of(exchange)
        if facts is None or exchange.status >= 400:
            continue
        parts = ExchangeParts(exchange)
        if facts.disclosure == "masked":
            returned |= {(exchange.api, text): exchange for text, _ in _texts(parts.response, _may_be_masked)}
        elif facts.safety in _WRITES and returned:
            written = [pair for pair in _texts(parts.request, _is_anything) if (exchange.api, pair[0]) in returned]
            if written:
                reads = sorted({returned[exchange.api, text].number for text, _ in written})
                read = returned[exchange.api, written[0][0]]
                fields = _join_names(label for _, label in written)
                yield LintFinding(
                    "masks-written-back",
                    (facts.operation_id, fields),
                    f"{facts.operation_id} stored masks that {read.operation_id} had returned, in {fields}",
                    "send only the properties that change, or read the record unmasked first: what was stored is lost",
                    (*reads, exchange.number),
                    facts.operation_id,
                    read.rule,
                )


def pseudonyms_written(exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find writes of pseudonyms, such as `name#7f3a`, which stand for a value in journals and reports alone."""
    for exchange in exchanges:
        facts = operation_of(exchange)
        if facts is None or exchange.status >= 400 or facts.safety not in _WRITES or b"#" not in (exchange.body or b""):
            continue
        texts = _texts(ExchangeParts(exchange).request, _is_anything, holds_pseudonym)
        fields = _join_names(label for _, label in texts)
        if fields:
            yield LintFinding(
                "pseudonyms-written",
                (facts.operation_id, fields),
                f"{facts.operation_id} stored pseudonyms of a journal or a report in {fields}",
                "send the value itself; `?reveal=REASON` shows it in the journal",
                (exchange.number,),
                facts.operation_id,
                source=HOW_CALLS_ARE_SHOWN,
            )


def is_mask(text: str) -> bool:
    """Return whether the text is what masking leaves of another one. (VTEX-MASK-2)"""
    return _HIDDEN.search(text) is not None and masking.mask(text) == text


def holds_pseudonym(text: str) -> bool:
    return any(map(is_pseudonym, TOKEN.findall(text)))


def _may_be_masked(mark: SchemaMark | None, node: SchemaNode) -> bool:
    """Whether a masked read masks the value: by its schema, or because it is a custom field, of which none is known."""
    return (mark is not None and mark.masked) or not node.is_described


def _is_anything(mark: SchemaMark | None, node: SchemaNode) -> bool:
    return True


def _texts(
    body: BodyPart, fits: Callable[[SchemaMark | None, SchemaNode], bool], matches: Callable[[str], bool] = is_mask
) -> list[tuple[str, str]]:
    """Return the matching texts of a JSON body, each with a label of its property; clients choose other names."""
    found: list[tuple[str, str]] = []

    def visit(value: object, name: str, mark: SchemaMark | None, node: SchemaNode) -> None:
        if isinstance(value, str) and fits(mark, node) and matches(value):
            found.append((value, name if node.is_described else "a custom field"))

    if body.content.kind == "json":
        SchemaWalker(visit).value(body.content.value, body.node)
    return found


def _join_names(labels: Iterator[str]) -> str:
    return ", ".join(sorted(set(labels)))
