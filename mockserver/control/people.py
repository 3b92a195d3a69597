"""The people of a sandbox's seed, as each vendor knew them at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from weakref import WeakKeyDictionary

from mockserver.call import Call, Reply
from mockserver.sandbox import Sandbox
from mockserver.sandboxes import Sandboxes
from mockserver.store import Store
from mockserver.templates import people_of

LONG = frozenset({"listPeople"})
_known: WeakKeyDictionary[Store, list[dict[str, Any]]] = WeakKeyDictionary()


def list_people(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    template = sandboxes.template(sandbox.seeded)
    people = _known.get(template)
    if people is None:
        ids = {name: _ids(sandboxes, name, template) for name in sandboxes.vendors}
        people = _known[template] = [
            {**asdict(person), "ids": {name: by_email[person.email] for name, by_email in ids.items()}}
            for person in people_of(sandbox.seeded)
        ]
    offset, count = call.query["offset"], call.query["count"]
    return Reply(200, {"people": people[offset : offset + count], "total": len(people)})


def _ids(sandboxes: Sandboxes, name: str, template: Store) -> dict[str, str]:
    """By email, the ids of a vendor's people: the first of its collections holds them."""
    collection, public = next(iter(sandboxes.vendors[name].collections.items()))
    records = template.page(f"{name}/{collection}").records
    return {public.show(record)["document"]["email"]: record.id for record in records}


HANDLERS: Mapping[str, Callable[..., Reply]] = {"listPeople": list_people}
