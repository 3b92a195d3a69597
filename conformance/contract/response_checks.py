"""What every answer must keep, whichever call it answers: masks, the vendor's error form, caps, discretion.

Functions of one exchange and of the documents; a call that is refused as it should be breaks nothing here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pii_sandbox import specs
from pii_sandbox.conformance.contract import echo_checks, operations, schemas
from pii_sandbox.conformance.contract.drift import known_part
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.specs import Dialect, Operation
from pii_sandbox.specs.api_facts import apis

CHECKS = frozenset({"document", "masked", "error_form", "disclosed", "reach", "count"})
_TWO_IN_A_ROW = re.compile(r"[^\W_]{2}")


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """Something that an answer does not keep. `expected` and `seen` hold nothing of what was sent or came back."""

    check: str
    rule: str
    expected: str
    seen: str


def check_failures(
    facts: Operation, exchange: Exchange, dialect: Dialect, secrets: Collection[str] = (), *, lenient: bool = False
) -> list[CheckFailure]:
    """What the answer breaks; only a vendor's can. `secrets`: credentials that may have been sent with the call.

    `lenient`: what an error has beyond its schema is drift.
    """
    if exchange.status is None or exchange.answer_class not in ("vendor", "oversize"):
        return []
    if exchange.oversize is not None or exchange.surplus:
        outside = operations.contract_violation(facts, exchange, dialect)
        expected = "a response that conforms to the document"
        return [] if outside is None else [_check_failure("document", exchange.api, expected, outside)]
    body = json_or_none(exchange.response_body)
    found = [*_check_masked(facts, exchange, body, dialect), *_cap_violations(facts, exchange, body, dialect)]
    if exchange.status >= 400 and exchange.method != "HEAD":
        told = json_or_none(known_part(facts, exchange, dialect)[0]) if lenient else body
        if not (lenient and has_assumed_errors(facts, exchange, dialect)):
            found += _malformed_errors(facts, exchange, told, dialect)
    for where, what in echo_checks.echoed_values(facts, exchange, body, dialect, secrets):
        seen = f"status {exchange.status} with what was sent as {what}"
        found.append(
            _check_failure("disclosed", exchange.api, f"a response that repeats nothing that was sent in {where}", seen)
        )
    return found


def _check_failure(check: str, api: str, expected: str, seen: str, rule: str | None = None) -> CheckFailure:
    return CheckFailure(check, rule or _rule_of(check, api), expected, seen)


def _rule_of(check: str, api: str) -> str:
    """The rule of the catalogue that a check shows; where the API has none, a name of the check's own."""
    known = apis().get(api)
    return (known.invariants.get(check) if known is not None else None) or f"generated:{check}"


def has_mask_form(text: str) -> bool:
    """Whether no letter or digit follows another: what a mask leaves. (VTEX-MASK-2)"""
    unmarked = "".join(character for character in text if unicodedata.category(character)[0] != "M")
    return _TWO_IN_A_ROW.search(unmarked) is None


def _check_masked(facts: Operation, exchange: Exchange, body: Any, dialect: Dialect) -> Iterator[CheckFailure]:
    if facts.disclosure != "masked" or body is None or not _is_success(exchange):
        return
    known = schemas.response_schemas(facts.document, facts.operation_id, dialect).get(str(exchange.status), {})
    document = specs.load(facts.document, dialect)
    for place, text in schemas.marked_texts(document, known.get(operations.media_type(exchange)), body, ("x-masked",)):
        if not has_mask_form(text):
            expected = "personal data masked"
            yield _check_failure("masked", exchange.api, expected, f"an unmasked text at {'.'.join(place)}")
            return


def _is_success(exchange: Exchange) -> bool:
    return exchange.status is not None and 200 <= exchange.status < 300


def has_assumed_errors(facts: Operation, exchange: Exchange, dialect: Dialect) -> bool:
    """Whether no document describes the form of this error: of its status, or of any where that is undocumented."""
    known = schemas.response_schemas(facts.document, facts.operation_id, dialect)
    assumed = schemas.assumed_responses(facts.document, facts.operation_id, dialect)
    status = str(exchange.status)
    return status in assumed or (status not in known and bool(assumed))


def _malformed_errors(facts: Operation, exchange: Exchange, body: Any, dialect: Dialect) -> Iterator[CheckFailure]:
    known = schemas.response_schemas(facts.document, facts.operation_id, dialect)
    status, media = str(exchange.status), operations.media_type(exchange)
    # an error that the operation does not document is held against those that it does
    forms = [status] if status in known else [name for name in known if name[0] in "45"]
    if not any(known[form] for form in forms):
        return
    complaints = []
    for form in forms:
        if media in known[form]:
            complaint: str | None = "a body that is not JSON"
            if body is not None:
                complaint = schemas.schema_error(facts.document, facts.operation_id, dialect, form, media, body)
            if complaint is None:
                return
            complaints.append(complaint)
    forms_known = " or ".join(dict.fromkeys(name for form in forms for name in known[form]))
    what = complaints[0] if complaints else f"sent as {media or 'no media type'}"
    yield _check_failure(
        "error_form", exchange.api, f"the vendor's own error form, {forms_known}", f"status {status}, {what}"
    )


def is_beyond_reach(facts: Operation, url: str, dialect: Dialect) -> bool:
    """Whether a call asks for more than can be reached: a relation of two parameters, which no schema can say."""
    pages = schemas.paging(facts.document, facts.operation_id, dialect)
    if pages is None or pages.reach is None:
        return False
    offset, count = _number(url, "offset"), _number(url, "count")
    return (offset or 0) + (pages.default if count is None else count) > pages.reach


def _number(url: str, name: str) -> int | None:
    try:
        [sent] = parse_qs(urlsplit(url).query).get(name, [])
        return int(sent)
    except ValueError:  # not sent once, or no number
        return None


def _cap_violations(facts: Operation, exchange: Exchange, body: Any, dialect: Dialect) -> Iterator[CheckFailure]:
    pages = schemas.paging(facts.document, facts.operation_id, dialect)
    if pages is None or not _is_success(exchange):
        return
    if is_beyond_reach(facts, exchange.url, dialect):
        yield _check_failure(
            "reach", exchange.api, f"a refusal beyond {pages.reach} entries", f"status {exchange.status}"
        )
    count = _number(exchange.url, "count")
    if count is not None and not pages.minimum <= count <= pages.maximum:
        expected = f"a refusal of a count outside {pages.minimum} to {pages.maximum}"
        yield _check_failure("count", exchange.api, expected, f"status {exchange.status}", pages.rule)
        return
    most = pages.default if count is None else count
    lists = body.values() if isinstance(body, Mapping) else ()
    too_long = [len(value) for value in lists if isinstance(value, list) and len(value) > most]
    if too_long:
        yield _check_failure("count", exchange.api, f"at most {most} entries", f"{max(too_long)} entries", pages.rule)
