"""Stored documents over HTTP: the collections that vendors make public."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.problems import Malformed, NotFound
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.store import Record, Store, json_query
from pii_sandbox.mockserver.vendor import PublicCollection


def list_documents(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """A page of the collection, or of what matches `where`."""
    name, public = _collection(sandboxes, call)
    offset, count = call.query["offset"], call.query["count"]
    where = call.query.get("where")
    if where is None:
        page = sandbox.store.page(name, offset=offset, count=count)
        return Reply(200, {"documents": [entry(public, record) for record in page.records], "total": page.total})
    found = search(sandbox.store, name, public, where)
    return Reply(200, {"documents": found[offset : offset + count], "total": len(found)})


def search(store: Store, name: str, public: PublicCollection, where: str | None) -> list[dict[str, Any]]:
    """The entries of a collection that match, oldest first; all of them without `where`. Raises Malformed."""
    if where is None:
        return [entry(public, record) for record in store.page(name).records]
    try:
        query = json_query.parse(where)
    except json_query.QueryError as error:
        raise Malformed(str(error), errors={"where": [str(error)]}) from error
    found = store.search(name, lambda record: query(entry(public, record)))
    return [entry(public, record) for record in found]


def get_document(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    name, public = _collection(sandboxes, call)
    record = sandbox.store.find(name, call.path["id"])
    if record is None:
        raise NotFound("there is no document with that id")
    return Reply(200, entry(public, record))


def put_document(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    name, public = _collection(sandboxes, call)
    with sandbox.store.exclusive():
        known = sandbox.store.find(name, call.path["id"]) is not None
        record = public.from_document(call.path["id"], call.body, sandbox)
        sandbox.store.put(name, record)
    return Reply(200 if known else 201, entry(public, record))


def delete_document(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    _, public = _collection(sandboxes, call)
    with sandbox.store.exclusive():
        if not public.delete(call.path["id"], sandbox):
            raise NotFound("there is no document with that id")
    return Reply(204)


def _collection(sandboxes: Sandboxes, call: Call) -> tuple[str, PublicCollection]:
    api, name = call.path["api"], call.path["collection"]
    collections = sandboxes.vendors[api].collections
    if name not in collections:
        raise NotFound(f"{api} has no collection {name}; it has {', '.join(collections)}")
    return f"{api}/{name}", collections[name]


def entry(public: PublicCollection, record: Record) -> dict[str, Any]:
    """A stored document as the control API lists it: what `where` is about."""
    return {"id": record.id, **public.to_document(record)}


LONG = frozenset({"listDocuments"})
HANDLERS: Mapping[str, Callable[..., Reply]] = {
    "listDocuments": list_documents,
    "getDocument": get_document,
    "putDocument": put_document,
    "deleteDocument": delete_document,
}
