"""The ASGI application: resolves the sandbox from header or path, then calls the gateway of the sandbox's dialect."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver import console, control, cross_site, docs, overview
from pii_sandbox.mockserver.call import Principal, Reply
from pii_sandbox.mockserver.gateway import (
    RESPONSE,
    ConnectionDropped,
    Gateway,
    Options,
    RequestContext,
    ResponseRecorder,
    forwarded,
    responses,
)
from pii_sandbox.mockserver.gateway.request_context import KEY, HeaderCache
from pii_sandbox.mockserver.problems import Malformed, Unavailable
from pii_sandbox.mockserver.sandboxes import DEFAULT, SandboxDefaults, Sandboxes
from pii_sandbox.mockserver.shared_sandboxes import SharedBackend, SharedSandboxes
from pii_sandbox.mockserver.store import StoreError
from pii_sandbox.mockserver.store.log import Outdated, Unreachable
from pii_sandbox.mockserver.vendor import PresentedCredentials, Vendor
from pii_sandbox.mockserver.vendors import VENDORS
from pii_sandbox.specs import Dialect, Operation
from pii_sandbox.specs.hosts import host_patterns

HEADER = "x-sandbox"
_CONTROL = "/_sandbox"
_TOKEN = re.compile(r"[!-~]+")

AGAIN_SECONDS = 5.0  # for handling a call again
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.001, 0.05

log = logging.getLogger(__name__)


class App:
    """The ASGI application. `loopback_only`: the control API accepts only host names of this machine.

    `on_loopback`: the server is bound to this machine's own addresses; without authentication the vendors' APIs then
    take no calls from pages of other sites either. None: as `loopback_only`.
    Raises ValueError for a control token that no client could send.
    Raises SpecError where documents and handlers disagree, StoreError for a bad data folder.
    """

    def __init__(
        self,
        defaults: SandboxDefaults | None = None,
        options: Options | None = None,
        *,
        authenticate: bool = True,
        control_token: str | None = None,
        loopback_only: bool = False,
        on_loopback: bool | None = None,
        vendors: Sequence[Vendor] = VENDORS,
        backend: SharedBackend | None = None,
    ) -> None:
        if control_token is not None and not _TOKEN.fullmatch(control_token):
            raise ValueError(
                "the control token must have visible ASCII characters only, because it is sent in a header"
            )
        self.sandboxes = _sandboxes(vendors, defaults or SandboxDefaults(), backend)
        is_local = loopback_only if on_loopback is None else on_loopback
        served = vendors if authenticate else [_without_authentication(vendor, is_local) for vendor in vendors]
        self._vendors = [*served, control.vendor(self.sandboxes, control_token, loopback_only=loopback_only)]
        self._options = options or Options()
        self._header_cache = HeaderCache()
        self._gateways: dict[Dialect, Gateway] = {}
        self._gateway(self.sandboxes.defaults.dialect)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send, self.sandboxes)
            return
        if scope["type"] != "http":
            return
        method = scope["method"]
        extensions = scope.get("extensions")
        recorder = ResponseRecorder(send, extensions.get(RESPONSE) if extensions else None)
        try:
            resolved = self._resolve_request(scope)
            if isinstance(resolved, RequestContext):
                scope[KEY] = recorder.context = resolved
                try:
                    await self._gateway(resolved.dialect).app(scope, receive, recorder)
                except (Outdated, Unreachable) as error:  # of a shared sandbox
                    await self._handle_again(scope, receive, recorder, error)
            else:
                request_headers = self._header_cache.headers_of(scope["headers"]) if self._options.compression else None
                await responses.send(resolved, recorder, method, request_headers)
        except ConnectionDropped:  # request_headers for, by a fault
            recorder.record(method)
            raise
        except Exception as error:  # any other error is internal: it is logged, and never looks like a vendor's
            if self._options.surface_errors:
                raise
            operation = recorder.context.operation if recorder.context else None  # not the path: it may be personal
            log.exception(
                "internal error of the sandbox at %s", operation.operation_id if operation else "an unknown path"
            )
            if not recorder.status:
                await responses.send(_internal_error(error), recorder, method)
        recorder.record(method)

    async def _handle_again(self, scope: Any, receive: Any, recorder: ResponseRecorder, error: Exception) -> None:
        """Handle a call on the state that the shared log has, until the log accepts what it saw and did.

        With 503 if the log cannot be reached, or was always quicker.
        """
        give_up_at, pause = monotonic() + AGAIN_SECONDS, 0.0
        while isinstance(error, Outdated) and monotonic() < give_up_at:
            await asyncio.sleep(pause * random.random())  # so that two replicas do not go on refusing each other
            pause = min(2 * pause + FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
            try:
                resolved = self._resolve_request(scope)
                if not isinstance(resolved, RequestContext):
                    await responses.send(resolved, recorder, scope["method"])
                    return
                scope[KEY] = recorder.context = resolved
                await self._gateway(resolved.dialect).app(scope, receive, recorder)
                return
            except (Outdated, Unreachable) as again:
                error = again
        context: RequestContext = scope[KEY]
        problem = Unavailable("the log of the cluster cannot be reached, or has no quorum: send the request again")
        context.refuse(problem)
        reply = self._gateway(context.dialect).render(context.raw_path, problem)
        headers = {**reply.headers, "X-Sandbox-Error": type(error).__name__}
        await responses.send(replace(reply, headers=headers), recorder, scope["method"])

    def _resolve_request(self, scope: Any) -> RequestContext | Reply:
        """Resolve the request's sandbox; return a response instead for a page, or if no sandbox can be resolved."""
        extension: str = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        headers = self._header_cache.headers_of(scope["headers"])
        name, path = headers.get(HEADER, DEFAULT), extension
        if extension.startswith("/~"):
            name, path = _name_and_path(extension)
        host = headers.get("host", "localhost")
        try:
            if not cross_site.is_host(host):  # it becomes a part of URLs in responses
                raise Malformed("the Host header is not a host name or address")
            sandbox = self.sandboxes.find(name)
        except (Malformed, Unavailable) as problem:
            return self._gateway(self.sandboxes.defaults.dialect).render(path, problem)
        is_forwarded = headers.forwarded and self._options.proxies.trust((scope.get("client") or ("",))[0])
        if path.startswith(_CONTROL) or path == overview.ROOT:
            prefix = "" if path is extension else f"/~{name}"
            if is_forwarded:
                prefix = forwarded.prefix(headers) + prefix
            page = _page(path, scope["method"], sandbox.dialect, prefix, headers.get("accept", ""))
            if page is not None:
                return page
        query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
        origin = f"{scope['scheme']}://{host}"
        if is_forwarded:
            origin = forwarded.forwarded_origin(headers, scope["scheme"], host)
        return RequestContext(
            sandbox, f"{origin}{extension}{query}", path, headers, sandbox.dialect, sandbox.clock.times()
        )

    def _gateway(self, dialect: Dialect) -> Gateway:
        gateway = self._gateways.get(dialect)
        if gateway is None:
            gateway = self._gateways[dialect] = Gateway(self._vendors, dialect, self._options)
        return gateway


