"""Schemathesis's way to a target: it prepares its requests, and the one place that sends sends them."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from schemathesis import Case, Response
from schemathesis.transport.requests import REQUESTS_TRANSPORT, RequestsTransport
from urllib3 import HTTPResponse

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.contract.drift import drift
from pii_sandbox.conformance.contract.expectations import violation
from pii_sandbox.conformance.contract.response_checks import CheckFailure, check_failures
from pii_sandbox.conformance.generated.partition import OperationGroup
from pii_sandbox.conformance.http.classification import cause_of
from pii_sandbox.conformance.http.excerpt import excerpt
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.values.causes import RESUMABLE, CauseKind
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.specs import Operation

UNANSWERED_AT_MOST = 5  # calls in a row; then the target is taken to be away
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})
# the sender asks for the codings that it can undo, which are fewer than those of `requests`
_NOT_SENT = _FRAMING | {"accept-encoding"}


class StopEngine(KeyboardInterrupt):
    """Nothing more may be sent. Ends Schemathesis's engine as Ctrl-C does, in whatever it is just doing."""


@dataclass(frozen=True, slots=True)
class CheckedCall:
    """A call that was made, and what its answer breaks.

    `drifts`: it leaves the document in nothing but what a vendor added.
    """

    exchange: Exchange
    breaches: list[CheckFailure]
    drifts: bool


class GroupTransport(RequestsTransport):
    """Sends the cases of one group; what came back is in `seen` by the id of the case until somebody takes it out.

    Raises Halt once a limit or `deadline` (of `time.monotonic`) is reached; `halted` then says which.
    """

    def __init__(self, group: OperationGroup, sender: Sender, deadline: float | None) -> None:
        super().__init__()
        self._copy_serializers_from(REQUESTS_TRANSPORT)
        self.seen: dict[str, CheckedCall] = {}
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.unanswered: Counter[str] = Counter()
        self.calls = 0
        self.halted: str | None = None
        self.is_resumable = False  # halted by what another time may allow
        self._group, self._sender, self._deadline = group, sender, deadline
        self._target = sender.target
        self._headers = {"X-Sandbox": group.sandbox} if group.sandbox is not None else {}
        self.lenient = not self._target.isolates  # a vendor may add things; a sandbox of ours adds nothing
        kinds = self._target.credentials.get(group.api, {}).values()
        self._secrets = frozenset(value.removeprefix("Bearer ") for kind in kinds for value in kind.values())
        self._silent = 0
        self._session = requests.Session()
        self._session.trust_env = False  # neither proxies nor passwords of this machine
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(self._exchange))

    @property
    def secrets(self) -> frozenset[str]:
        """Credentials that may have been sent."""
        return self._secrets | self._sender.access_tokens

    def send(self, case: Case[Any], *, session: requests.Session | None = None, **kwargs: Any) -> Response:
        """The answer to a case. `session` is the engine's own, which knows nothing of the target's limits."""
        self._case = case
        return super().send(case, session=self._session, **kwargs)

    def control(self, method: str, path: str, body: Any = None) -> None:
        """A call of the sandbox's control API. Raises CannotCheck where it is refused."""
        headers = {**self._headers, "Content-Type": "application/json"}
        content = b"" if body is None else json.dumps(body).encode()
        exchange = self._sender.send(
            Request("sandbox", None, method, f"{self._target.control}{path}", headers, content)
        )
        cause = cause_of(exchange, f"{method} {path}")
        if cause is not None:
            raise CannotCheck.of(cause)
        assert exchange.status is not None  # what has none has a cause
        if exchange.status >= 400:
            raise CannotCheck(f"the control API answered {exchange.status} to {method} {path}")

    def halt(self, reason: str, kind: CauseKind | None = None) -> StopEngine:
        if self.halted is None:
            self.halted, self.is_resumable = reason, kind in RESUMABLE
        return StopEngine(reason)

    def _exchange(self, request: requests.PreparedRequest) -> Exchange:
        operation_id = self._case.operation.definition.raw["operationId"]
        facts = operations.operation(self._group.api, operation_id, self._target.dialect)
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise self.halt("the time limit was reached")
        if request.method != facts.method and not self._target.isolates:
            raise self.halt(f"{request.method} is not the documented method of {operation_id}")
        headers = {name: _text(value) for name, value in request.headers.items() if name.lower() not in _NOT_SENT}
        body = content(request.body)
        try:
            exchange = self._send_request(
                facts, str(request.method), str(request.url), {**self._headers, **headers}, body
            )
        except CannotCheck as limit:
            raise self.halt(str(limit), limit.cause.kind) from limit
        self._remember(facts, exchange)
        return exchange

    def resend(self, call: Exchange) -> Exchange:
        """Sends a call of a finding again. Raises CannotCheck where a limit does not allow it."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise CannotCheck("the time limit was reached", "limit")
        facts = operations.operation(self._group.api, str(call.operation_id), self._target.dialect)
        return self._send_request(facts, call.method, call.url, call.request_headers, call.request_body)

    def _send_request(
        self, facts: Operation, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Exchange:
        credentials = self._credentials_of(headers)
        return self._sender.send(
            Request(
                self._group.api, facts.operation_id, method, url, headers, body, facts.safety, facts,
                credentials=credentials,
            )
        )  # fmt: skip

    def _credentials_of(self, headers: Mapping[str, str]) -> str | None:
        """`full` where the call carries all of the target's full credentials."""
        sent = {name.lower(): value for name, value in headers.items()}
        full = self._target.credentials.get(self._group.api, {}).get("full", {})
        return "full" if full and all(sent.get(name.lower()) == value for name, value in full.items()) else None

    def _remember(self, facts: Operation, exchange: Exchange) -> None:
        dialect, lenient = self._target.dialect, self.lenient
        cause = cause_of(exchange, f"{exchange.method} {facts.path}")
        drifts = lenient and cause is None and violation(exchange, facts, dialect, lenient=True) is None
        failures = check_failures(facts, exchange, dialect, self.secrets, lenient=lenient)
        self.seen[self._case.id] = CheckedCall(excerpt(exchange), failures, drifts)
        if lenient and cause is None:
            self._sender.observer.note_drift(*drift(facts, exchange, dialect))
        if cause is None:
            self._silent = 0
            self.calls += 1
            assert exchange.status is not None  # what has none has a cause
            self.statuses[facts.operation_id, exchange.status] += 1
            return
        self.unanswered[cause.text] += 1
        self._silent += 1
        if self._silent >= UNANSWERED_AT_MOST:
            raise self.halt(f"{self._silent} calls in a row got no response that can be checked", cause.kind)


def content(body: Any) -> bytes:
    """The body that `requests` prepared: text, bytes or none; Schemathesis streams nothing."""
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


class _Adapter(HTTPAdapter):
    """A `requests` adapter whose answers come from a function."""

    def __init__(self, exchange: Callable[[requests.PreparedRequest], Exchange]) -> None:
        super().__init__()
        self._exchange = exchange

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        exchange = self._exchange(request)
        if exchange.answer_class != "vendor":
            raise requests.ConnectionError("no answer of the vendor", request=request)
        # the body is no longer framed or compressed
        headers = {name: value for name, value in exchange.response_headers.items() if name.lower() not in _FRAMING}
        body = BytesIO(exchange.response_body)
        assert exchange.status is not None  # a vendor's answer has one
        raw = HTTPResponse(body, headers, exchange.status, preload_content=False)
        return self.build_response(request, raw)
