"""One request and its answer over HTTP: the client as the target asks for it, and what came back as an exchange."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import httpx

from pii_sandbox.conformance.http import content_codings
from pii_sandbox.conformance.http.connection_errors import connection_trouble
from pii_sandbox.conformance.http.network_stream import Oversize
from pii_sandbox.conformance.http.response_reader import NoCookies, read_response, set_location_aside
from pii_sandbox.conformance.http.transport import LATE_BODY_SECONDS, GuardedTransport
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request

NewClient = Callable[[Target], httpx.Client]
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, httpx.PoolTimeout,
)  # fmt: skip


def now() -> datetime:
    """The time here, which is not that of a target."""
    return datetime.now(UTC)


def redirect_host(exchange: Exchange) -> str | None:
    """The host that an answer redirects to, None where it does not; the host itself for a Location that is no URL."""
    location = next((value for name, value in exchange.response_headers.items() if name.lower() == "location"), "")
    if exchange.status not in _REDIRECTS or not location:
        return None
    try:
        return urlsplit(urljoin(exchange.url, location)).netloc
    except ValueError:
        return urlsplit(exchange.url).netloc


def new_client(target: Target) -> httpx.Client:
    """An HTTP client as the target asks for it; redirects are not followed, the environment is not asked."""
    patience = 0.0 if target.isolates else LATE_BODY_SECONDS  # a sandbox of ours sends each response in one piece
    return httpx.Client(
        transport=GuardedTransport(_tls_context(target), target.proxy, patience),
        headers={"Accept-Encoding": content_codings.ACCEPTED},
        timeout=target.answers.seconds,
        follow_redirects=False,
        trust_env=False,
    )


def _tls_context(target: Target) -> ssl.SSLContext | None:
    if all(url.startswith("http:") for url in target.urls.values()) and not (target.proxy or "").startswith("https:"):
        return None  # nothing to verify, and loading authorities takes a while
    if isinstance(target.verify, str):
        context = ssl.create_default_context(cafile=target.verify)
    else:
        context = httpx.create_ssl_context(trust_env=False)
    if target.verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    match target.client_certificate:
        case str(certificate):
            context.load_cert_chain(certificate)
        case (certificate, key):
            context.load_cert_chain(certificate, key)
    return context


class TargetConnections:
    """Connections to a target's hosts. Safe to share between threads."""

    def __init__(self, target: Target, new_client: NewClient = new_client) -> None:
        self._bounds = target.answers
        self._client = new_client(target)
        self._proxy = target.proxy
        # a session that a target opens for one credential must not go on with the calls of another
        self._client.cookies = NoCookies()
        self._client.event_hooks = {"response": [set_location_aside]}

    def exchange(
        self,
        request: Request,
        headers: Mapping[str, str],
        timeout_seconds: float,
        look: Callable[[], None] = lambda: None,
    ) -> Exchange:
        """Sends the request once, with these headers. Without an answer, `error` of the exchange says why.

        `look` is called while the answer comes, and raises where it is no longer wanted.
        """
        at, started = now(), time.monotonic()
        chunked = any(name.lower() == "transfer-encoding" for name in headers)
        content = iter((request.body,)) if chunked else request.body or None  # of an iterator httpx sends no length
        sent = self._client.build_request(
            request.method, request.url, headers=headers, content=content, timeout=timeout_seconds
        )
        try:
            response = read_response(self._client, sent, self._bounds, timeout_seconds, look)
        except (httpx.RequestError, Oversize) as error:
            too_much = isinstance(error, Oversize)
            return Exchange(
                request.api, request.operation_id, request.method, request.url, headers, request.body, None,
                error=self._trouble(error, request.url),
                sent_at=None if isinstance(error, _NOT_SENT) else at, elapsed_seconds=time.monotonic() - started,
                oversize=str(error) if too_much else None,
            )  # fmt: skip
        return Exchange(
            request.api, request.operation_id, request.method, request.url, headers, request.body,
            response.status, response.headers, response.body,
            sent_at=at, elapsed_seconds=time.monotonic() - started,
            oversize=response.oversize, surplus=response.surplus,
        )  # fmt: skip

    def _trouble(self, error: httpx.RequestError | Oversize, url: str) -> str:
        """The error in words; those of the reader of answers are such already."""
        if isinstance(error, Oversize) or str(error).startswith("the response did not end"):
            return str(error)
        return connection_trouble(error, url, proxy=self._proxy)

    def close(self) -> None:
        self._client.close()
