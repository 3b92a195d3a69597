"""What a scenario may change at an endpoint that others use: what it made itself, and what nobody has."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.people import DOMAIN, MARK
from conformance.scenario import NotCheckable
from specs import Operation

# ids that a server gives: nobody can hit upon one that exists
_ID = re.compile(
    r"(?:NS-[A-Z]{2}-)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|NS-[A-Z]{2}-[0-9A-Z]{26}-[0-9A-Z]{26}"
)

_MARK = re.compile(r"[a-z0-9._+-]+")


class Belongings:
    """Ids and key values of what was made, by the number of its entry in the ledger. Safe to share between threads."""

    def __init__(self, run_id: str, not_ours: Mapping[str, str]) -> None:
        self._run_id = run_id
        self._ours: dict[str, int] = {}
        self._theirs = {value.casefold() for value in not_ours.values()}
        self._lock = threading.Lock()

    def add(self, number: int, sent: bytes, answered: bytes) -> None:
        """An object was made, or changed: the values of its top level, and the ids in the answer, are ours."""
        with self._lock:
            for value in (*_top_level(sent), *_ids(answered)):
                self._ours.setdefault(value.casefold(), number)

    def saw(self, answered: bytes) -> None:
        """Ids in an answer are somebody's."""
        with self._lock:
            self._theirs |= {value.casefold() for value in _ids(answered)} - self._ours.keys()

    def owner(self, value: str) -> int | None:
        """The entry that the value belongs to, None where it is not ours."""
        return self._ours.get(value.casefold())

    def refuse_foreign(self, facts: Operation, path: Mapping[str, str], body: bytes) -> None:
        """Raises NotCheckable for a call that could change what is not ours."""
        if facts.safety == "read":
            return
        if facts.safety == "irreversible":
            self._refuse_foreign_people(facts, body)
        elif facts.safety == "create" and not path:
            self._refuse_unmarked(facts, body)
        elif not path:
            raise NotCheckable(f"{facts.operation_id} would change what all of the endpoint's users share")
        for value in path.values():
            if not self._may_be_changed(value):
                raise NotCheckable(f"{facts.operation_id} would change something that this run did not make")

    def _may_be_changed(self, value: str) -> bool:
        if self.owner(value) is not None:
            return True
        nobodys = self._run_id in value or _ID.fullmatch(value) is not None
        return nobodys and value.casefold() not in self._theirs

    def _refuse_foreign_people(self, facts: Operation, body: bytes) -> None:
        for text in texts(_parsed(body)):
            if "@" in text and marked_email(text, self._run_id) is None:
                raise NotCheckable(f"{facts.operation_id} would erase somebody whom this run did not invent")

    def _refuse_unmarked(self, facts: Operation, body: bytes) -> None:
        mark = self._run_id.casefold()
        unmarked = any("@" in text and mark not in text.casefold() for text in texts(_parsed(body)))
        if unmarked:
            raise NotCheckable(f"{facts.operation_id} would create somebody without the mark of this run")


def marked_email(text: str, run_id: str) -> str | None:
    """What tells an invented email of this run from the others: the part of it after the run's id; None for another."""
    start, end = f"{MARK}.{run_id}.".casefold(), f"@{DOMAIN}".casefold()
    folded = text.strip().casefold()
    if not folded.startswith(start) or not folded.endswith(end):
        return None
    mark = folded[len(start) : -len(end)]
    return mark if _MARK.fullmatch(mark) else None


def email_of(mark: str, run_id: str) -> str:
    """The email that `marked_email` told apart."""
    return f"{MARK}.{run_id}.{mark}@{DOMAIN}"


def first_mark(body: bytes, run_id: str) -> str | None:
    """The mark of the first invented email in a JSON body."""
    marks = (marked_email(text, run_id) for text in texts(_parsed(body)))
    return next((mark for mark in marks if mark is not None), None)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _top_level(body: bytes) -> Iterator[str]:
    parsed = _parsed(body)
    if isinstance(parsed, dict):
        yield from (value for value in parsed.values() if isinstance(value, str) and len(value) > 3)


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, at any depth; names are none."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)


def _ids(body: bytes) -> list[str]:
    return _ID.findall(body.decode("utf-8", "replace"))
