"""Finds an object again whose making was announced and never answered, by the mark that it carries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import specs
from conformance import belongings, documents, links
from conformance.findings import Exchange
from conformance.ledger import Entry
from conformance.links import Step
from conformance.scenario import NotCheckable
from specs import Dialect, Operation

Call = Callable[[Step], Exchange]


def found(entry: Entry, run_id: str, dialect: Dialect, call: Call) -> Step | None:
    """The call that undoes the object, None where the target holds none.

    Raises NotCheckable where that cannot be found out.
    """
    facts = documents.operation(entry.api, entry.operation_id, dialect)
    if entry.under is not None:
        raise NotCheckable("whether it was made is not known; it goes with what it hangs on")
    if entry.mark is None:
        raise NotCheckable("whether it was made is not known, and it carries no mark to find it by")
    email = belongings.email_of(entry.mark, run_id)
    by_key = _by_alternative_key(facts, dialect, email)
    if by_key is not None:
        return by_key
    listing = _listing(facts, dialect)
    if listing is None:
        raise NotCheckable("whether it was made is not known, and no call lists such objects")
    for item in _items(listing, dialect, email, call):
        step = links.undoing(facts, dialect, {}, item)
        if step is not None and _is_it(item, email, facts, dialect, call):
            return step
    return None


def _by_alternative_key(facts: Operation, dialect: Dialect, email: str) -> Step | None:
    gone = links.deletion(facts, dialect)
    if gone is None or not _takes(gone, dialect, "alternativeKey"):
        return None
    names = [
        name for name, place in documents.places(gone.document, gone.operation_id, dialect).items() if place == "path"
    ]
    return Step(gone.operation_id, {names[0]: email, "alternativeKey": "email"}) if len(names) == 1 else None


def _listing(facts: Operation, dialect: Dialect) -> Operation | None:
    known = specs.operations(facts.document, dialect).values()
    return next((each for each in known if each.method == "GET" and each.path == facts.path), None)


def _takes(facts: Operation, dialect: Dialect, name: str) -> bool:
    return name in documents.places(facts.document, facts.operation_id, dialect)


def _items(listing: Operation, dialect: Dialect, email: str, call: Call) -> Iterator[Any]:
    params = {"q": email} if _takes(listing, dialect, "q") else {}
    exchange = call(Step(listing.operation_id, params))
    if exchange.status != 200:
        raise NotCheckable(f"{listing.operation_id} answered {exchange.status or exchange.error}")
    body = _parsed(exchange)
    lists = [body] if isinstance(body, list) else [value for value in body.values() if isinstance(value, list)]
    for item in lists[0] if lists else ():
        if isinstance(item, dict):
            yield item


def _is_it(item: Any, email: str, facts: Operation, dialect: Dialect, call: Call) -> bool:
    """Whether the item carries that email. A masked one is asked for whole only where the masks could be the same."""
    texts = set(belongings.texts(item))
    if email in texts:
        return True
    if not any(_could_be(text, email) for text in texts):
        return False
    step = links.disclosing(facts, dialect, {}, item)
    return step is not None and email in set(belongings.texts(_parsed(call(step))))


def _could_be(masked: str, email: str) -> bool:
    """Whether a text could be that email with characters hidden by asterisks."""
    pattern = "".join("." if character == "*" else re.escape(character) for character in masked)
    return "*" in masked and re.fullmatch(pattern, email) is not None


def _parsed(exchange: Exchange) -> Any:
    try:
        return json.loads(exchange.response_body)
    except ValueError as error:
        raise NotCheckable(f"{exchange.operation_id} answered no JSON") from error
