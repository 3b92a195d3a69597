"""API clients of a stub transport: requests that arrived, statuses that are answered in turn."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.target.model import Target
from tests.conformance.stub_transport import BASE, context, json, vendor

PROFILES = f"{BASE}/api/storage/profile-system/profiles"
# a sandbox of its own, so that what is changed need not be the run's
SANDBOX = replace(vendor("write", "delete", "control"), control=f"{BASE}/_sandbox/v1")


@dataclass
class Recorded:
    """Requests that arrived, and the statuses that are answered in turn; 200 with `body` after them."""

    statuses: list[int] = field(default_factory=list)
    body: Any = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return json(self.statuses.pop(0) if self.statuses else 200, self.body)

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(request.method, str(request.url)) for request in self.requests]


@contextmanager
def client_of(target: Target, recorded: Recorded, api: str = "vtex", **more: Any) -> Iterator[ApiClient]:
    run_context = context(target, recorded.respond)
    try:
        yield ApiClient(api, run_context, random.Random(1), **more)
    finally:
        run_context.sender.close()
