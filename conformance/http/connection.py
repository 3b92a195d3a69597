"""One request and its answer over HTTP: the client as the target asks for it, and what came back as an exchange."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request

NewClient = Callable[[Target], httpx.Client]
TIMEOUT_SECONDS = 30.0
_UNREACHABLE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


def now() -> datetime:
    """The time here, which is not that of a target."""
    return datetime.now(UTC)


def new_client(target: Target) -> httpx.Client:
    """An HTTP client as the target asks for it; redirects are not followed, the environment is not asked."""
    return httpx.Client(
        verify=_tls_context(target),
        proxy=target.proxy,
        timeout=TIMEOUT_SECONDS,
        # shorter than what servers keep an idle connection for, so that none ends as we send
        limits=httpx.Limits(keepalive_expiry=2),
        follow_redirects=False,
        trust_env=False,
    )


def _tls_context(target: Target) -> ssl.SSLContext | bool:
    if all(url.startswith("http:") for url in target.urls.values()) and not (target.proxy or "").startswith("https:"):
        return False  # nothing to verify, and loading authorities takes a while
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


class Connection:
    """Connections to a target's hosts. Safe to share between threads."""

    def __init__(self, target: Target, new_client: NewClient = new_client) -> None:
        self._client = new_client(target)

    def exchange(self, request: Request, headers: Mapping[str, str], timeout_seconds: float) -> Exchange:
        """Sends the request once, with these headers. Raises CannotCheck where the host cannot be reached."""
        at, started = now(), time.monotonic()
        content = request.body or None
        try:
            response = self._client.request(
                request.method, request.url, headers=headers, content=content, timeout=timeout_seconds
            )
        except _UNREACHABLE as error:
            host = urlsplit(request.url).netloc
            raise CannotCheck(f"{host} cannot be reached ({type(error).__name__})", "network") from error
        except httpx.RequestError as error:
            return Exchange(
                request.api, request.operation_id, request.method, request.url, headers, request.body, None,
                error=f"{type(error).__name__}: {error}", sent_at=at, elapsed_seconds=time.monotonic() - started,
            )  # fmt: skip
        return Exchange(
            request.api, request.operation_id, request.method, request.url, headers, request.body,
            response.status_code, dict(response.headers), response.content,
            sent_at=at, elapsed_seconds=time.monotonic() - started,
        )  # fmt: skip

    def close(self) -> None:
        self._client.close()
