"""Control API: the audit events, and the recording of those that this API leaves itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.control.json_forms import rfc3339_text
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes


def list_events(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, {"events": sandbox.events()})


def record_event(call: Call, sandbox: Sandbox, action: str, *, reason: str, **facts: str) -> None:
    """Record that somebody read or changed personal data past the vendors' APIs. `facts`: nothing personal."""
    event = {"api": "sandbox", "action": action, "time": rfc3339_text(sandbox.now()), "author": call.principal.identity}
    sandbox.record_event({**event, "reason": reason, **facts})


HANDLERS: Mapping[str, Callable[..., Reply]] = {"listEvents": list_events}
