"""Control API: the people of a sandbox's seed, with their initial ids at each vendor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from weakref import WeakKeyDictionary

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.seed_templates import seed_people
from pii_sandbox.mockserver.store import Record, Store

LONG = frozenset({"listPeople"})
_seed_records: WeakKeyDictionary[Store, dict[str, dict[str, str]]] = WeakKeyDictionary()


def list_people(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    seeded = sandbox.seeded
    template = sandboxes.template(seeded)
    ids = _seed_records.get(template)
    if ids is None:
        ids = _seed_records[template] = {name: _ids(sandboxes, name, template) for name in sandboxes.vendors}
    page = seed_people(seeded, call.query["offset"], call.query["count"])
    people = [
        {**asdict(person), "ids": {name: by_email[person.email] for name, by_email in ids.items()}} for person in page
    ]
    return Reply(200, {"people": people, "total": seeded.shoppers})


def _ids(sandboxes: Sandboxes, name: str, template: Store) -> dict[str, str]:
    """Return the ids of a vendor's seed people by email, from its first collection."""
    collection, public = next(iter(sandboxes.vendors[name].collections.items()))
    table = f"{name}/{collection}"
    return {
        public.to_document(Record(record_id, record["value"]))["document"]["email"]: record_id
        for stored_in, record_id, record in template.scan(lambda record: record)
        if stored_in == table
    }


HANDLERS: Mapping[str, Callable[..., Reply]] = {"listPeople": list_people}
