"""The people of a sandbox's seed, as each vendor knew them at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from weakref import WeakKeyDictionary

from mockserver.call import Call, Reply
from mockserver.sandbox import Sandbox
from mockserver.sandboxes import Sandboxes
from mockserver.store import Record, Store
from mockserver.templates import people_of

LONG = frozenset({"listPeople"})
_known: WeakKeyDictionary[Store, dict[str, dict[str, str]]] = WeakKeyDictionary()


def list_people(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    seeded = sandbox.seeded
    template = sandboxes.template(seeded)
    ids = _known.get(template)
    if ids is None:
        ids = _known[template] = {name: _ids(sandboxes, name, template) for name in sandboxes.vendors}
    page = people_of(seeded, call.query["offset"], call.query["count"])
    people = [
        {**asdict(person), "ids": {name: by_email[person.email] for name, by_email in ids.items()}} for person in page
    ]
    return Reply(200, {"people": people, "total": seeded.shoppers})


def _ids(sandboxes: Sandboxes, name: str, template: Store) -> dict[str, str]:
    """By email, the ids of a vendor's people: the first of its collections holds them."""
    collection, public = next(iter(sandboxes.vendors[name].collections.items()))
    whole = f"{name}/{collection}"
    return {
        public.show(Record(own_id, record["value"]))["document"]["email"]: own_id
        for found, own_id, record in template.scan(lambda record: record)
        if found == whole
    }


HANDLERS: Mapping[str, Callable[..., Reply]] = {"listPeople": list_people}
