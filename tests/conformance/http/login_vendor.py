"""A stub vendor that issues access tokens, and requests to it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import httpx

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.request import Request
from tests.conformance.stub_transport import BASE, json, vendor

OLD = "sandbox-newstore"
DATA = {api: dict(data) for api, data in local_sandbox(BASE).data.items()}


@dataclass
class Vendor:
    """Lets those tokens in that are `valid`; a login gives the next of `tokens`."""

    valid: set[str] = field(default_factory=lambda: {OLD})
    tokens: list[Any] = field(default_factory=lambda: ["new-1", "new-2", "new-3"])
    forbidden: str | None = None  # a path that no token opens
    logins: list[httpx.Request] = field(default_factory=list)
    arrived: list[tuple[str, str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self.lock:
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            if request.url.path in ("/v0/token", "/ccapp/v1/login"):
                self.logins.append(request)
                return self.login()
            self.arrived.append((request.method, request.url.path, token))
            if token not in self.valid or request.url.path == self.forbidden:
                return httpx.Response(403, json={}, headers={"Content-Type": "application/problem+json"})
            return json(200, {})

    def login(self) -> httpx.Response:
        token = self.tokens.pop(0) if self.tokens else None
        if isinstance(token, httpx.Response):
            return token
        if isinstance(token, str):
            self.valid = {token}
        return json(200, {"access_token": token})


def vendor_target(**more: Any) -> Target:
    return vendor("write", "delete", data=DATA, **more)


def request(api: str, operation_id: str, path: dict[str, str], **more: Any) -> Request:
    facts = operations.operation(api, operation_id, "guide")
    place, headers = operations.build_request(facts, path, "guide")
    known = local_sandbox(BASE).credentials[api]["full"]
    return Request(
        api, operation_id, facts.method, BASE + place, {**known, **headers}, safety=facts.safety, facts=facts,
        credentials="full", **more,
    )  # fmt: skip
