"""The one place that sends: a target's hosts, pace, limits, retries and circuit breaker are kept here."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from pii_sandbox.conformance.http.budget import Budget, Usage
from pii_sandbox.conformance.http.circuit_breaker import CircuitBreaker
from pii_sandbox.conformance.http.classification import cause_of, classify, expected_answer
from pii_sandbox.conformance.http.connection import NewClient, TargetConnections, new_client, now, redirect_host
from pii_sandbox.conformance.http.credential_recovery import CredentialRecovery
from pii_sandbox.conformance.http.credential_watch import CredentialWatch, call_description
from pii_sandbox.conformance.http.login import AccessTokens
from pii_sandbox.conformance.http.observer import Observer
from pii_sandbox.conformance.http.rate_limit import LONGEST_WAIT_SECONDS, RateLimiter, retry_after_seconds
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import AnswerClass, Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request

CONTROL_TOKEN = "X-Sandbox-Control-Token"
WAIT_UNASKED_SECONDS = 5.0  # after a 429 that does not say how long
MOST_LOGINS = 4  # for one call
# A create has this long for its answer although the run is stopped: without it nobody knows what it made.
FINISH_SECONDS = 5.0
_LOST: frozenset[AnswerClass] = frozenset({"network", "unavailable"})


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
        self.observer = Observer()
        self._connection = TargetConnections(target, new_client)
        self._rate_limiter = RateLimiter(target.limits.requests_per_second, clock)
        self._breaker = CircuitBreaker(target.retry.breaker_failures, clock)
        self._credentials = CredentialWatch()
        self._tokens = AccessTokens(target)
        self._recovery = CredentialRecovery(
            self._credentials, self._tokens, self._send_until_answered, lambda: self.budget.requests, self._note_login
        )
        self.on_token: Callable[[str], object] = lambda token: None  # told each new access token
        self.access_tokens: set[str] = set()
        self._clock = clock
        self._sleep = sleep or self.stop.wait
        self._hosts = {urlsplit(url).netloc.lower() for url in (*target.urls.values(), target.control or "") if url}

    def send(self, request: Request) -> Exchange:
        """The exchange, classified; only one of class `vendor` is an answer that may be judged.

        What gets no answer, or a gateway's, is sent again where that is harmless; a target that says when to come back
        is obeyed, unless that very answer is expected. Raises CannotCheck where a limit, a host or refused credentials
        forbid the call, RunStopped after the stop; where `was_sent` is set, the request may have been carried out.
        """
        if request.obstacle is not None:
            raise CannotCheck(request.obstacle)
        self._refuse_host(urlsplit(request.url).netloc, "is not named by the target, so nothing was sent there")
        self._credentials.refuse(request)
        self._recovery.prepare(request)
        if request.makes:
            self.budget.reserve()
        try:
            for _ in range(MOST_LOGINS):  # a new token may have run out again by the time of its first use
                logins = self._tokens.logins(request.api)
                exchange = self._send_until_answered(request)
                refused = exchange.answer_class == "credentials"
                if not refused or not self._recovery.recovers(request, exchange, logins):
                    break
        except CannotCheck as error:
            if request.makes and not error.was_sent:
                self.budget.settle()
            raise
        if request.makes and exchange.is_unsent:
            self.budget.settle()
        if exchange.status is not None and 200 <= exchange.status < 300:
            self._credentials.note(request)
        return exchange

    def remember_read(self, request: Request) -> None:
        """The read that is repeated where credentials of its kind are refused later on."""
        self._credentials.note(request)

    def logs_in(self, api: str) -> bool:
        """Whether a new login gives an access token, which is sent from now on; False where the target has none."""
        return self._recovery.logs_in(api)

    def seconds(self) -> float:
        """The sender's clock."""
        return self._clock()

    def wait(self, seconds: float, *, undoes: bool = False) -> None:
        """Waits within the limits. Raises CannotCheck where they do not allow it, RunStopped after the stop."""
        left = self.budget.seconds_left(undoes=undoes)
        if left is not None and seconds >= left:
            raise CannotCheck(f"the limit of minutes leaves no time to wait {seconds:.0f} s", "limit")
        if seconds > 0:
            self._sleep(seconds)
        if self.stop.is_set() and not undoes:
            raise RunStopped

    def _note_login(self, api: str, token: str) -> None:
        self.access_tokens.add(token)
        self.on_token(token)
        self.observer.note_login(api)

    def _send_until_answered(self, request: Request) -> Exchange:
        lost: AnswerClass | None = None  # how an earlier attempt ended that may have been carried out
        for attempt in itertools.count():
            self._take_turn(request)
            self.budget.spend(writes=attempt == 0 and request.safety != "read", undoes=request.undoes)
            exchange = replace(self._exchange(request), attempts=attempt + 1)
            wait = self._seconds_to_retry(exchange, request, attempt)
            if wait is None or attempt == self.target.retry.attempts or wait > LONGEST_WAIT_SECONDS:
                break
            if self._breaker.state(urlsplit(request.url).netloc).given_up is not None:
                break
            self.observer.note_retry(request.api, request.operation_id, exchange.answer_class)
            if exchange.answer_class in _LOST and request.safety != "read" and not exchange.is_unsent:
                lost = exchange.answer_class
            self.wait(wait, undoes=request.undoes)
        refused = exchange.status is not None and exchange.status >= 400 and exchange.status not in request.expected
        if lost is not None and exchange.answer_class == "vendor" and refused:
            # the first attempt may have been carried out: this refusal may be of the second alone
            return replace(exchange, answer_class=lost)
        return exchange

    def _take_turn(self, request: Request) -> None:
        if self.stop.is_set() and not request.undoes:
            raise RunStopped
        self._await_host(request)
        wait = self._rate_limiter.due_in()
        left = self.budget.seconds_left(undoes=request.undoes)
        if wait > LONGEST_WAIT_SECONDS or (left is not None and wait >= left):
            raise CannotCheck(f"the target asks for a wait of {wait:.0f} s before the next request", "throttled")
        self.wait(wait, undoes=request.undoes)

    def _exchange(self, request: Request) -> Exchange:
        left = self.budget.seconds_left(undoes=request.undoes)
        patience = self.target.answers.seconds
        timeout = patience if left is None else min(patience, left)
        host = urlsplit(request.url).netloc
        headers = self._without_token(host, {**self.target.headers, **request.headers})
        sent = {**headers, **self._tokens.renewed_headers(request)}
        exchange = self._connection.exchange(request, sent, timeout, self._look_for_stop(request))
        # a report names the variable of the target file, whichever token was sent in its place
        exchange = replace(exchange, request_headers=headers)
        if exchange.status is None and timeout < patience and exchange.elapsed_seconds >= timeout * 0.95:
            error = self.budget.out_of_time()  # which says nothing of the target
            error.was_sent = exchange.sent_at is not None
            raise error
        redirect = redirect_host(exchange)
        if redirect is not None:
            self._refuse_host(
                redirect, "is where a redirect leads; it is not named by the target, so nothing was sent there"
            )
        exchange = replace(exchange, answer_class=classify(exchange, expected_answer(request, self.target)))
        self._breaker.note(host, exchange.answer_class in _LOST, now())
        return exchange

    def _look_for_stop(self, request: Request) -> Callable[[], None]:
        finishes = self._clock() + FINISH_SECONDS

        def look() -> None:
            finished = not request.makes or self._clock() >= finishes
            if self.stop.is_set() and not request.undoes and finished:
                stopped = RunStopped()
                stopped.was_sent = True
                raise stopped

        return look

    def _seconds_to_retry(self, exchange: Exchange, request: Request, attempt: int) -> float | None:
        """How long to wait before the request is sent again, None where it is not."""
        asked = retry_after_seconds(exchange.response_headers, now())
        if exchange.status in (429, 503) and not self.target.isolates:  # there time is moved, not waited for
            wait = asked if asked is not None or exchange.status == 503 else WAIT_UNASKED_SECONDS
            if wait is not None:
                self._rate_limiter.pause(wait)
                harmless = exchange.status == 429 or request.is_idempotent
                return wait if exchange.answer_class != "vendor" and harmless else None
        if exchange.answer_class in _LOST and request.is_idempotent:
            backoff = self.target.retry.backoff_seconds * float(2**attempt)
            return backoff * random.uniform(0.75, 1.25)
        return None

    # Hosts that are away

    def _await_host(self, request: Request) -> None:
        """Waits until the host answers again, where it has stopped to. Raises CannotCheck where it does not in time."""
        host = urlsplit(request.url).netloc
        state = self._breaker.state(host)
        given_up = state.given_up  # which the answer to another thread's call takes back at any time
        if given_up is not None and not (request.undoes and self._breaker.may_try_undo(host)):
            raise CannotCheck.of(given_up)
        if not self._breaker.is_open(host) or request.undoes:
            return
        with state.lock:  # the others wait here
            self._probe_until_open(request, host)

    def _probe_until_open(self, request: Request, host: str) -> None:
        ends, delay = self._clock() + self.target.retry.breaker_seconds, max(self.target.retry.backoff_seconds, 0.05)
        probe = self._credentials.read_of(request.api) or Request(
            request.api, None, "GET", self.target.urls.get(request.api, request.url)
        )
        while self._breaker.is_open(host):
            given_up = self._breaker.state(host).given_up
            if given_up is not None:
                raise CannotCheck.of(given_up)
            self.wait(min(delay, ends - self._clock()))
            self.budget.spend(writes=False)
            exchange = self._exchange(probe)
            if exchange.answer_class in _LOST and self._clock() >= ends:
                last = cause_of(exchange, call_description(probe)) or Cause("unavailable", "no answer came")
                raise CannotCheck.of(self._breaker.give_up(host, last))
            delay *= 2

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
