"""Anonymises the audit trail of an erased customer: events stay, the person's values do not. (VTEX-ERASE-8)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pii_sandbox.mockserver.sandbox import AUDIT, Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex.collections import ADDRESSES, VERSIONS
from pii_sandbox.redaction.pseudonymization import values_search
from pii_sandbox.redaction.value_search import ValueSearch

# kinds of values by property: these identify a person, other properties fit many people
KINDS: Mapping[str, str] = {
    "email": "email",
    "firstName": "name",
    "lastName": "name",
    "fancyName": "name",
    "corporateName": "name",
    "receiverName": "name",
    "document": "document",
    "businessDocument": "document",
    "phone": "phone",
    "homePhone": "phone",
    "cellPhone": "phone",
    "businessPhone": "phone",
}
_PLAIN = frozenset({"api", "action", "time", "author", "profileId", "addressId", "versionId", "prospectId", "schemaId"})
_SUBJECT_FIELDS = ("profileId", "prospectId")


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """An erased person: ids of the records, values of this person alone, values others may share (value → kind)."""

    ids: frozenset[str]
    unique: Mapping[str, str]
    shared: Mapping[str, str]


def erased_person(
    email: str, profiles: Sequence[Record], prospects: Sequence[Record], orders: Sequence[Record], sandbox: Sandbox
) -> ErasedPerson:
    """Collect the person's values from these records and their versions. Call it before they are dropped."""
    people = [_document(record) for record in profiles]
    for profile in profiles:
        people += map(_document, sandbox.store.find_by(VERSIONS, "owner", profile.id))
        people += map(_document, sandbox.store.find_by(ADDRESSES, "profile", profile.id))
    for prospect in prospects:
        people += _levels_with(_document(prospect), email.casefold())  # a contact beside it is another person
    people += [order.value["clientProfileData"] for order in orders]
    unique: dict[str, str] = {email: "email"}
    shared: dict[str, str] = {}
    for person in people:
        for name, kind in KINDS.items():
            value = person.get(name)
            if isinstance(value, str):
                (shared if kind == "name" else unique)[value] = kind
        first, last = person.get("firstName"), person.get("lastName")
        if isinstance(first, str) and isinstance(last, str) and first.strip() and last.strip():
            unique |= {f"{first} {last}": "name", f"{last} {first}": "name"}
    return ErasedPerson(frozenset(record.id for record in (*profiles, *prospects)), unique, shared)


def scrub(person: ErasedPerson, sandbox: Sandbox) -> None:
    """Replace the person's values in all events by pseudonyms; mere names not in events about other people."""
    of_person, of_person_alone = values_search({**person.shared, **person.unique}), values_search(person.unique)
    for record in sandbox.store.page(AUDIT).records:
        event = record.value
        about = {event[name] for name in _SUBJECT_FIELDS if name in event}
        theirs = not about or not about.isdisjoint(person.ids)
        search: ValueSearch = of_person if theirs else of_person_alone
        scrubbed = {
            name: search.replace(text, detect=False) if name not in _PLAIN and isinstance(text, str) else text
            for name, text in event.items()
        }
        if scrubbed != event:
            sandbox.store.put(AUDIT, replace(record, value=scrubbed))


def _document(record: Record) -> dict[str, Any]:
    document: dict[str, Any] = record.value["document"]
    return document


def _levels_with(value: Any, email: str) -> Iterator[dict[str, Any]]:
    """Yield the objects at any level with this email among their own values."""
    inners: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    texts = (inner for inner in inners if isinstance(inner, str))
    if isinstance(value, dict) and any(text.strip().casefold() == email for text in texts):
        yield value
    for inner in inners:
        yield from _levels_with(inner, email)
