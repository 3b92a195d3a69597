"""A stub of a vendor that answers a preflight, and targets that lead to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from pii_sandbox.conformance.preflight.preflight import run_preflight
from pii_sandbox.conformance.preflight.results import ApiPreflight, Check
from pii_sandbox.conformance.target.model import Retry, Target
from tests.conformance.stub_transport import BASE, json, stub_sender, vendor

NOT_FOUND = {"errorCode": "22000", "message": "not found", "status": "404"}


@dataclass
class Vendor:
    """Answers each kind of credentials with a status of its own. `seen` are path and query of what arrived."""

    statuses: dict[str, int] = field(default_factory=dict)  # by a part of the credentials
    body: Any = field(default_factory=dict)
    respond: Callable[[httpx.Request], httpx.Response | None] = lambda request: None
    seen: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.url.raw_path.decode())
        response = self.respond(request)
        if response is not None:
            return response
        credentials = " ".join(request.headers.values())
        status = next((status for part, status in self.statuses.items() if part in credentials), 200)
        return json(status, self.body)


def target_of(api: str, *kinds: str, data: dict[str, str] | None = None, **more: Any) -> Target:
    """A vendor's endpoint of one API. Each kind of credentials says in its headers which it is."""
    target = vendor(data={api: data or {}}, **more)
    known = {kind: dict.fromkeys(target.credentials[api]["full"], f"{kind}-token") for kind in kinds}
    return replace(target, urls={api: BASE}, credentials={api: known}, retry=Retry(attempts=0))


def preflight_of(target: Target, host: Callable[[httpx.Request], httpx.Response]) -> ApiPreflight:
    with closing(stub_sender(target, host)) as sender:
        (result,) = run_preflight(target, sender)
    return result


def checks(result: ApiPreflight) -> dict[str, str]:
    return {check.name: check.standing for check in (*result.credentials, *result.data)}


def check_of(result: ApiPreflight, name: str) -> Check:
    return next(check for check in (*result.credentials, *result.data) if check.name == name)
