"""Closest matches: the operations that a request to an unknown path may have been meant for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import unquote

from pii_sandbox.redaction import operation_schemas
from pii_sandbox.specs import Dialect, Operation

MOST = 3
MISSPELLING = 0.6  # minimum similarity of a segment that counts as misspelled
_VALUE, _WORD_FOR_VALUE = 0.7, 0.2
_SAME_METHOD, _READ = 0.05, 0.01


@dataclass(frozen=True, slots=True)
class ClosestMatch:
    """An operation, and the request's values of its path parameters; None if they cannot be determined."""

    facts: Operation
    score: float
    values: tuple[str, ...] | None


def closest_operations(path: str, method: str, dialect: Dialect) -> list[ClosestMatch]:
    """Return the three closest paths, closest first, each with its operation of that method, or else of its read."""
    segments = path.strip("/").split("/")
    nearest: dict[str, ClosestMatch] = {}
    for facts in operation_schemas.all_operations(dialect):
        match = _match(segments, facts, "GET" if method == "HEAD" else method)
        best = nearest.get(facts.path)
        if best is None or match.score > best.score:
            nearest[facts.path] = match
    return sorted(nearest.values(), key=lambda match: -match.score)[:MOST]


def _match(segments: Sequence[str], facts: Operation, method: str) -> ClosestMatch:
    template = facts.path.strip("/").split("/")
    surplus = len(template) - len(segments)
    # aligned at the start and at the end: segments may be missing at either
    starts = _similarities(segments, template)
    ends = _similarities(segments[max(0, -surplus) :], template[max(0, surplus) :])
    longest = max(len(segments), len(template))
    score = max(sum(starts), sum(ends)) / longest
    score += _SAME_METHOD if facts.method == method else _READ if facts.safety == "read" else 0
    missing = template[: max(0, surplus)]
    has_values = (
        surplus >= 0
        and not any(part.startswith("{") for part in missing)
        and all(similarity >= MISSPELLING for similarity in ends)
    )
    return ClosestMatch(facts, score, _values(segments, template[surplus:]) if has_values else None)


def _similarities(segments: Sequence[str], template: Sequence[str]) -> list[float]:
    return [_similarity(segment, part) for segment, part in zip(segments, template, strict=False)]


def _similarity(segment: str, part: str) -> float:
    if part.startswith("{"):
        return _WORD_FOR_VALUE if segment in operation_schemas.fixed_segments() or not segment else _VALUE
    return SequenceMatcher(None, segment.casefold(), part.casefold()).ratio()


def _values(segments: Sequence[str], template: Sequence[str]) -> tuple[str, ...]:
    pairs = zip(segments, template, strict=True)
    return tuple(unquote(segment) for segment, part in pairs if part.startswith("{"))
