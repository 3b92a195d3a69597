"""Control API: the people whom the stored documents hold now, and people of the seed who have no profile left."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.vendor import PublicCollection, Vendor

LONG = frozenset({"listStoredPeople"})
_NAMES = ("full_name", "fullName", "name")


@dataclass(frozen=True, slots=True)
class _Profile:
    """What a list of people shows of one profile. `key`: the email without case."""

    id: str
    key: str
    email: str
    full_name: str
    phone: str
    document: str


@dataclass(slots=True)
class _Person:
    """A person by email; `profiles` by API, empty if no API has one any more."""

    email: str
    is_seeded: bool
    profiles: dict[str, _Profile] = field(default_factory=dict)
    seeded: list[_Profile] = field(default_factory=list)

    @property
    def _known(self) -> list[_Profile]:
        return [*self.profiles.values(), *self.seeded]

    def as_json(self) -> dict[str, Any]:
        known = self._known
        return {
            "email": self.email,
            **{name: next(filter(None, (getattr(each, name) for each in known)), None) for name in _SHOWN},
            "seeded": self.is_seeded,
            "ids": {api: profile.id for api, profile in self.profiles.items()},
        }

    def text(self) -> str:
        """Return what a search looks at, in lower case."""
        return " ".join(
            f"{each.email} {each.full_name} {each.phone} {each.document} {each.id}" for each in self._known
        ).casefold()


_SHOWN = ("full_name", "phone", "document")


def list_stored_people(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Return those whom calls have made, the latest first, then those of the seed."""
    sandbox.process_expired(sandbox.now())
    people = _people(sandboxes, sandbox)
    words = call.query.get("search", "").casefold().split()
    found = [person for person in people if all(word in person.text() for word in words)] if words else people
    offset = call.query["offset"]
    page = found[offset : offset + call.query["count"]]
    return Reply(200, {"people": [person.as_json() for person in page], "total": len(found)})


def _people(sandboxes: Sandboxes, sandbox: Sandbox) -> list[_Person]:
    seeded: dict[str, _Person] = {}
    for _, profile in _profiles(sandboxes, sandboxes.template(sandbox.seeded)):
        if profile.key not in seeded:
            seeded[profile.key] = _Person(profile.email, is_seeded=True)
        seeded[profile.key].seeded.append(profile)
    others: dict[str, _Person] = {}
    for api, profile in _profiles(sandboxes, sandbox.store):
        person = seeded.get(profile.key) or others.get(profile.key)
        if person is None:
            person = others[profile.key] = _Person(profile.email, is_seeded=False)
        person.profiles.setdefault(api, profile)
    return [*reversed(others.values()), *seeded.values()]


def _profiles(sandboxes: Sandboxes, store: Store) -> Iterator[tuple[str, _Profile]]:
    """Yield the profiles that have an email, with their API, from each vendor's first collection."""
    for name, vendor in sandboxes.vendors.items():
        for collection, public in list(vendor.collections.items())[:1]:
            for _, part in store.parts(f"{name}/{collection}"):
                for profile in part.derived(_reader(public)):
                    yield name, profile


@functools.cache
def _reader(public: PublicCollection) -> Callable[[Iterable[Mapping[str, Any]]], tuple[_Profile, ...]]:
    """Return a function that reads the profiles of stored records; the same one for each part of the collection."""

    def read(records: Iterable[Mapping[str, Any]]) -> tuple[_Profile, ...]:
        documents = (
            (each["id"], public.to_document(Record(each["id"], each["value"]))["document"]) for each in records
        )
        return tuple(_profile(own_id, document) for own_id, document in documents if _text(document, "email"))

    return read


def _profile(id: str, document: Mapping[str, Any]) -> _Profile:
    name = next(filter(None, (_text(document, name) for name in _NAMES)), "")
    return _Profile(
        id,
        _text(document, "email").casefold(),
        _text(document, "email"),
        name or f"{_text(document, 'firstName')} {_text(document, 'lastName')}".strip(),
        _text(document, "phone") or _text(document, "phone_number") or _text(document, "homePhone"),
        _text(document, "document"),
    )


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def person_email(vendor: Vendor, sandbox: Sandbox, collection: str, id: str) -> str | None:
    """Return the email of the person whom a record is about: its own, else that of the profile that it belongs to."""
    record = sandbox.store.find(collection, id)
    if record is None:
        return None
    inner = record.value.get("document")
    own = _text(record.value, "email") or (_text(inner, "email") if isinstance(inner, Mapping) else "")
    return own or holder_email(vendor, sandbox, record.keys.values())


def holder_email(vendor: Vendor, sandbox: Sandbox, keys: Iterable[str]) -> str | None:
    """Return the email of the profile that a record with these keys belongs to; None if there is no such profile."""
    for name in list(vendor.collections)[:1]:
        for key in keys:
            profile = sandbox.store.find(f"{vendor.name}/{name}", key)
            if profile is not None:
                document = vendor.collections[name].to_document(profile)["document"]
                return _text(document, "email") or None
    return None


HANDLERS: Mapping[str, Callable[..., Reply]] = {"listStoredPeople": list_stored_people}
