"""The one place that sends: a target's hosts, pace and limits are kept here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit

from pii_sandbox.conformance.http.budget import Budget, Usage
from pii_sandbox.conformance.http.connection import Connection, NewClient, new_client, now
from pii_sandbox.conformance.http.rate_limit import LONGEST_WAIT_SECONDS, RateLimiter, retry_after
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request

CONTROL_TOKEN = "X-Sandbox-Control-Token"
RETRIES = 2
WAIT_UNASKED_SECONDS = 5.0  # after a 429 that does not say how long
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


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
        self._connection = Connection(target, new_client)
        self._rate_limiter = RateLimiter(target.limits.requests_per_second, clock)
        self._sleep = sleep or self.stop.wait
        self._hosts = {urlsplit(url).netloc.lower() for url in (*target.urls.values(), target.control or "") if url}

    def send(self, request: Request) -> Exchange:
        """The exchange, with or without an answer.

        A target that says when to come back (429, or 503 to a read) is obeyed and asked again, unless that very answer
        is expected. Raises CannotCheck where a limit or a host forbids the call or no one answers there, RunStopped
        after the stop.
        """
        self._refuse_host(urlsplit(request.url).netloc, "is not named by the target")
        if request.makes:
            self.budget.reserve()
        try:
            for attempt in range(RETRIES + 1):
                self._take_turn(request.undoes)
                self.budget.spend(writes=attempt == 0 and request.safety != "read", undoes=request.undoes)
                exchange = self._exchange(request)
                wait = self._asked_to_wait(exchange, request)
                if wait is None:
                    return exchange
                if attempt == RETRIES or wait > LONGEST_WAIT_SECONDS:
                    raise CannotCheck(f"the target asks to wait (status {exchange.status}, {wait:g} s)", "throttled")
        except CannotCheck:
            if request.makes:
                self.budget.settle()
            raise
        raise AssertionError("the last attempt either answers or raises")

    def _take_turn(self, undoes: bool) -> None:
        if self.stop.is_set() and not undoes:
            raise RunStopped
        wait = self._rate_limiter.due_in()
        left = self.budget.seconds_left(undoes=undoes)
        if wait > LONGEST_WAIT_SECONDS or (left is not None and wait >= left):
            raise CannotCheck(f"the target asks to wait {wait:.0f} s more", "throttled")
        if wait > 0:
            self._sleep(wait)
            if self.stop.is_set() and not undoes:
                raise RunStopped

    def _exchange(self, request: Request) -> Exchange:
        left = self.budget.seconds_left(undoes=request.undoes)
        patience = self.target.answers.seconds
        timeout = patience if left is None else min(patience, left)
        host = urlsplit(request.url).netloc
        headers = self._without_token(host, {**self.target.headers, **request.headers})
        exchange = self._connection.exchange(request, headers, timeout, self._look_for_stop(request.undoes))
        if timeout < patience and (exchange.error or "").startswith("ReadTimeout"):
            raise self.budget.out_of_time()  # which says nothing of the target
        location = next((value for name, value in exchange.response_headers.items() if name.lower() == "location"), "")
        if exchange.status in _REDIRECTS and location:
            self._refuse_host(
                _redirect_host(request.url, location),
                "is where the target redirects to; it is not named by the target, so nothing was sent there",
            )
        return exchange

    def _look_for_stop(self, undoes: bool) -> Callable[[], None]:
        def look() -> None:
            if self.stop.is_set() and not undoes:
                raise RunStopped

        return look

    def _asked_to_wait(self, exchange: Exchange, request: Request) -> float | None:
        if self.target.isolates:
            return None  # time there is moved, not waited for
        wait = retry_after(exchange.response_headers, now())
        if exchange.status == 429:
            wait = WAIT_UNASKED_SECONDS if wait is None else wait
        elif exchange.status != 503 or request.safety != "read":
            return None
        if wait is None:
            return None
        self._rate_limiter.pause(wait)
        return None if exchange.status in request.expected else wait

    def _without_token(self, host: str, headers: Mapping[str, str]) -> dict[str, str]:
        """The control token goes to the host of the control API alone."""
        if host.lower() == urlsplit(self.target.control or "").netloc.lower():
            return dict(headers)
        return {name: value for name, value in headers.items() if name.lower() != CONTROL_TOKEN.lower()}

    def _refuse_host(self, host: str, why: str) -> None:
        if host.lower() not in self._hosts:
            raise CannotCheck(f"the host {host} {why}")

    def close(self) -> None:
        self._connection.close()


def _redirect_host(url: str, location: str) -> str:
    """The host that a Location header leads to; that of the URL itself where the header is no URL."""
    try:
        return urlsplit(urljoin(url, location)).netloc
    except ValueError:
        return urlsplit(url).netloc
