"""The vendors' documents played twice: by our gateway and by Connexion as it comes, with handlers that keep what they
are given and answer 200 with nothing to say.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from pii_sandbox import specs

# before Connexion: it knows which of its warnings are nobody's business
from pii_sandbox.mockserver.app import App  # isort: skip
from connexion.apps.asynchronous import AsyncApp
from connexion.decorators.parameter import sanitized
from connexion.resolver import Resolver
from starlette.responses import Response

from pii_sandbox.mockserver.call import Call, Handler, Reply
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import Sandbox, SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.mockserver.vendors import VENDORS
from tests.gateway.request_cases import LARGEST_BODY, RequestCase

HERE = "tests.gateway.reference_connexion"
OF_SECURITY = ("user", "token_info")  # Connexion gives a handler these beside its arguments
VERIFIERS = {"apiKey": "x-apikeyInfoFunc", "http": "x-bearerInfoFunc", "oauth2": "x-tokenInfoFunc"}
CREDENTIALS = {
    value.removeprefix("Bearer ")
    for vendor in VENDORS
    for each in vendor.credentials
    for value in each.headers.values()
}


@dataclass(frozen=True)
class Outcome:
    """The status, and what a handler that was reached was given: path and query together, and the body."""

    status: int
    given: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def check_credential(value: str, required_scopes: Any = None) -> dict[str, str] | None:
    """Whose credential it is, as Connexion asks."""
    return {"sub": value} if value in CREDENTIALS else None


class SandboxServer:
    """The whole application, each vendor's handlers replaced."""

    def __init__(self) -> None:
        self._given: list[dict[str, Any]] = []
        self._app = App(
            SandboxDefaults(seeded=SeedSpec(1, 0)),
            Options(largest_body=LARGEST_BODY, surface_errors=False),
            vendors=[self._replace_handlers(vendor) for vendor in VENDORS],
        )

    def _replace_handlers(self, vendor: Vendor) -> Vendor:
        handlers: dict[str, Handler] = dict.fromkeys(vendor.handlers, self._record_call)
        return replace(vendor, handlers=handlers, seed=lambda people, sandbox, seed: None, in_thread=frozenset())

    def _record_call(self, call: Call, sandbox: Sandbox) -> Reply:
        named = {sanitized(name): value for name, value in {**call.path, **call.query}.items()}
        self._given.append({**named, **({} if call.body is None else {"body": call.body})})
        return Reply(200, {})

    def play(self, case: RequestCase) -> Outcome:
        return send_case(self._app, case, self._given)


class StockConnexion:
    """Connexion's AsyncApp, one a document: it cannot have two of one base path that share their first segments."""

    def __init__(self) -> None:
        self._given: list[dict[str, Any]] = []
        self._apps = {name: self._app(name) for vendor in VENDORS for name in vendor.documents}

    def _app(self, name: str) -> Any:
        document = copy.deepcopy(specs.load(name))
        for scheme in document["components"]["securitySchemes"].values():
            scheme[VERIFIERS[scheme["type"]]] = f"{HERE}.check_credential"
        base = specs.base_path(document)
        app = AsyncApp(name)
        app.add_api(
            {**document, "servers": [{"url": base}] if base else []},
            resolver=Resolver(self._resolve),
            strict_validation=True,
        )
        return app

    def _resolve(self, operation_id: str) -> Callable[..., Any]:
        async def keep(**arguments: Any) -> Any:
            self._given.append({name: value for name, value in arguments.items() if name not in OF_SECURITY})
            return Response()  # Starlette's own: Connexion would have it fit the document

        return keep

    def play(self, case: RequestCase) -> Outcome:
        return send_case(self._apps[case.document], case, self._given)


def send_case(app: Any, case: RequestCase, given: list[dict[str, Any]]) -> Outcome:
    """One request, in the form in which uvicorn hands it on."""
    given.clear()
    status, headers = asyncio.run(_call_app(app, case))
    return Outcome(status, given[0] if given else None, headers)


async def _call_app(app: Any, case: RequestCase) -> tuple[int, dict[str, str]]:
    messages: list[dict[str, Any]] = []
    left = [{"type": "http.request", "body": case.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return left.pop() if left else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    try:
        await app(_scope(case), receive, send)
    except Exception:  # Starlette answers 500 and raises all the same, for the server's log
        if not messages:
            raise
    named = {name.decode(): value.decode("latin-1") for name, value in messages[0]["headers"]}
    return messages[0]["status"], named


def _scope(case: RequestCase) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": case.method,
        "path": unquote(case.path),
        "raw_path": case.path.encode(),
        "root_path": "",
        "query_string": case.query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in case.headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
