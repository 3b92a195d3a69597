"""Proof of ownership: whether a response shows an object that this run made.

A response is proof only if it shows the mark of the run (its id, in an invented email or another text), shows no email
of anybody else, and says that it is not older than the run. Anything else is somebody else's.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from pii_sandbox import specs
from pii_sandbox.conformance.cleanup.ownership import marked_email
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none, texts
from pii_sandbox.specs import Dialect

UNMARKED = "it does not contain this run's marker"
OTHER_EMAIL = "it contains an email that this run did not invent"
OLDER = "it is older than this run"
UNDATED = "it does not say when it was created"
OTHER_ID = "it has another id than the one requested"
_DATES = ("creationDate", "created_at")
# how far the clock of a vendor may be behind: beside the Date of its own response, and without one
TOLERANCE, TOLERANCE_WITHOUT_DATE = timedelta(seconds=5), timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class RunMark:
    """What tells the objects of a run from all others: its id, and when it began, by the clock here."""

    run_id: str
    began_at: datetime

    def is_in(self, text: str) -> bool:
        """Whether the run's id stands in the text as a word of its own."""
        pattern = rf"(?<![0-9a-z]){re.escape(self.run_id.casefold())}(?![0-9a-z])"
        return re.search(pattern, text.casefold()) is not None


def foreign_reason(
    exchange: Exchange, mark: RunMark, *, dated: bool, wanted_id: str | None = None, marked: bool = True
) -> str | None:
    """Why the object in a response is not the run's, None where it is proven to be.

    `dated`: the document has a date of making in such a response (`shows_date`), without which nothing is proven.
    `wanted_id` is the id that was asked for. `marked` False: the object hangs on one that carries the mark, and needs
    none of its own.
    """
    value = response_value(exchange.response_body)
    shows_id = value.get("id") if isinstance(value, dict) else None
    if wanted_id is not None and isinstance(shows_id, str) and shows_id.casefold() != wanted_id.casefold():
        return OTHER_ID
    if any(marked_email(email, mark.run_id) is None for email in _emails(value)):
        return OTHER_EMAIL
    if marked and not any(mark.is_in(text) for text in _readable_texts(value, exchange.response_body)):
        return UNMARKED
    created = created_at(value)
    if created is None:
        return UNDATED if dated else None
    return OLDER if created < _earliest_date(exchange, mark) else None


@functools.cache
def shows_date(document: str, operation_id: str, dialect: Dialect) -> bool:
    """Whether the successful responses of an operation say, by its document, when the object was made."""
    facts, loaded = specs.operations(document, dialect)[operation_id], specs.load(document, dialect)
    responses = operations.definition(facts, dialect)["responses"]
    bodies = [
        specs.resolve_reference(loaded, response) for code, response in responses.items() if str(code).startswith("2")
    ]
    return any(_names_date(loaded, media.get("schema"), ()) for body in bodies for media in _media(body))


def _media(response: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = response.get("content", {})
    return found.values()


def _names_date(document: Any, schema: Any, parents: tuple[str, ...]) -> bool:
    """Whether a schema, or one within it, has a property that is a date of making."""
    match schema:
        case {"$ref": str(reference)}:
            return reference not in parents and _names_date(
                document, specs.resolve_reference(document, schema), (*parents, reference)
            )
        case dict():
            named = schema.get("properties")
            return (isinstance(named, dict) and any(name in named for name in _DATES)) or any(
                _names_date(document, inner, parents) for inner in schema.values()
            )
        case list():
            return any(_names_date(document, inner, parents) for inner in schema)
    return False


def response_value(body: bytes) -> Any:
    """The JSON value of a response; of an array of one, as some reads have it, the one. None: no JSON."""
    match json_or_none(body):
        case [only]:
            return only
        case value:
            return value


def created_at(value: Any) -> datetime | None:
    """When the object says that it was made, None where it says nothing readable. A time without its zone is not."""
    meta = value.get("meta") if isinstance(value, dict) else None
    places: tuple[Any, ...] = (meta, value)
    for place in places:
        for name in _DATES:
            written = place.get(name) if isinstance(place, Mapping) else None
            if isinstance(written, str):
                try:
                    at = datetime.fromisoformat(written)
                except ValueError:
                    continue
                if at.tzinfo is not None:
                    return at
    return None


def _earliest_date(exchange: Exchange, mark: RunMark) -> datetime:
    """The beginning of the run by the clock of the one who answered, less what clocks may differ by."""
    headers = {name.lower(): value for name, value in exchange.response_headers.items()}
    try:
        there = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, OverflowError):
        return mark.began_at - TOLERANCE_WITHOUT_DATE
    if exchange.sent_at is None or there.tzinfo is None:
        return mark.began_at - TOLERANCE_WITHOUT_DATE
    return mark.began_at + (there - exchange.sent_at) - TOLERANCE


def _emails(value: Any, name: str = "") -> Iterator[str]:
    """Every text that stands under a name with `email` in it, but for empty ones."""
    match value:
        case str() if "email" in name.casefold() and value.strip():
            yield value
        case dict():
            for inner_name, inner in value.items():
                yield from _emails(inner, str(inner_name))
        case list():
            for inner in value:
                yield from _emails(inner, name)


def _readable_texts(value: Any, body: bytes) -> Iterator[str]:
    """The texts of a JSON value; of other content the text as it stands, and what it is in base64."""
    if isinstance(value, dict | list):
        yield from texts(value)
        return
    yield body.decode("utf-8", "replace")
    try:
        yield base64.b64decode(body, validate=True).decode("utf-8", "replace")
    except ValueError:
        return
