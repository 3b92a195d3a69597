"""Plays the calls of a generated finding again and decides whether it shows again.

A finding of scenarios is played again from the start; one of generated calls is a sequence of calls, which is sent
again with the ids that the server gives this time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.contract.expectations import violation
from pii_sandbox.conformance.contract.response_checks import CHECKS, check_failures
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import DECISIVE_PLAYS, MOST_PLAYS, Exchange, Finding, Standing
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.specs import Dialect

SHORTEST_ID = 16  # of what a server makes up
_OF_THE_DOCUMENT = frozenset({"content_type_conformance", "response_schema_conformance"})

Send = Callable[[Exchange], Exchange]


def confirmed(finding: Finding, plays_again: Callable[[], bool | None]) -> Finding:
    """The finding with its standing: shown twice it breaks, once out of three times it is unstable.

    `plays_again` plays it once more: whether it showed, None where the network or the host spoilt that. What the
    limits do not let be played again (CannotCheck) is told as it was seen.
    """
    broken = played = 1
    standing: Standing = "unstable"
    for _ in range(MOST_PLAYS - 1):
        try:
            shows = plays_again()
        except CannotCheck:
            standing = "breaks"
            break
        if shows is None:
            continue
        played, broken = played + 1, broken + shows
        if broken == 2 or played == DECISIVE_PLAYS:
            break
    return replace(finding, standing="breaks" if broken == 2 else standing, broken=broken, played=played)


def replay(
    finding: Finding, send: Send, dialect: Dialect, secrets: Collection[str] = (), *, lenient: bool = False
) -> bool | None:
    """Sends the calls of a finding again; whether the last one shows it again, None where an answer was lost.

    Raises CannotCheck where the limits do not allow it.
    """
    ids: dict[str, str] = {}
    last = finding.exchanges[-1]
    for call in finding.exchanges:
        last = send(_with_ids(call, ids))
        if last.answer_class not in ("vendor", "oversize"):
            return None
        ids |= dict(_pairs(json_or_none(call.response_body), json_or_none(last.response_body)))
    return shows_again(finding, last, dialect, secrets, lenient=lenient)


def shows_again(
    finding: Finding, last: Exchange, dialect: Dialect, secrets: Collection[str] = (), *, lenient: bool = False
) -> bool:
    """Whether the answer to the last call is wrong in the way of the finding. `lenient`: drift is not wrong."""
    before = finding.exchanges[-1]
    if finding.name == "not_a_server_error":
        return last.status is not None and last.status >= 500
    if last.status != before.status or last.operation_id is None:
        return last.status == before.status
    facts = operations.operation(last.api, last.operation_id, dialect)
    if finding.name in _OF_THE_DOCUMENT:
        return violation(last, facts, dialect, lenient=lenient) is not None
    if finding.name == "response_headers_conformance":
        return _names(last.response_headers) <= _names(before.response_headers)  # none has come that was missing
    if finding.name in CHECKS:
        failures = check_failures(facts, last, dialect, secrets, lenient=lenient)
        return any(failure.check == finding.name for failure in failures)
    return True  # a check of Schemathesis that looks at the status alone


def _with_ids(call: Exchange, ids: Mapping[str, str]) -> Exchange:
    """The call with the ids of this play in place of those of the play before."""
    url, body = call.url, call.request_body
    for old, new in ids.items():
        url = url.replace(quote(old, safe=""), quote(new, safe=""))
        body = body.replace(old.encode("utf-8", "surrogatepass"), new.encode("utf-8", "surrogatepass"))
    return replace(call, url=url, request_body=body)


def _pairs(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Texts that stand at the same place of two answers and differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old.keys() & new.keys():
            yield from _pairs(old[name], new[name])
    elif isinstance(old, list) and isinstance(new, list):
        for one, other in zip(old, new, strict=False):
            yield from _pairs(one, other)
    elif isinstance(old, str) and isinstance(new, str) and len(old) >= SHORTEST_ID and old != new:
        yield old, new


def _names(headers: Mapping[str, str]) -> set[str]:
    return {name.lower() for name in headers}
