"""Stored documents over HTTP: the collections that vendors make public."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import PublicCollection


def list_documents(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    name, public = _collection(sandboxes, call)
    page = sandbox.store.page(name, offset=call.query["offset"], count=call.query["count"])
    return Reply(200, {"documents": [_document_json(public, record) for record in page.records], "total": page.total})


def get_document(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    name, public = _collection(sandboxes, call)
    record = sandbox.store.find(name, call.path["id"])
    if record is None:
        raise NotFound("there is no document with that id")
    return Reply(200, _document_json(public, record))


def put_document(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    name, public = _collection(sandboxes, call)
    with sandbox.store.exclusive():
        known = sandbox.store.find(name, call.path["id"]) is not None
        record = public.from_document(call.path["id"], call.body, sandbox)
        sandbox.store.put(name, record)
    return Reply(200 if known else 201, _document_json(public, record))


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


def _document_json(public: PublicCollection, record: Record) -> dict[str, Any]:
    return {"id": record.id, **public.to_document(record)}


HANDLERS: Mapping[str, Callable[..., Reply]] = {
    "listDocuments": list_documents,
    "getDocument": get_document,
    "putDocument": put_document,
    "deleteDocument": delete_document,
}
