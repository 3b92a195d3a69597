"""What a command to repeat holds the last answer against."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pii_sandbox.conformance.repro.placeholder_values import PlaceholderFactory
from pii_sandbox.conformance.repro.steps import Step
from pii_sandbox.conformance.values.findings import Finding
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.redaction import detectors
from pii_sandbox.redaction.pseudonyms import comparable_value
from pii_sandbox.redaction.schema_marks import SchemaMark
from pii_sandbox.redaction.vocabulary import is_vocabulary

LARGEST = 60  # leaves of an answer that is compared as a whole

_STATUSES = re.compile(r"status (\d{3}(?: or \d{3})*)")
# What differs from run to run: instants, long numbers, URLs, ids.
_PASSING = re.compile(r"\d{4}-\d\d-\d\dT|\d{6,}|https?://|[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}|\b[0-9A-Z]{6,}\b")


@dataclass(frozen=True, slots=True)
class Assertion:
    """`statuses`: those that conform, where that is all there is to it.

    Else the finding shows as long as the last answers have the statuses `seen` and, where there is one, a body like
    `body`, in which `...` is what differs from run to run.
    """

    statuses: tuple[int, ...] = ()
    seen: tuple[int | None, ...] = ()
    body: Any = None


def assertion_for(
    finding: Finding, steps: Sequence[Step], placeholders: PlaceholderFactory, sent_values: Collection[str]
) -> Assertion:
    """`sent_values` are the values that the steps send: an answer will hold them again, as invented."""
    found = _STATUSES.fullmatch(finding.expected)
    if found is not None:
        return Assertion(statuses=tuple(int(status) for status in found[1].split(" or ")))
    together = [step.exchange.status for step in steps if step.group == steps[-1].group]
    if len(together) > 1:
        return Assertion(seen=tuple(sorted(together, key=str)))
    body = json_or_none(steps[-1].exchange.response_body)
    few = body is not None and _count(body) <= LARGEST
    return Assertion(
        seen=tuple(together),
        body=_repeatable(body, placeholders, {comparable_value(text) for text in sent_values}) if few else None,
    )


def _repeatable(value: Any, placeholders: PlaceholderFactory, sent_values: Collection[str]) -> Any:
    """The value as it will be again: personal data invented, `...` for what a server makes anew each time."""
    if isinstance(value, dict):
        return {
            _repeatable_name(name, placeholders): _repeatable(inner, placeholders, sent_values)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_repeatable(item, placeholders, sent_values) for item in value]
    if not isinstance(value, str):
        return ... if isinstance(value, int) and abs(value) >= 10**5 else value
    if comparable_value(value) in sent_values:
        return placeholders.of(value, SchemaMark("")) if placeholders.knows(value) else value
    if placeholders.knows(value):
        return ...
    return ... if _PASSING.search(value) or detectors.is_masked(value) or placeholders.mentions(value) else value


def _repeatable_name(name: str, placeholders: PlaceholderFactory) -> str:
    return str(placeholders.of(name, SchemaMark(""))) if placeholders.knows(name) and not is_vocabulary(name) else name


def _count(value: Any) -> int:
    if isinstance(value, dict | list):
        return 1 + sum(map(_count, value.values() if isinstance(value, dict) else value))
    return 1
