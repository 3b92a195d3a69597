"""What a scenario may change at an endpoint that others use: what it made itself, and what nobody has."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from pii_sandbox.conformance.test_customers import DOMAIN, MARK
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.json_content import json_or_none, texts
from pii_sandbox.specs import Operation

# ids that a server gives: nobody can hit upon one that exists
_ID = re.compile(
    r"(?:NS-[A-Z]{2}-)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|NS-[A-Z]{2}-[0-9A-Z]{26}-[0-9A-Z]{26}"
)

_MARK = re.compile(r"[a-z0-9._+-]+")


class Ownership:
    """Ids and key values of what was made, by the number of its entry in the ledger. Safe to share between threads."""

    def __init__(self, run_id: str, foreign_values: Mapping[str, str]) -> None:
        self._run_id = run_id
        self._created: dict[str, int] = {}
        self._seen = {value.casefold() for value in foreign_values.values()}
        self._lock = threading.Lock()

    def add(self, number: int, values: Iterable[str]) -> None:
        """An object was made, or changed: these, its id and the values of its keys, are ours."""
        with self._lock:
            for value in values:
                self._created.setdefault(value.casefold(), number)

    def is_theirs(self, values: Iterable[str]) -> bool:
        """Whether one of the ids was somebody else's before."""
        with self._lock:
            return any(value.casefold() in self._seen for value in values)

    def note_seen(self, response_body: bytes) -> None:
        """Ids in an answer are somebody's."""
        with self._lock:
            self._seen |= {value.casefold() for value in _ids(response_body)} - self._created.keys()

    def owner(self, value: str) -> int | None:
        """The entry that the value belongs to, None where it is not ours."""
        return self._created.get(value.casefold())

    def refuse_unowned(
        self, facts: Operation, path: Mapping[str, str], body: bytes, expected: Collection[int] = ()
    ) -> None:
        """Raises CannotCheck for a call that could change what is not ours, as far as the call itself tells.

        `expected` statuses without a success let through what has no mark, for it is to be refused.
        """
        if facts.safety == "read":
            return
        if facts.safety == "irreversible":
            self._refuse_foreign_people(facts, body)
        elif facts.safety == "create" and not path:
            self._refuse_unmarked(facts, body)
            refused = bool(expected) and all(status >= 400 for status in expected)
            if not refused and not self._is_marked(body):
                raise CannotCheck(
                    f"{facts.operation_id} was not sent: it would create an object without this run's marker"
                )
        elif facts.safety == "update" and path:
            self._refuse_unmarked(facts, body)
        elif not path:
            raise CannotCheck(
                f"{facts.operation_id} was not sent: it would change what all users of the endpoint share"
            )
        for value in path.values():
            if not self._may_be_changed(value):
                raise CannotCheck(
                    f"{facts.operation_id} was not sent: it would change an object that this run did not create"
                )

    def _may_be_changed(self, value: str) -> bool:
        if self.owner(value) is not None:
            return True
        nobodys = self._run_id in value or _ID.fullmatch(value) is not None
        return nobodys and value.casefold() not in self._seen

    def _refuse_foreign_people(self, facts: Operation, body: bytes) -> None:
        for text in texts(json_or_none(body)):
            if "@" in text and marked_email(text, self._run_id) is None:
                raise CannotCheck(
                    f"{facts.operation_id} was not sent: it would erase a person whom this run did not invent"
                )

    def _refuse_unmarked(self, facts: Operation, body: bytes) -> None:
        mark = self._run_id.casefold()
        unmarked = any("@" in text and mark not in text.casefold() for text in texts(json_or_none(body)))
        if unmarked:
            raise CannotCheck(f"{facts.operation_id} was not sent: its body has an email without this run's marker")

    def _is_marked(self, body: bytes) -> bool:
        """Whether the run's id is in it; in base64, too."""
        mark = self._run_id.casefold()
        for text in texts(json_or_none(body)):
            if mark in text.casefold():
                return True
            with suppress(ValueError):
                if mark.encode() in base64.b64decode(text, validate=True).lower():
                    return True
        return False


def marked_email(text: str, run_id: str) -> str | None:
    """What tells an invented email of this run from the others: the part of it after the run's id; None for another."""
    start, end = f"{MARK}.{run_id}.".casefold(), f"@{DOMAIN}".casefold()
    folded = text.strip().casefold()
    if not folded.startswith(start) or not folded.endswith(end):
        return None
    mark = folded[len(start) : -len(end)]
    return mark if _MARK.fullmatch(mark) else None


def email_with_mark(mark: str, run_id: str) -> str:
    """The email that `marked_email` told apart."""
    return f"{MARK}.{run_id}.{mark}@{DOMAIN}"


def first_mark(body: bytes, run_id: str) -> str | None:
    """The mark of the first invented email in a JSON body."""
    marks = (marked_email(text, run_id) for text in texts(json_or_none(body)))
    return next((mark for mark in marks if mark is not None), None)


def _ids(body: bytes) -> list[str]:
    return _ID.findall(body.decode("utf-8", "replace"))
