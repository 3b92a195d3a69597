"""What a scenario calls through: it sends, holds the answer against the document, remembers, and undoes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlencode

from pii_sandbox import specs
from pii_sandbox.conformance import test_customers
from pii_sandbox.conformance.cleanup.tracker import Tracker
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.contract.expectations import refuse_status, refuse_undocumented
from pii_sandbox.conformance.http.classification import cause_of
from pii_sandbox.conformance.http.excerpt import excerpt
from pii_sandbox.conformance.http.response import ApiResponse
from pii_sandbox.conformance.http.settling import Settling
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.sandbox_control import SandboxControl
from pii_sandbox.conformance.setups import setting_up
from pii_sandbox.conformance.test_customers import TestCustomer
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation
from pii_sandbox.conformance.values.faults import fails_in_scenario
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.specs import Operation

__all__ = ["ApiClient", "ApiResponse"]

POWER_OF_SAFETY: Mapping[str, str] = {
    "read": "read",
    "create": "write",
    "update": "write",
    "delete": "delete",
    "irreversible": "erase",
}
_HARMLESS_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ApiClient:
    """One scenario's connection to one API of a target. `rng` makes a run repeatable.

    `sandbox` is the control API, for targets that have one. `exchanges` are all calls so far, but those that undo.
    `immediate`: the scenario is about the first read after a write. `patient`: reads wait for writes to settle.
    `unsound` says why what follows proves nothing: a change may have been carried out twice.
    """

    def __init__(
        self, api: str, context: RunContext, rng: random.Random, *, immediate: bool = False, patient: bool = False
    ) -> None:
        self.api = api
        self.target = context.target
        self.run_id = context.run_id
        self.exchanges: list[Exchange] = []
        self.unsound: Cause | None = None
        self.sandbox = SandboxControl(api, context, lambda exchange: self.exchanges.append(excerpt(exchange)))
        self._rng = rng
        self._observer = context.sender.observer
        self._setups = context.setups
        self._faults = context.faults
        self._settling = Settling(
            api, context.sender, context.target.settle_seconds, repeats=not immediate, waits=patient
        )
        self._undo: list[Callable[[], None]] = []
        self._undoing = False
        self._tracker = Tracker(api, context, self._schedule_undo)

    def new_customer(self) -> TestCustomer:
        """An invented customer, new at each call."""
        return test_customers.new_customer(self.run_id, self._rng)

    def test_datum(self, what: str) -> str:
        """Something that the target says may be read there. Raises CannotCheck where it names none."""
        self._refuse_absent(what)
        value = self.target.data.get(self.api, {}).get(what)
        if value is None:
            raise CannotCheck(
                f"the target names no {what} of {self.api} that may be read; set {self.api}.data.{what}", "datum"
            )
        return value

    def setting_up(self, what: str) -> AbstractContextManager[None]:
        """Marks what it encloses as setting up `what` ("a customer"): where that fails, nothing is checked.

        An answer that is not as it should be is then no broken rule of the scenario, but a reason why it cannot be
        played. Other reasons stay what they are. What has failed twice in a row is not tried again: several scenarios
        share it, but for those that have a sandbox of their own.
        """
        return setting_up(what, self.api, self.exchanges, None if self.target.isolates else self._setups)

    def call(
        self,
        operation_id: str,
        *,
        expect: int | Sequence[int] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        credentials: str = "full",
        method: str | None = None,
        documented: bool = True,
        url_suffix: str = "",
        **params: Any,
    ) -> ApiResponse:
        """Calls an operation and gives its answer.

        `params` are documented parameters by name; others go into the query. `body` is sent as JSON, `form` as a form,
        `content` as it is. `url_suffix` follows the URL as it is: for what no document allows there. `credentials` is a
        kind that the target has, `none` for none. Raises RuleViolation for a status outside `expect`, for an answer
        outside the document (unless `documented` is False) and for none at all; CannotCheck where the target does not
        grant what the call needs, or it could change what is not ours.
        """
        facts = operations.operation(self.api, operation_id, self.target.dialect)
        sent_as = self._effective_operation(facts, method)
        self._refuse_without(POWER_OF_SAFETY[sent_as.safety], operation_id)
        path, documented_headers = operations.build_request(facts, params, self.target.dialect)
        payload, media_type = _encode_body(body, form, content)
        wanted = (expect,) if isinstance(expect, int) else expect
        request = Request(
            self.api,
            operation_id,
            method or facts.method,
            self._base() + path + url_suffix,
            {
                **self.target.headers,
                **self._credentials(credentials),
                **documented_headers,
                **media_type,
                **(headers or {}),
            },
            payload,
            sent_as.safety,
            sent_as,
            operations.path_values(facts, params, self.target.dialect),
            None if credentials == "none" else credentials,
            tuple(wanted or ()),
            undoes=self._undoing,
        )
        self._settling.wait_before(request)
        exchange = self._tracker.send(request)
        if self._settling.may_lag(request):
            exchange = self._settling.repeat_until_settled(request, exchange, self._tracker.send)
        self._settling.note(request, exchange)
        self.exchanges.append(excerpt(exchange))
        answer = ApiResponse(exchange)
        self._check_response(answer, wanted, documented, facts)
        return answer

    def call_concurrently(self, calls: Sequence[Callable[[], ApiResponse]]) -> list[ApiResponse]:
        """Plays the calls at the same time, each on a connection of its own."""
        with ThreadPoolExecutor(len(calls)) as pool:
            return [future.result() for future in [pool.submit(call) for call in calls]]

    def undo_with(self, step: Callable[[], None]) -> None:
        """Has `step` played when the scenario has ended, the latest first."""
        self._undo.append(step)

    def undo(self) -> None:
        """Undoes what the scenario made, in reverse; a step that fails does not keep the others from it."""
        self._undoing = True
        while self._undo:
            step = self._undo.pop()
            try:
                step()
            except (CannotCheck, RuleViolation):
                continue  # what is left is in the ledger
            except Exception as error:  # whatever it is, the others are to be undone
                if not fails_in_scenario(error):
                    self._faults.add("undoing", error)

    def _schedule_undo(self, number: int) -> None:
        self._undo.append(lambda: self._tracker.undo(number))

    def _check_response(
        self, answer: ApiResponse, wanted: Sequence[int] | None, documented: bool, facts: Operation
    ) -> None:
        exchange = answer.exchange
        call = f"{exchange.method} {facts.path}"
        cause = cause_of(exchange, call)
        if cause is not None and cause.kind != "oversize":
            raise CannotCheck.of(cause)
        if exchange.attempts > 1 and facts.safety != "read":
            self.unsound = self.unsound or Cause(
                "unavailable",
                "a response was lost and its request sent again, so the responses after it prove nothing",
                call,
            )
        if exchange.status is not None:
            lenient = not self.target.isolates  # a vendor may add things; a sandbox of ours adds nothing
            refuse_status(exchange, wanted, facts, self.target.dialect, lenient=lenient)
            if documented:
                self._observer.note_drift(*refuse_undocumented(exchange, facts, self.target.dialect, lenient=lenient))
        if cause is not None:
            raise CannotCheck.of(cause)

    def _refuse_without(self, power: str, operation_id: str) -> None:
        if not self.target.grants(power):
            raise CannotCheck(f"{operation_id} needs the power {power}, which the target does not grant", "power")

    def _refuse_absent(self, what: str) -> None:
        """Raises CannotCheck where the preflight found a datum or kind of credentials that cannot be used."""
        cause = self.target.absent.get(self.api, {}).get(what)
        if cause is not None:
            raise CannotCheck(cause.text, cause.kind)

    def _base(self) -> str:
        url = self.target.urls.get(self.api)
        if url is None:
            raise CannotCheck(f"the target has no URL for {self.api}; set {self.api}.url", "url")
        return url.rstrip("/")

    def _credentials(self, kind: str) -> dict[str, str]:
        if kind == "none":
            return {}
        self._refuse_absent(kind)
        headers = self.target.credentials.get(self.api, {}).get(kind)
        if headers is None:
            raise CannotCheck(
                f"the target has no {kind} credentials for {self.api}; set {self.api}.credentials.{kind}", "credential"
            )
        return dict(headers)

    def _effective_operation(self, facts: Operation, method: str | None) -> Operation:
        """What a call with another method than the operation's does, as far as the document tells."""
        if method is None or method == facts.method:
            return facts
        known = specs.operations(facts.document, self.target.dialect).values()
        for other in known:
            if other.path == facts.path and other.method == ("GET" if method == "HEAD" else method):
                return other
        return operations.undefined_method_call(facts, method, "read" if method in _HARMLESS_METHODS else "update")


def _encode_body(body: Any, form: Mapping[str, str] | None, content: bytes | None) -> tuple[bytes, dict[str, str]]:
    if form is not None:
        return urlencode(form, errors="surrogatepass").encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    if body is not None:
        text = json.dumps(body, ensure_ascii=False)
        if any("\ud800" <= character <= "\udfff" for character in text):
            text = json.dumps(body)  # halves of characters, which came back, exist as escapes alone
        return text.encode(), {"Content-Type": "application/json"}
    return content or b"", {}
