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
from pii_sandbox.conformance.http.classification import cause_of
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.certainty import DECISIVE_PLAYS, MOST_PLAYS, SPOILT, standing_of
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange, Finding
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.specs import Dialect

SHORTEST_ID = 16  # of what a server makes up
_OF_THE_DOCUMENT = frozenset({"content_type_conformance", "response_schema_conformance"})

Send = Callable[[Exchange], Exchange]


def confirm_finding(finding: Finding, plays_again: Callable[[], bool]) -> tuple[Finding, Cause | None]:
    """The finding with its standing: shown twice it breaks, once out of three times it is unstable.

    `plays_again` plays it once more: whether it showed; CannotCheck where something kept it from an end. The cause is
    what made conditions unsound, None where the finding may be told.
    """
    broken, held = 1, 0
    obstacle: Cause | None = None
    for _ in range(MOST_PLAYS - 1):
        try:
            shows, obstacle = plays_again(), None
        except CannotCheck as reason:
            obstacle = reason.cause
            if obstacle.kind in SPOILT:
                continue
            break
        broken, held = broken + shows, held + (not shows)
        if broken == 2 or broken + held == DECISIVE_PLAYS:
            break
    standing = standing_of(broken, held, obstacle)
    if standing is None:
        return finding, obstacle
    return replace(finding, standing=standing, broken=broken, played=broken + held), None


def replay(finding: Finding, send: Send, dialect: Dialect, secrets: Collection[str], *, lenient: bool) -> bool:
    """Sends the calls of a finding again; whether the last one shows it again.

    Raises CannotCheck where a limit does not allow it, or an answer is none that can be judged.
    """
    ids: dict[str, str] = {}
    for call in finding.exchanges:
        last = send(_with_ids(call, ids))
        cause = cause_of(last, f"the call of {last.operation_id}")
        if cause is not None and cause.kind != "oversize":
            raise CannotCheck.of(cause)
        ids |= dict(_pairs(json_or_none(call.response_body), json_or_none(last.response_body)))
    return shows_again(finding, last, dialect, secrets, lenient=lenient)


def shows_again(finding: Finding, last: Exchange, dialect: Dialect, secrets: Collection[str], *, lenient: bool) -> bool:
    """Whether the answer to the last call is wrong in the way of the finding. `lenient`: drift is not wrong."""
    before = finding.exchanges[-1]
    if finding.name == "not_a_server_error":
        return last.status is not None and last.status >= 500
    if last.status != before.status:
        return False
    facts = operations.operation(last.api, str(last.operation_id), dialect)
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
