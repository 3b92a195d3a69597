"""Ways to a target that are not there: answers from a function, a clock that only sleeping moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Limits, Target

BASE = "https://shop.example.com"
Play = Callable[[httpx.Request], httpx.Response]


@dataclass
class Time:
    """`slept` are the waits that were asked for, in seconds."""

    at: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def vendor(*powers: str, limits: Limits | None = None, **more: Any) -> Target:
    """A vendor's endpoint, with the credentials of our sandbox."""
    sandbox_target = local_sandbox(BASE)
    more.setdefault("data", {})
    return replace(
        sandbox_target, name="vendor", powers=frozenset(powers), limits=limits or Limits(), control=None, **more
    )


def stub_sender(target: Target, play: Play, time: Time | None = None) -> Sender:
    clock = time or Time()
    transport = httpx.MockTransport(play)
    return Sender(target, lambda _: httpx.Client(transport=transport), clock=clock.now, sleep=clock.sleep)


def context(target: Target, play: Play, run_id: str = "abc12345", seed: int = 7, **more: Any) -> RunContext:
    """A run at that target, whose `sender` is to be closed."""
    return RunContext(target, stub_sender(target, play), Ledger(None, {"run": run_id}), run_id, seed, run_id, **more)


def json(status: int, body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
