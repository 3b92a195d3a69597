"""The operations that a path or a method may have been meant for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import unquote

from pii_sandbox.redaction import operation_schemas
from pii_sandbox.specs import Dialect, Operation

MOST = 3
SLIP = 0.6  # how alike a segment must be to be taken for a slip of the pen
_VALUE, _WORD_FOR_VALUE = 0.7, 0.2
_SAME_METHOD, _READ = 0.05, 0.01


@dataclass(frozen=True, slots=True)
class ClosestMatch:
    """An operation, and the values for its path that the request had; None where they cannot be told."""

    facts: Operation
    score: float
    values: tuple[str, ...] | None


def closest_matches(path: str, method: str, dialect: Dialect) -> list[ClosestMatch]:
    """The three nearest, the nearest first, one a path: of its operations that of the same method, or else the read."""
    segments = path.strip("/").split("/")
    nearest: dict[str, ClosestMatch] = {}
    for facts in operation_schemas.all_operations(dialect):
        one = _match(segments, facts, "GET" if method == "HEAD" else method)
        known = nearest.get(facts.path)
        if known is None or one.score > known.score:
            nearest[facts.path] = one
    return sorted(nearest.values(), key=lambda one: -one.score)[:MOST]


def _match(segments: Sequence[str], facts: Operation, method: str) -> ClosestMatch:
    template = facts.path.strip("/").split("/")
    surplus = len(template) - len(segments)
    # beginnings side by side, and ends: what is left out stands at the one or at the other
    starts = _similarities(segments, template)
    ends = _similarities(segments[max(0, -surplus) :], template[max(0, surplus) :])
    longest = max(len(segments), len(template))
    score = max(sum(starts), sum(ends)) / longest
    score += _SAME_METHOD if facts.method == method else _READ if facts.safety == "read" else 0
    begun = template[: max(0, surplus)]
    told = surplus >= 0 and not any(part.startswith("{") for part in begun) and all(one >= SLIP for one in ends)
    return ClosestMatch(facts, score, _values(segments, template[surplus:]) if told else None)


def _similarities(segments: Sequence[str], template: Sequence[str]) -> list[float]:
    return [_similarity(segment, part) for segment, part in zip(segments, template, strict=False)]


def _similarity(segment: str, part: str) -> float:
    if part.startswith("{"):
        return _WORD_FOR_VALUE if segment in operation_schemas.fixed_segments() or not segment else _VALUE
    return SequenceMatcher(None, segment.casefold(), part.casefold()).ratio()


def _values(segments: Sequence[str], template: Sequence[str]) -> tuple[str, ...]:
    pairs = zip(segments, template, strict=True)
    return tuple(unquote(segment) for segment, part in pairs if part.startswith("{"))
