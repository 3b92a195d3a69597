"""What a scenario calls through: it sends, holds the answer against the document, remembers, and undoes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from conformance import documents, people
from conformance.findings import Exchange
from conformance.people import Somebody
from conformance.scenario import Broken, NotCheckable
from conformance.sender import Sender
from conformance.targets import Target

POWER_OF_SAFETY: Mapping[str, str] = {
    "read": "read",
    "create": "write",
    "update": "write",
    "delete": "delete",
    "irreversible": "erase",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of one call."""

    exchange: Exchange

    @property
    def status(self) -> int:
        return self.exchange.status or 0

    @property
    def headers(self) -> Mapping[str, str]:
        """By name in lower case."""
        return {name.lower(): value for name, value in self.exchange.response_headers.items()}

    @property
    def json(self) -> Any:
        """The JSON body. Raises Broken where it is none."""
        try:
            return json.loads(self.exchange.response_body)
        except ValueError as error:
            raise Broken("a JSON body", f"{len(self.exchange.response_body)} bytes that are no JSON") from error


class Caller:
    """One scenario's connection to one API of a target. `dice` makes a run repeatable."""

    def __init__(self, api: str, target: Target, sender: Sender, run_id: str, dice: random.Random) -> None:
        self.api = api
        self.target = target
        self.run_id = run_id
        self.exchanges: list[Exchange] = []
        self._sender = sender
        self._dice = dice
        self._undo: list[Callable[[], None]] = []

    def somebody(self) -> Somebody:
        """An invented customer, new at each call."""
        return people.somebody(self.run_id, self._dice)

    def known(self, what: str) -> str:
        """Something that the target says may be read there. Raises NotCheckable where it names none."""
        value = self.target.data.get(self.api, {}).get(what)
        if value is None:
            raise NotCheckable(f"the target names no {what} of {self.api} that may be read")
        return value

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
        **params: Any,
    ) -> Answer:
        """Calls an operation and gives its answer.

        `params` are documented parameters by name; others go into the query. `body` is sent as JSON, `form` as a form,
        `content` as it is. `credentials` is a kind that the target has, `none` for none. Raises Broken for a status
        outside `expect`, for an answer outside the document (unless `documented` is False) and for none at all;
        NotCheckable where the target does not grant what the call needs.
        """
        facts = documents.operation(self.api, operation_id, self.target.dialect)
        self._refuse_without(POWER_OF_SAFETY[facts.safety], operation_id)
        path, documented_headers = documents.located(facts, params, self.target.dialect)
        sent_headers = {**self._credentials(credentials), **documented_headers}
        payload = content or b""
        if body is not None:
            payload = json.dumps(body, ensure_ascii=False).encode()
            sent_headers["Content-Type"] = "application/json"
        if form is not None:
            payload = urlencode(form).encode()
            sent_headers["Content-Type"] = "application/x-www-form-urlencoded"
        sent_headers |= headers or {}
        exchange = self._sender.send(
            self.api, operation_id, method or facts.method, self._base() + path, sent_headers, payload, facts.safety
        )
        self.exchanges.append(exchange)
        answer = Answer(exchange)
        self._hold(answer, expect, documented, facts)
        return answer

    def together(self, calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
        """Plays the calls at the same time, each on a connection of its own."""
        with ThreadPoolExecutor(len(calls)) as pool:
            return [future.result() for future in [pool.submit(call) for call in calls]]

    def undo_with(self, step: Callable[[], None]) -> None:
        """Has `step` played when the scenario has ended, the latest first."""
        self._undo.append(step)

    def undo(self) -> None:
        """Undoes what the scenario made, in reverse; a step that fails does not keep the others from it."""
        while self._undo:
            step = self._undo.pop()
            try:
                step()
            except (Broken, NotCheckable):
                continue

    def _hold(self, answer: Answer, expect: int | Sequence[int] | None, documented: bool, facts: Any) -> None:
        if answer.exchange.status is None:
            raise Broken("an answer", answer.exchange.error or "none")
        wanted = (expect,) if isinstance(expect, int) else expect
        if wanted is not None and answer.status not in wanted:
            raise Broken(f"status {' or '.join(map(str, wanted))}", f"status {answer.status}")
        if documented:
            outside = documents.outside(facts, answer.exchange, self.target.dialect)
            if outside is not None:
                raise Broken("an answer as the document says", outside)

    def _base(self) -> str:
        url = self.target.urls.get(self.api)
        if url is None:
            raise NotCheckable(f"the target has no URL for {self.api}")
        return url.rstrip("/")

    def _credentials(self, kind: str) -> dict[str, str]:
        if kind == "none":
            return {}
        headers = self.target.credentials.get(self.api, {}).get(kind)
        if headers is None:
            raise NotCheckable(f"the target has no {kind} credentials for {self.api}")
        return dict(headers)

    def _refuse_without(self, power: str, what: str) -> None:
        if not self.target.grants(power):
            raise NotCheckable(f"{what} needs the power {power}, which the target does not grant")

    # What only a sandbox can do: its control API.

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the sandbox's control API (path below `/_sandbox/v1`). Raises NotCheckable at a vendor."""
        self._refuse_without("control", "this step")
        return self._controlled(method, path, body)

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Moves the target's clock. Raises NotCheckable where the target has no clock to move."""
        self._refuse_without("clock", "moving the clock")
        self._controlled("POST", "/clock/advance", {"days": days, "seconds": seconds})

    def freeze(self) -> None:
        """Stops the target's clock, so that instants can be compared exactly."""
        self._refuse_without("clock", "stopping the clock")
        self._controlled("PUT", "/clock", {"frozen": True})

    def setting(self, name: str, value: Any) -> None:
        """Sets what the rules call settable."""
        self.control("PATCH", "/settings", {name: value})

    def fault(self, effect: Mapping[str, Any], *, times: int = 1, **match: str) -> None:
        """Lets the next calls that match fail."""
        self.control("POST", "/faults", {"match": {"api": self.api, **match}, "effect": dict(effect), "times": times})

    def put_document(self, collection: str, id: str, document: Mapping[str, Any]) -> None:
        """Stores what the vendor's API cannot write."""
        self.control("PUT", f"/documents/{self.api}/{collection}/{id}", dict(document))

    def stored_documents(self, collection: str) -> list[dict[str, Any]]:
        """What is stored in a collection, as [{id, document}]."""
        found: list[dict[str, Any]] = self.control("GET", f"/documents/{self.api}/{collection}?count=1000")["documents"]
        return found

    def events(self) -> list[dict[str, Any]]:
        """The vendor-side audit events."""
        found: list[dict[str, Any]] = self.control("GET", "/audit")["events"]
        return found

    def _controlled(self, method: str, path: str, body: Any) -> Any:
        if self.target.control is None:
            raise NotCheckable("the target has no control API")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        payload = json.dumps(body).encode() if body is not None else b""
        exchange = self._sender.send("sandbox", None, method, self.target.control + path, headers, payload, "read")
        self.exchanges.append(exchange)
        if exchange.status is None or exchange.status >= 400:
            raise NotCheckable(f"the control API answered {exchange.status} to {method} {path}")
        return json.loads(exchange.response_body) if exchange.response_body else None
