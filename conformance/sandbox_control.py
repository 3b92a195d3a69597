"""What only a sandbox can do: its control API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request


class SandboxControl:
    """The control API of a target, for scenarios of one API. Every step raises CannotCheck where it is not granted.

    `note` is given each exchange.
    """

    def __init__(self, api: str, context: RunContext, note: Callable[[Exchange], None] = lambda _: None) -> None:
        self._api = api
        self._context = context
        self._note = note

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the sandbox's control API (path below `/_sandbox/v1`). Raises CannotCheck at a vendor."""
        self._refuse_without("control", "this step")
        return self._call_control(method, path, body)

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Moves the target's clock. Raises CannotCheck where the target has no clock to move."""
        self._refuse_without("clock", "moving the clock")
        self._call_control("POST", "/clock/advance", {"days": days, "seconds": seconds})

    def freeze(self) -> None:
        """Stops the target's clock, so that instants can be compared exactly."""
        self._refuse_without("clock", "stopping the clock")
        self._call_control("PUT", "/clock", {"frozen": True})

    def setting(self, name: str, value: Any) -> None:
        """Sets what the rules call settable."""
        self.control("PATCH", "/settings", {name: value})

    def fault(self, effect: Mapping[str, Any], *, times: int = 1, **match: str) -> None:
        """Lets the next calls that match fail."""
        self.control("POST", "/faults", {"match": {"api": self._api, **match}, "effect": dict(effect), "times": times})

    def put_document(self, collection: str, id: str, document: Mapping[str, Any]) -> None:
        """Stores what the vendor's API cannot write."""
        self.control("PUT", f"/documents/{self._api}/{collection}/{id}", dict(document))

    def stored_documents(self, collection: str) -> list[dict[str, Any]]:
        """What is stored in a collection, as [{id, document}]."""
        found: list[dict[str, Any]] = self.control("GET", f"/documents/{self._api}/{collection}?count=1000")[
            "documents"
        ]
        return found

    def events(self) -> list[dict[str, Any]]:
        """The vendor-side audit events."""
        found: list[dict[str, Any]] = self.control("GET", "/audit")["events"]
        return found

    def _call_control(self, method: str, path: str, body: Any) -> Any:
        target = self._context.target
        if target.control is None:
            raise CannotCheck("the target has no control API; set control_url", "power")
        headers = dict(target.headers)
        payload = b""
        if body is not None:
            headers["Content-Type"] = "application/json"
            payload = json.dumps(body).encode()
        request = Request("sandbox", None, method, target.control.rstrip("/") + path, headers, payload)
        exchange = self._context.sender.send(request)
        self._note(exchange)
        if exchange.status == 500 and any(name.lower() == "x-sandbox-error" for name in exchange.response_headers):
            raise RuleViolation("a control API call that succeeds", "an internal error of the sandbox")
        if exchange.status is None or exchange.status >= 400:
            raise CannotCheck(f"the control API answered {exchange.status} to {method} {path.partition('?')[0]}")
        return json.loads(exchange.response_body) if exchange.response_body else None

    def _refuse_without(self, power: str, what: str) -> None:
        if not self._context.target.grants(power):
            raise CannotCheck(f"{what} needs the power {power}, which the target does not grant", "power")
