"""Finds an object again whose making was announced and never answered, by the mark that it carries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pii_sandbox import specs
from pii_sandbox.conformance.cleanup import links, ownership, ownership_lookup
from pii_sandbox.conformance.cleanup.ledger import Entry
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.ownership_lookup import SendCall
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import texts
from pii_sandbox.specs import Dialect, Operation


def find_created(entry: Entry, run_id: str, dialect: Dialect, call: SendCall) -> PlannedCall | None:
    """The call that undoes the object, None where the target holds none.

    Raises CannotCheck where that cannot be found out.
    """
    facts = operations.operation(entry.api, entry.operation_id, dialect)
    if entry.under is not None:
        raise CannotCheck("whether it was created is not known; it is deleted with the object that it belongs to")
    if entry.mark is None:
        raise CannotCheck("whether it was created is not known: it has no marker by which to find it")
    email = ownership.email_with_mark(entry.mark, run_id)
    if _is_found_by_key(facts, dialect):
        return _by_key(entry.api, facts, dialect, email, call)
    listing = _listing(facts, dialect)
    if listing is None:
        raise CannotCheck("whether it was created is not known: no operation lists such objects")
    for item in _items(listing, dialect, email, call):
        if _is_match(item, email, facts, dialect, call):
            step = links.undo_step(facts, dialect, {}, item)
            if step is None:
                raise CannotCheck(f"{listing.operation_id} lists it without an id by which to delete it")
            return step
    return None


def _is_found_by_key(facts: Operation, dialect: Dialect) -> bool:
    gone = links.delete_operation(facts, dialect)
    return gone is not None and _takes(gone, dialect, "alternativeKey")


def _by_key(api: str, facts: Operation, dialect: Dialect, email: str, call: SendCall) -> PlannedCall | None:
    """The call that deletes, by its id and not by the key, what has that email."""
    seen = ownership_lookup.key_status(api, email, "email", dialect, call)
    if seen.standing == "nobody":
        return None
    step = links.undo_step(facts, dialect, {}, seen.value)
    if seen.standing == "unknown" or step is None:
        raise CannotCheck(f"whether it was created is not known: {seen.why}")
    return step


def _listing(facts: Operation, dialect: Dialect) -> Operation | None:
    known = specs.operations(facts.document, dialect).values()
    return next((each for each in known if each.method == "GET" and each.path == facts.path), None)


def _takes(facts: Operation, dialect: Dialect, name: str) -> bool:
    return name in operations.parameter_locations(facts.document, facts.operation_id, dialect)


def _items(listing: Operation, dialect: Dialect, email: str, call: SendCall) -> Iterator[Any]:
    params = {"q": email} if _takes(listing, dialect, "q") else {}
    exchange = call(PlannedCall(listing.operation_id, params))
    if exchange.status != 200:
        raise CannotCheck(f"{listing.operation_id} answered {exchange.status}")
    body = _response_json(exchange)
    values = body.values() if isinstance(body, dict) else [body]
    listed = next((value for value in values if isinstance(value, list)), None)
    if listed is None or not all(isinstance(item, dict) for item in listed):
        raise CannotCheck(f"{listing.operation_id} answered without a list of objects, which proves nothing")
    yield from listed


def _is_match(item: Any, email: str, facts: Operation, dialect: Dialect, call: SendCall) -> bool:
    """Whether the item carries that email. A masked one is asked for whole only where the masks could be the same."""
    found = set(texts(item))
    if email in found:
        return True
    if not any(_may_mask(text, email) for text in found):
        return False
    step = links.unmask_step(facts, dialect, {}, item)
    if step is None:
        raise CannotCheck("whether it was created is not known: it may be among what is listed masked")
    exchange = call(step)
    if exchange.status not in (200, *ownership_lookup.GONE):
        raise CannotCheck(f"{step.operation_id} answered {exchange.status}")
    return exchange.status == 200 and email in set(texts(_response_json(exchange)))


def _may_mask(masked: str, email: str) -> bool:
    """Whether a text could be that email with characters hidden by asterisks."""
    if "*" not in masked or len(masked) != len(email):
        return False
    return all(shown in ("*", character) for shown, character in zip(masked, email, strict=True))


def _response_json(exchange: Exchange) -> Any:
    try:
        return json.loads(exchange.response_body)
    except ValueError as error:
        raise CannotCheck(f"{exchange.operation_id} answered without valid JSON") from error
