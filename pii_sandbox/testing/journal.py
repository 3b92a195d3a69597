"""What the clients of a sandbox asked and were answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack


class Pattern(TypedDict, total=False):
    """Calls to which all of these apply. `path` is how it begins; of `query`, `headers` and `body` what is named."""

    api: str
    operation: str
    method: str
    path: str
    status: int
    rule: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


class Filters(TypedDict, total=False):
    """Which entries to have: the latest 100, unless `limit` says otherwise; with `since` those after that id."""

    api: str
    operation: str
    status: int
    rule: str
    since: int
    limit: int


class Journal:
    """Personal data and credentials show as pseudonyms (`email#7f3a`); patterns compare what was really sent."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def entries(self, **filters: Unpack[Filters]) -> list[dict[str, Any]]:
        """Oldest first."""
        found: list[dict[str, Any]] = self._call("GET", "/journal", **filters)["entries"]
        return found

    def explain(self, entry: int | str = "last") -> dict[str, Any]:
        """Which rule decided, what it saw, where the vendor says so, and a call that would have done better."""
        told: dict[str, Any] = self._call("GET", f"/journal/{entry}/explain")
        return told

    def verify(self, *, count: int | Mapping[str, int] | None = None, **pattern: Unpack[Pattern]) -> None:
        """Raises AssertionError, with the nearest misses, unless at least one call fits the pattern, or `count` do.

        `count` is a number, or {"at_least": 1, "at_most": 3}.
        """
        self._verify({"match": pattern} if count is None else {"match": pattern, "count": count})

    def verify_order(self, *patterns: Pattern) -> None:
        """Raises AssertionError, with the nearest misses, unless such calls came in that order, others between."""
        self._verify({"order": list(patterns)})

    def save_har(self, file: str | Path) -> None:
        """Writes it as an HTTP archive, which browsers' developer tools open."""
        Path(file).write_text(json.dumps(self._call("GET", "/journal.har")), "utf-8")

    def clear(self) -> None:
        self._call("DELETE", "/journal")

    def _verify(self, wanted: Mapping[str, Any]) -> None:
        verdict = self._call("POST", "/journal/verify", wanted)
        if not verdict["ok"]:
            raise AssertionError(_mismatch_text(wanted, verdict))


def _mismatch_text(wanted: Mapping[str, Any], verdict: Mapping[str, Any]) -> str:
    """What was wanted, how many there were, and what came nearest."""
    lines = [f"wanted {json.dumps(wanted, default=str)}; found {verdict['count']}"]
    for miss in verdict["nearest"]:
        differs = (f"{part} {was['was']!r}, wanted {was['wanted']!r}" for part, was in miss["differs"].items())
        lines.append(f"  call {miss['id']}: {'; '.join(differs)}")
    return "\n".join(lines)


def lines(entries: Sequence[Mapping[str, Any]]) -> str:
    """A line for each entry: id, method, path, status and the rule that decided."""
    return "\n".join(map(_line, entries))


def _line(entry: Mapping[str, Any]) -> str:
    place = entry["path"] or entry["url"]
    return f"{entry['id']:>4} {entry['method']} {place} {entry['status']} {entry['rule'] or ''}".rstrip()
