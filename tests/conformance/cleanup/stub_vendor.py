"""A vendor that is not there: responses by method and path, what arrived, and a clock that only sleeping moves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.target.model import Retry, Target
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance import stub_transport
from tests.conformance.stub_transport import Time

RUN = "abc12345"
BEGAN = "2026-05-01T10:00:00+00:00"
WITHIN, BEFORE = "2026-05-01T10:00:30+00:00", "2026-04-30T10:00:00+00:00"  # within the run, and before it
ABOUT = {"run": RUN, "started_at": BEGAN}
EMAIL = f"pii-sandbox-check.{RUN}.0f3k2a@example.com"
PROFILE, ADDRESS, STRANGER, OTHER = (f"{digit * 8}-2222-4333-8444-555555555555" for digit in "1274")
PREFIXES = ("/api/storage/profile-system", "/api/user-rights", "/v1/d/pii")
PROBLEM = "application/problem+json"
GONE: Mapping[str, Any] = {
    "vtex": {
        "type": "about:blank", "title": "Not Found", "status": 404,
        "traceId": "00-0123456789abcdef0123456789abcdef-0123456789abcdef-00",
    },
    "newstore": {"request_id": "r", "message": "no such object", "type": "about:blank", "title": "Not Found"},
}  # fmt: skip


def record(number: str = PROFILE, created: str | None = WITHIN, **document: Any) -> dict[str, Any]:
    """A record in VTEX's form; with the run's email, unless told otherwise."""
    return {"id": number, "meta": {"creationDate": created}, "document": {"email": EMAIL, **document}}


def gone(api: str = "vtex") -> httpx.Response:
    """The vendor's own 404."""
    return httpx.Response(404, content=json.dumps(GONE[api]), headers={"content-type": PROBLEM})


def page(status: int = 404) -> httpx.Response:
    """What a gateway answers in the vendor's stead."""
    return httpx.Response(status, html="<h1>nginx</h1>")


def exchange(status: int, value: Any = None, **more: Any) -> Exchange:
    """The vendor's response to some read."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    more.setdefault("response_headers", {"content-type": "application/json" if status < 400 else PROBLEM})
    return Exchange(
        "vtex", "GetProfile", "GET", "https://shop.example.com", {}, b"", status, response_body=body, **more
    )


@dataclass
class StubVendor:
    """Answers with `responses`: a response, an exception, or a value as the JSON of a 200; those of a tuple in turn.

    The last of a tuple is the response to all that follow. What is not among them is not there. `arrived` are the
    calls, in their order.
    """

    responses: Mapping[str, Any] = field(default_factory=dict)
    api: str = "vtex"
    arrived: list[str] = field(default_factory=list)
    time: Time = field(default_factory=Time)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = str(request.url).removeprefix(stub_transport.BASE)
        for prefix in PREFIXES:
            path = path.removeprefix(prefix)
        call = f"{request.method} {path}"
        found = self.responses.get(call, gone(self.api))
        if isinstance(found, tuple):
            found = found[min(self.arrived.count(call), len(found) - 1)]
        self.arrived.append(call)
        if isinstance(found, Exception):
            raise found
        if not isinstance(found, httpx.Response):
            return httpx.Response(200, json=found)
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    def target(self, control: str | None = None, **more: Any) -> Target:
        more.setdefault("retry", Retry(attempts=0))
        return replace(stub_transport.vendor("read", "write", "delete", "erase", **more), control=control)

    @contextmanager
    def context(self, ledger: Ledger | None = None, **more: Any) -> Iterator[RunContext]:
        """A run at this vendor."""
        target = self.target(**more)
        sender = stub_transport.stub_sender(target, self, self.time)
        try:
            yield RunContext(target, sender, ledger or Ledger(None, ABOUT), RUN, 7, RUN)
        finally:
            sender.close()
