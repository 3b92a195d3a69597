"""The one place that sends: a target's hosts, pace and limits are kept here."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from pii_sandbox.conformance.http.budget import Budget, Usage
from pii_sandbox.conformance.http.rate_limit import LONGEST_WAIT_SECONDS, RateLimiter, retry_after
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.scenario import CannotCheck

NewClient = Callable[[Target], httpx.Client]
CONTROL_TOKEN = "X-Sandbox-Control-Token"
TIMEOUT_SECONDS = 30.0
RETRIES = 2
WAIT_UNASKED_SECONDS = 5.0  # after a 429 that does not say how long
_UNREACHABLE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


def now() -> datetime:
    """The time here, which is not that of a target."""
    return datetime.now(UTC)


class RunStopped(CannotCheck):
    """The run was stopped; nothing more is played."""


def new_client(target: Target) -> httpx.Client:
    """An HTTP client as the target asks for it; redirects are not followed, the environment is not asked."""
    return httpx.Client(
        verify=_context(target),
        proxy=target.proxy,
        timeout=TIMEOUT_SECONDS,
        # shorter than what servers keep an idle connection for, so that none ends as we send
        limits=httpx.Limits(keepalive_expiry=2),
        follow_redirects=False,
        trust_env=False,
    )


def _context(target: Target) -> ssl.SSLContext | bool:
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


class Sender:
    """Sends within the limits of a target. Safe to share between threads.

    `sleep` waits that many seconds; without it a wait ends early once `stop` is set. `usage` is what earlier parts of
    the run have used of the limits.
    """

    def __init__(
        self,
        target: Target,
        new_client: NewClient = new_client,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        usage: Usage | None = None,
    ) -> None:
        self.target = target
        self.stop = threading.Event()
        self.budget = Budget(target.limits, clock, usage)
        self._client = new_client(target)
        self._rate_limiter = RateLimiter(target.limits.requests_per_second, clock)
        self._sleep = sleep or self.stop.wait
        self._hosts = {urlsplit(url).netloc.lower() for url in (*target.urls.values(), target.control or "") if url}

    def send(
        self,
        api: str,
        operation_id: str | None,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        safety: str,
        *,
        expected: Collection[int] = (),
        makes: bool = False,
        undoes: bool = False,
    ) -> Exchange:
        """The exchange, with or without an answer.

        A target that says when to come back (429, or 503 to a read) is obeyed and asked again, unless that very answer
        is `expected`. `makes`: the budget of the undoing is set aside until `budget.settle()`. `undoes`: may use it.
        Raises CannotCheck where a limit or a host forbids the call or nobody answers there, Stopped after the stop.
        """
        self._refuse_host(urlsplit(url).netloc, "is not named by the target")
        if makes:
            self.budget.reserve()
        try:
            for attempt in range(RETRIES + 1):
                self._take_turn(undoes)
                self.budget.spend(writes=attempt == 0 and safety != "read", undoes=undoes)
                exchange = self._sent(api, operation_id, method, url, headers, body, undoes)
                wait = self._asked_to_wait(exchange, safety, expected)
                if wait is None:
                    return exchange
                if attempt == RETRIES or wait > LONGEST_WAIT_SECONDS:
                    raise CannotCheck(f"the target asks to wait (status {exchange.status}, {wait:g} s)")
        except CannotCheck:
            if makes:
                self.budget.settle()
            raise
        raise AssertionError("the last attempt either answers or raises")

    def _take_turn(self, undoes: bool) -> None:
        if self.stop.is_set() and not undoes:
            raise RunStopped("the run was stopped")
        wait = self._rate_limiter.due_in()
        left = self.budget.seconds_left(undoes=undoes)
        if wait > LONGEST_WAIT_SECONDS or (left is not None and wait >= left):
            raise CannotCheck(f"the target asks to wait {wait:.0f} s more")
        if wait > 0:
            self._sleep(wait)
            if self.stop.is_set() and not undoes:
                raise RunStopped("the run was stopped")

    def _sent(
        self,
        api: str,
        operation_id: str | None,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        undoes: bool,
    ) -> Exchange:
        left = self.budget.seconds_left(undoes=undoes)
        timeout = TIMEOUT_SECONDS if left is None else min(TIMEOUT_SECONDS, left)
        sent = self._without_token(urlsplit(url).netloc, {**self.target.headers, **headers})
        at, started = now(), time.monotonic()
        try:
            response = self._client.request(method, url, headers=sent, content=body or None, timeout=timeout)
        except _UNREACHABLE as error:
            raise CannotCheck(f"{urlsplit(url).netloc} cannot be reached ({type(error).__name__})") from error
        except httpx.RequestError as error:
            text = f"{type(error).__name__}: {error}"
            elapsed = time.monotonic() - started
            return Exchange(
                api, operation_id, method, url, sent, body, None, error=text, sent_at=at, elapsed_seconds=elapsed
            )
        if response.has_redirect_location:
            self._refuse_host(
                urlsplit(str(response.url.join(response.headers["location"]))).netloc,
                "is where the target redirects to; it is not named by the target, so nobody went there",
            )
        return Exchange(
            api, operation_id, method, url, sent, body, response.status_code, dict(response.headers), response.content,
            sent_at=at, elapsed_seconds=time.monotonic() - started,
        )  # fmt: skip

    def _asked_to_wait(self, exchange: Exchange, safety: str, expected: Collection[int]) -> float | None:
        if self.target.isolates:
            return None  # time there is moved, not waited for
        wait = retry_after(exchange.response_headers, now())
        if exchange.status == 429:
            wait = WAIT_UNASKED_SECONDS if wait is None else wait
        elif exchange.status != 503 or safety != "read":
            return None
        if wait is None:
            return None
        self._rate_limiter.pause(wait)
        return None if exchange.status in expected else wait

    def _without_token(self, host: str, headers: Mapping[str, str]) -> dict[str, str]:
        """The control token goes to the host of the control API alone."""
        if host.lower() == urlsplit(self.target.control or "").netloc.lower():
            return dict(headers)
        return {name: value for name, value in headers.items() if name.lower() != CONTROL_TOKEN.lower()}

    def _refuse_host(self, host: str, why: str) -> None:
        if host.lower() not in self._hosts:
            raise CannotCheck(f"the host {host} {why}")

    def close(self) -> None:
        self._client.close()
