"""Groups of operations whose calls a function answers, and the cases that Schemathesis would make of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from schemathesis import Case

from pii_sandbox import specs
from pii_sandbox.conformance.generated.engine import TransportedSchema, transported_schema
from pii_sandbox.conformance.generated.partition import Depth, OperationGroup
from pii_sandbox.conformance.generated.transport import GroupTransport, StopEngine
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Retry, Target
from tests.conformance.stub_transport import BASE, Play, json, stub_sender, vendor

PROFILE = specs.load("fashionai_profiling", "guide")["components"]["examples"]["CustomerProfile"]["value"]


def ours(**more: Any) -> Target:
    """A sandbox of ours, which gives each group one of its own."""
    return replace(local_sandbox(BASE), retry=Retry(attempts=0, breaker_failures=1000), **more)


def vendors(**more: Any) -> Target:
    """A vendor's endpoint, where nothing is sent again."""
    return vendor(retry=Retry(attempts=0, breaker_failures=1000), **more)


def group(*operations: str, **more: Any) -> OperationGroup:
    """A group of operations of one document."""
    names = ((api, name) for api in specs.APIS if api != "sandbox" for name in specs.APIS[api])
    api, document = next((api, name) for api, name in names if operations[0] in specs.operations(name))
    made = OperationGroup(0, api, document, operations, (), len(operations) > 1, Depth(1, 1, 2), 1, None)
    return replace(made, **more)


@dataclass
class Answers:
    """Answers to requests in turn, the last one for good; `arrived` are the requests."""

    left: list[httpx.Response]
    arrived: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.arrived.append(request)
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]

    @property
    def paths(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.arrived]


def answers(*statuses: int, body: Any = None) -> Answers:
    return Answers([json(status, {} if body is None else body) for status in statuses])


@contextmanager
def transported(
    one: OperationGroup, target: Target, respond: Play, deadline: float | None = None
) -> Iterator[tuple[GroupTransport, TransportedSchema]]:
    """The transport of a group and the document whose calls it sends."""
    sender = stub_sender(target, respond)
    route = GroupTransport(one, sender, deadline)
    try:
        yield route, transported_schema(one, target, route)
    except StopEngine as stop:  # which pytest would take for Ctrl-C
        raise AssertionError(f"the engine was stopped: {stop}") from stop
    finally:
        sender.close()


def case(schema: TransportedSchema, operation_id: str, **parts: Any) -> Case[Any]:
    """A case as Schemathesis makes it, with these parts."""
    return schema.find_operation_by_id(operation_id).Case(**parts)
