"""Control API: read, query, write and delete stored documents in the vendors' public collections."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.control import audit
from pii_sandbox.mockserver.problems import Malformed, NotFound
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.store import Record, Store, json_query
from pii_sandbox.mockserver.vendor import PublicCollection
from pii_sandbox.redaction.pseudonymization import values_search

_DETECTED = values_search({})  # what looks like an email address or a number of a person


def list_documents(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Return a page of a collection, or of the documents that match `where`."""
    name, public = _collection(sandboxes, call)
    offset, count = call.query["offset"], call.query["count"]
    where = call.query.get("where")
    if where is None:
        page = sandbox.store.page(name, offset=offset, count=count)
        return Reply(
            200, {"documents": [document_entry(public, record) for record in page.records], "total": page.total}
        )
    matches = search(sandbox.store, name, public, where)
    return Reply(200, {"documents": matches[offset : offset + count], "total": len(matches)})


def search(store: Store, name: str, public: PublicCollection, where: str | None) -> list[dict[str, Any]]:
    """Return the documents that match `where`, oldest first; None: all. Raises Malformed for an invalid query."""
    if where is None:
        return [document_entry(public, record) for record in store.page(name).records]
    try:
        query = json_query.parse_query(where)
    except json_query.QueryError as error:
        raise Malformed(str(error), errors={"where": [str(error)]}) from error
    records = store.search(name, lambda record: query(document_entry(public, record)))
    return [document_entry(public, record) for record in records]


def get_document(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    name, public = _collection(sandboxes, call)
    record = sandbox.store.find(name, call.path["id"])
    if record is None:
        raise NotFound("there is no document with that id")
    _record_event(call, sandbox, "DocumentRevealed")
    return _reply(200, document_entry(public, record))


def put_document(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    name, public = _collection(sandboxes, call)
    condition = call.headers.get("if-match")
    with sandbox.store.exclusive():
        present = sandbox.store.find(name, call.path["id"])
        if condition is not None and (
            present is None or not _matches(condition, _tag(document_entry(public, present)))
        ):
            return _changed_meanwhile()
        record = public.from_document(call.path["id"], call.body, sandbox)
        sandbox.store.put(name, record)
        _record_event(call, sandbox, "DocumentChanged")
    return _reply(201 if present is None else 200, document_entry(public, record))


def delete_document(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Delete a document, or a record that the server keeps beside the documents, such as an earlier version."""
    api, name = call.path["api"], call.path["collection"]
    if name in sandboxes.vendors[api].stored and name not in sandboxes.vendors[api].collections:
        if not sandbox.store.drop(f"{api}/{name}", call.path["id"]):
            raise NotFound("there is no record with that id")
        return Reply(204)
    _, public = _collection(sandboxes, call)
    with sandbox.store.exclusive():
        if not public.delete(call.path["id"], sandbox):
            raise NotFound("there is no document with that id")
    return Reply(204)


def _reply(status: int, shown: Mapping[str, Any]) -> Reply:
    return Reply(status, shown, headers={"ETag": _tag(shown)})


def _tag(shown: Mapping[str, Any]) -> str:
    """Return the entity tag of a document in the form of the control API."""
    return f'"{hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]}"'


def _matches(condition: str, tag: str) -> bool:
    """Return whether an If-Match header is `*` or names this entity tag (RFC 9110, 13.1.1)."""
    return condition.strip() == "*" or tag in (each.strip() for each in condition.split(","))


def _changed_meanwhile() -> Reply:
    title = "the document was changed or deleted since it was read: read it again"
    body = {"type": "about:blank", "title": title, "status": 412}
    return Reply(412, body, media_type="application/problem+json")


def _record_event(call: Call, sandbox: Sandbox, action: str) -> None:
    """Record who read or changed the document and why, if the caller gives a reason; its id without personal data."""
    reason = call.query.get("reason")
    if reason is not None:
        document = f"{call.path['api']}/{call.path['collection']} {_DETECTED.replace(call.path['id'])}"
        audit.record_event(call, sandbox, action, reason=reason, document=document)


def _collection(sandboxes: Sandboxes, call: Call) -> tuple[str, PublicCollection]:
    api, name = call.path["api"], call.path["collection"]
    collections = sandboxes.vendors[api].collections
    if name not in collections:
        raise NotFound(f"{api} has no collection {name}; it has {', '.join(collections)}")
    return f"{api}/{name}", collections[name]


def document_entry(public: PublicCollection, record: Record) -> dict[str, Any]:
    """Return a stored document in the form of the control API, which `where` refers to."""
    return {"id": record.id, **public.to_document(record)}


LONG = frozenset({"listDocuments"})
HANDLERS: Mapping[str, Callable[..., Reply]] = {
    "listDocuments": list_documents,
    "getDocument": get_document,
    "putDocument": put_document,
    "deleteDocument": delete_document,
}
