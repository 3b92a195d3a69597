"""What a command to repeat holds the last answer against."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.findings import Finding
from conformance.repro.invention import Inventor
from conformance.repro.steps import Step
from redaction import detectors
from redaction.pseudonyms import comparable_value
from redaction.schema_marks import Mark
from redaction.vocabulary import is_vocabulary

LARGEST = 60  # leaves of an answer that is compared as a whole

_STATUSES = re.compile(r"status (\d{3}(?: or \d{3})*)")
# What differs from run to run: instants, long numbers, URLs, ids.
_PASSING = re.compile(r"\d{4}-\d\d-\d\dT|\d{6,}|https?://|[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}|\b[0-9A-Z]{6,}\b")


@dataclass(frozen=True, slots=True)
class Judgement:
    """`statuses`: those that conform, where that is all there is to it.

    Else the finding shows as long as the last answers have the statuses `seen` and, where there is one, a body like
    `body`, in which `...` is what differs from run to run.
    """

    statuses: tuple[int, ...] = ()
    seen: tuple[int | None, ...] = ()
    body: Any = None


def judgement(finding: Finding, steps: Sequence[Step], inventor: Inventor, sent: Collection[str]) -> Judgement:
    """`sent` are the values that the steps send: an answer will hold them again, as invented."""
    found = _STATUSES.fullmatch(finding.expected)
    if found is not None:
        return Judgement(statuses=tuple(int(status) for status in found[1].split(" or ")))
    together = [step.exchange.status for step in steps if step.group == steps[-1].group]
    if len(together) > 1:
        return Judgement(seen=tuple(sorted(together, key=str)))
    try:
        body = json.loads(steps[-1].exchange.response_body)
    except (ValueError, RecursionError):
        body = None
    few = body is not None and _count(body) <= LARGEST
    return Judgement(
        seen=tuple(together), body=_lasting(body, inventor, {comparable_value(text) for text in sent}) if few else None
    )


def _lasting(value: Any, inventor: Inventor, sent: Collection[str]) -> Any:
    """The value as it will be again: personal data invented, `...` for what a server makes anew each time."""
    if isinstance(value, dict):
        return {_lasting_name(name, inventor): _lasting(inner, inventor, sent) for name, inner in value.items()}
    if isinstance(value, list):
        return [_lasting(item, inventor, sent) for item in value]
    if not isinstance(value, str):
        return ... if isinstance(value, int) and abs(value) >= 10**5 else value
    if comparable_value(value) in sent:
        return inventor.of(value, Mark("")) if inventor.knows(value) else value
    if inventor.knows(value):
        return ...
    return ... if _PASSING.search(value) or detectors.is_masked(value) or inventor.mentions(value) else value


def _lasting_name(name: str, inventor: Inventor) -> str:
    return str(inventor.of(name, Mark(""))) if inventor.knows(name) and not is_vocabulary(name) else name


def _count(value: Any) -> int:
    if isinstance(value, dict | list):
        return 1 + sum(map(_count, value.values() if isinstance(value, dict) else value))
    return 1
