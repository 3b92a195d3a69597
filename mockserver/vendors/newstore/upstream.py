"""Upstream failures: an injected fault makes a call fail as if a service behind NewStore had failed."""

from __future__ import annotations

import functools

from pii_sandbox.mockserver.call import Call, Handler, Reply
from pii_sandbox.mockserver.problems import InjectedError
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.vendors.newstore.errors import UPSTREAM

STATUS = 500  # documented for every operation; 502 for some alone


def failing(handler: Handler) -> Handler:
    """Wrap a handler: an injected fault on NS-UP-1 raises InjectedError before it runs."""

    @functools.wraps(handler)
    def behind_upstream(call: Call, sandbox: Sandbox) -> Reply:
        if sandbox.faults and sandbox.faults.take_internal(UPSTREAM, fault_facts(call)) is not None:
            raise InjectedError("a fault that was asked for", status=STATUS, rule=UPSTREAM)
        return handler(call, sandbox)

    return behind_upstream


def fault_facts(call: Call) -> dict[str, str]:
    """Return the facts of this call that fault matchers compare."""
    operation = call.operation
    path = operation.path
    for name, value in call.path.items():
        path = path.replace(f"{{{name}}}", str(value))
    return {"api": "newstore", "operation": operation.operation_id, "method": operation.method, "path": path}