def _sandboxes(vendors: Sequence[Vendor], defaults: SandboxDefaults, backend: SharedBackend | None) -> Sandboxes:
    return Sandboxes(vendors, defaults) if backend is None else SharedSandboxes(vendors, defaults, backend)


def _name_and_path(prefixed: str) -> tuple[str, str]:
    """Return the sandbox that `/~NAME/…` names, and the path below it."""
    name, slash, rest = prefixed.removeprefix("/~").partition("/")
    return name, f"{slash}{rest}" or "/"


def _page(path: str, method: str, dialect: Dialect, prefix: str, accept: str) -> Reply | None:
    """Return the overview, console or documentation page at that path, or None."""
    overview_page = overview.page(path, prefix, accept, dialect) if method in ("GET", "HEAD") else None
    if overview_page is not None:
        return overview_page
    document_page = docs.page(path, method, prefix)
    return console.page(path, method) if document_page is None else document_page(dialect)


def _without_authentication(vendor: Vendor, is_local: bool) -> Vendor:
    """Return the vendor without authentication. `is_local`: still refuse requests of other sites' pages."""

    def anybody(presented: PresentedCredentials, operation: Operation, sandbox: Any) -> Principal:
        return vendor.anonymous

    # clients that reach this server by a proxy or a hosts file send the vendor's host
    names = [name for document in vendor.documents for name in host_patterns(specs.load(document))]
    guard = partial(cross_site.refuse_foreign, loopback_only=True, names=names, api=vendor.name) if is_local else None
    return replace(vendor, authenticate=anybody, guard=guard)


def _internal_error(error: Exception) -> Reply:
    status, title = (507, str(error)) if isinstance(error, StoreError) else (500, "A fault of the sandbox itself")
    body = {"type": "about:blank", "title": title, "status": status}
    return Reply(status, body, media_type="application/problem+json", headers={"X-Sandbox-Error": type(error).__name__})


async def _lifespan(receive: Any, send: Any, sandboxes: Sandboxes) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await sandboxes.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await sandboxes.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
