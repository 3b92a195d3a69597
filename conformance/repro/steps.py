"""A finding's calls as steps to repeat: no personal data, no credentials, ids taken from earlier answers."""

from __future__ import annotations

import keyword
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from pii_sandbox.conformance.redaction.exchange_fields import ExchangeFields
from pii_sandbox.conformance.repro.placeholder_values import PlaceholderFactory
from pii_sandbox.conformance.repro.variables import WRONG, Variables
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.redaction.schema_marks import SchemaMark
from pii_sandbox.specs import Dialect

Path = tuple[str | int, ...]

# A text can refer to something taken from an earlier answer, or to an environment variable.
# Its spelling is drawn anew for each process, so that no text from outside can be one.
_NONCE = secrets.token_hex()
REFERENCE = re.compile(f"\ue000{_NONCE}:([a-z_][a-z0-9_]*)\ue001|\ue002{_NONCE}:([A-Z0-9_]+)\ue003")
SANDBOX = "sandbox"
RESERVED = frozenset(
    {SANDBOX, "answer", "calls", "http", "httpx", "os", "pool", "quote", "same", "uuid", *keyword.kwlist}
)


def variable_reference(variable: str) -> str:
    """A reference to something taken from an earlier answer, or made before."""
    return f"\ue000{_NONCE}:{variable}\ue001"


def environment_reference(name: str) -> str:
    """A reference to an environment variable."""
    return f"\ue002{_NONCE}:{name}\ue003"


SHORTEST = 5  # of a text that is recognised as an answer's

_TOGETHER = timedelta(milliseconds=1)
_NOT_SENT = frozenset({"content-length", "host", "accept-encoding", "connection", "user-agent", "accept"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EDGE = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Step:
    """One call. `url` is what follows the base URL; `kind` says what the body is, as in `ExchangeFields`.

    `takes` are the variables that later steps take from its answer, with their places in it. Steps of one `group` are
    sent at the same time.
    """

    method: str
    url: str
    headers: dict[str, str]
    kind: str
    body: Any
    group: int
    exchange: Exchange
    takes: dict[str, Path] = field(default_factory=dict)


@dataclass(slots=True)
class Planner:
    """Makes steps of exchanges, one after the other."""

    dialect: Dialect
    placeholders: PlaceholderFactory
    variables: Variables
    steps: list[Step] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    _answered: dict[str, list[tuple[Step, Path]]] = field(default_factory=dict)
    _taken: dict[str, str] = field(default_factory=dict)

    def add(self, exchange: Exchange, group: int) -> None:
        reading = ExchangeFields(exchange, self.dialect)

        def touch(value: Any, name: str, mark: SchemaMark | None) -> Any:
            return self._reference_or_placeholder(value, name, mark, exchange.api, group)

        path = reading.path(touch, url_quoted)
        query = "&".join(f"{quote(name)}={url_quoted(str(value))}" for name, value in reading.query(touch))
        headers = {
            name: variable_reference(SANDBOX) if name.casefold() == "x-sandbox" else value
            for name, value in reading.request_headers(touch).items()
            if name.casefold() not in _NOT_SENT
        }
        kind, body = reading.request(touch)
        step = Step(exchange.method, path + (f"?{query}" if query else ""), headers, kind, body, group, exchange)
        self.steps.append(step)
        self._note_answer(step)

    def _reference_or_placeholder(self, value: Any, name: str, mark: SchemaMark | None, api: str, group: int) -> Any:
        """A reference where an earlier answer holds the value; else what may be shown of it."""
        text = str(value)
        if text in self.variables.data:
            return environment_reference(self.variables.data[text])
        places = [(step, path) for step, path in self._answered.get(text, ()) if step.group < group]
        if places and text not in self.sent:
            return variable_reference(self._variable(text, name, places))
        self.sent.add(text)
        if mark is not None and mark.name == "credential":
            variable = self.variables.credential(api, name, text)
            return WRONG if variable is None else environment_reference(variable)
        return (
            self.placeholders.of(value, mark or SchemaMark(name))
            if mark is not None or self.placeholders.knows(text)
            else value
        )

    def _variable(self, text: str, name: str, places: Sequence[tuple[Step, Path]]) -> str:
        if text not in self._taken:
            step, path = max(places, key=lambda place: snake(_key(place[1])) in snake(name))
            key = _key(path) or name
            wanted = snake(name if key in {"id", "value"} and name else key) or "taken"
            taken = {*self._taken.values(), *RESERVED}
            number = 2
            while (variable := wanted if wanted not in taken else f"{wanted}_{number}") in taken:
                number += 1
            self._taken[text] = variable
            step.takes[variable] = path
        return self._taken[text]

    def _note_answer(self, step: Step) -> None:
        for path, text in leaves(json_or_none(step.exchange.response_body)):
            if len(text) >= SHORTEST and text not in self.sent:
                self._answered.setdefault(text, []).append((step, path))


def plan_steps(
    exchanges: Sequence[Exchange], dialect: Dialect, placeholders: PlaceholderFactory, variables: Variables
) -> Planner:
    """The steps that repeat these exchanges, and the values that they send."""
    planner = Planner(dialect, placeholders, variables)
    for exchange, group in zip(exchanges, groups(exchanges), strict=True):
        planner.add(exchange, group)
    return planner


def groups(exchanges: Sequence[Exchange]) -> list[int]:
    """A number for each exchange; those that were under way at the same time have the same."""
    numbers: list[int] = []
    end = None
    for exchange in exchanges:
        begin = exchange.sent_at
        if begin is None:
            numbers.append(len(numbers))
            end = None
            continue
        ends = begin + timedelta(seconds=exchange.elapsed_seconds)
        if end is not None and begin + _TOGETHER < end:
            numbers.append(numbers[-1])
            end = max(end, ends)
        else:
            numbers.append(len(numbers))
            end = ends
    return numbers


def leaves(value: Any, path: Path = ()) -> list[tuple[Path, str]]:
    """Texts and whole numbers of a JSON value with their places."""
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in leaves(inner, (*path, name))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, (*path, index))]
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return [(path, str(value))]
    return []


def url_quoted(text: str) -> str:
    """Quoted for a URL, references as they are."""
    pieces, done = [], 0
    for found in REFERENCE.finditer(text):
        pieces += [quote(text[done : found.start()], safe=""), found[0]]
        done = found.end()
    return "".join(pieces) + quote(text[done:], safe="")


def _key(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def snake(name: str) -> str:
    """`profileId` as `profile_id`."""
    plain = _EDGE.sub("_", _HUMP.sub("_", name).lower()).strip("_")
    return f"_{plain}" if plain[:1].isdigit() else plain
