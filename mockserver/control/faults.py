"""Control API: create, list and delete injected faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.control import names
from pii_sandbox.mockserver.faults import MOST, Fault, combination_error, fault_as_json, fault_of
from pii_sandbox.mockserver.problems import Conflict, Malformed, NotFound, TooLarge
from pii_sandbox.mockserver.rules import times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes

_LARGEST = 64 * 2**10  # bytes of a fault; a thousand of them are kept


def list_faults(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, {"faults": [_fault_json(fault, seen) for fault, seen in sandbox.faults.listed()]})


def create_fault(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    body = {**call.body, **_window(call.body)}
    _check_effect(body["effect"])
    _check_internal(body)
    internal = body["effect"].get("internal")
    if internal is not None:
        names.refuse_unplayable(sandboxes.vendors, internal)
    names_to_check = {**body.get("match", {}), **({"rule": internal} if internal else {})}
    names.refuse_unknown_names(sandboxes.vendors, names_to_check, "match.")
    names.refuse_unserved(sandboxes.vendors, body.get("match", {}), internal)
    if len(json.dumps(call.body)) > _LARGEST:
        raise TooLarge(f"the fault is too large: at most {_LARGEST} bytes")
    if len(sandbox.faults) >= MOST:
        raise Conflict(f"the sandbox already has {MOST} faults, the maximum: delete some first")
    fault = fault_of(ids.uuid4(), body)
    sandbox.faults.add(fault)
    return Reply(201, {"id": fault.id})


def delete_faults(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    sandbox.faults.clear()
    return Reply(204)


def delete_fault(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    if not sandbox.faults.remove(call.path["id"]):
        raise NotFound("there is no fault with that id")
    return Reply(204)


def _window(body: Mapping[str, Any]) -> dict[str, str]:
    """Return `from` and `until` in UTC. Raises Malformed for invalid ones."""
    window = {}
    for name in ("from", "until"):
        if name in body:
            try:
                window[name] = times.parse(body[name]).isoformat()
            except ValueError as error:
                raise _invalid(name, "is not an RFC 3339 date-time") from error
    if "from" in window and "until" in window and window["until"] <= window["from"]:
        raise _invalid("until", "is not after from: the fault would never apply")
    return window


def _check_effect(effect: Mapping[str, Any]) -> None:
    wrong = combination_error(effect)
    if wrong:
        raise _invalid("effect", wrong)
    delay = effect.get("delay", {})
    if delay.get("high_seconds", 0) < delay.get("low_seconds", 0):
        raise _invalid("effect.delay", "has high_seconds below low_seconds")


def _check_internal(body: Mapping[str, Any]) -> None:
    """Refuse matching on headers or body for `internal`: a rule may fail long after its request."""
    unseen = {"headers", "body"} & set(body.get("match", {}))
    if "internal" in body["effect"] and unseen:
        raise _invalid(f"match.{min(unseen)}", "cannot be combined with internal: leave it out")


def _invalid(field: str, meaning: str) -> Malformed:
    return Malformed(f"{field} {meaning}", errors={field: [meaning]})


def _fault_json(fault: Fault, seen: int) -> dict[str, Any]:
    return {**fault_as_json(fault), "seen": seen}


HANDLERS: Mapping[str, Callable[..., Reply]] = {
    "listFaults": list_faults,
    "createFault": create_fault,
    "deleteFaults": delete_faults,
    "deleteFault": delete_fault,
}
