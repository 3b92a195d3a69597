"""Faults over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from mockserver import ids
from mockserver.call import Call, Reply
from mockserver.faults import Effect, Fault, effect_of
from mockserver.problems import NotFound
from mockserver.sandbox import Sandbox
from mockserver.sandboxes import Sandboxes


def list_faults(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, {"faults": [_shown(fault) for fault in sandbox.faults.listed()]})


def create_fault(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    fault = Fault(
        id=ids.uuid4(),
        match=call.body.get("match", {}),
        effect=effect_of(call.body["effect"]),
        times=call.body.get("times"),
        probability=call.body.get("probability", 1.0),
    )
    sandbox.faults.add(fault)
    return Reply(201, {"id": fault.id})


def delete_faults(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    sandbox.faults.clear()
    return Reply(204)


def delete_fault(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    if not sandbox.faults.remove(call.path["id"]):
        raise NotFound("there is no fault with that id")
    return Reply(204)


def _shown(fault: Fault) -> dict[str, Any]:
    unset = asdict(Effect())
    effect = {name: value for name, value in asdict(fault.effect).items() if value != unset[name]}
    shown: dict[str, Any] = {"id": fault.id, "match": dict(fault.match), "effect": effect}
    return {**shown, "times": fault.times, "probability": fault.probability}


HANDLERS: Mapping[str, Callable[..., Reply]] = {
    "listFaults": list_faults,
    "createFault": create_fault,
    "deleteFaults": delete_faults,
    "deleteFault": delete_fault,
}
