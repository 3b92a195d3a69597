"""Client for the journal of a sandbox: entries, explanations, verification of calls, HAR export."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack


class Pattern(TypedDict, total=False):
    """Conditions on a call, all of which must hold. `path`: a prefix; `query`, `headers`, `body`: the given parts."""

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
    """Filters of entries: the latest 100, unless `limit` differs; with `since` those after that id."""

    api: str
    operation: str
    status: int
    rule: str
    since: int
    limit: int


class JournalClient:
    """The journal of one sandbox. Personal data is shown as pseudonyms (`email#7f3a`); patterns match the original."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def entries(self, **filters: Unpack[Filters]) -> list[dict[str, Any]]:
        """Return entries, oldest first."""
        entries: list[dict[str, Any]] = self._call("GET", "/journal", **filters)["entries"]
        return entries

    def explain(self, entry: int | str = "last") -> dict[str, Any]:
        """Explain an entry: the rule that decided it, its source, the values it used, and a corrected call."""
        explanation: dict[str, Any] = self._call("GET", f"/journal/{entry}/explain")
        return explanation

    def verify(self, *, count: int | Mapping[str, int] | None = None, **pattern: Unpack[Pattern]) -> None:
        """Raise AssertionError, with the closest calls, unless at least one call matches the pattern, or `count` do.

        `count`: a number, or {"at_least": 1, "at_most": 3}.
        """
        self._verify({"match": pattern} if count is None else {"match": pattern, "count": count})

    def verify_order(self, *patterns: Pattern) -> None:
        """Raise AssertionError, with the closest calls, unless matching calls were made in that order."""
        self._verify({"order": list(patterns)})

    def save_har(self, file: str | Path) -> None:
        """Write the journal as an HTTP archive (HAR), which browsers' developer tools can open."""
        Path(file).write_text(json.dumps(self._call("GET", "/journal.har")), "utf-8")

    def clear(self) -> None:
        """Delete all entries."""
        self._call("DELETE", "/journal")

    def _verify(self, expected: Mapping[str, Any]) -> None:
        result = self._call("POST", "/journal/verify", expected)
        if not result["ok"]:
            raise AssertionError(_mismatch_text(expected, result))


def _mismatch_text(expected: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """Return a message with the expected calls, the number of matches, and the closest calls."""
    lines = [f"expected {json.dumps(expected, default=str)}; found {result['count']}"]
    for miss in result["nearest"]:
        differs = (f"{part} was {was['was']!r}, expected {was['wanted']!r}" for part, was in miss["differs"].items())
        lines.append(f"  call {miss['id']}: {'; '.join(differs)}")
    return "\n".join(lines)


def entry_lines(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return a line for each entry: id, method, path, status and the rule that decided it."""
    return "\n".join(map(_line, entries))


def _line(entry: Mapping[str, Any]) -> str:
    path = entry["path"] or entry["url"]
    return f"{entry['id']:>4} {entry['method']} {path} {entry['status']} {entry['rule'] or ''}".rstrip()
