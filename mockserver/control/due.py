"""What falls due next on the sandbox's clock: documents that end, deletions and jobs that are carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.control.json_forms import rfc3339_text
from pii_sandbox.mockserver.control.stored_people import person_email
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes


def list_due(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    now = sandbox.now()
    sandbox.process_expired(now)
    due = [
        {
            "api": collection.partition("/")[0],
            "collection": collection.partition("/")[2],
            "id": own_id,
            "event": _event(sandboxes, collection),
            "email": _email(sandboxes, sandbox, collection, own_id),
            "at": rfc3339_text(at),
            "in_seconds": (at - now).total_seconds(),
        }
        for at, collection, own_id in sandbox.store.storage.next_due(call.query["count"])
    ]
    return Reply(200, {"now": rfc3339_text(now), "due": due})


def _event(sandboxes: Sandboxes, collection: str) -> str:
    api, _, name = collection.partition("/")
    return sandboxes.vendors[api].due_events.get(name, "end")


def _email(sandboxes: Sandboxes, sandbox: Sandbox, collection: str, id: str) -> str | None:
    return person_email(sandboxes.vendors[collection.partition("/")[0]], sandbox, collection, id)


HANDLERS: Mapping[str, Callable[..., Reply]] = {"listDue": list_due}
