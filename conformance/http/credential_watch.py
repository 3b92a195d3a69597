"""Credential watch: which reads credentials have opened, and which credentials have stopped working."""

from __future__ import annotations

import threading
from dataclasses import replace

from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request

_Key = tuple[str, str | None]  # API and kind of credentials; None: without any


class CredentialWatch:
    """By API and kind of credentials: a safe read that they opened, and why they are no longer used.

    `lock` is held while a read is repeated, so that several threads repeat it once.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._reads: dict[_Key, Request] = {}
        self._ended: dict[_Key, Cause] = {}

    def note(self, request: Request) -> None:
        """The request was answered with a success; a read may be repeated later."""
        if request.safety == "read" and request.method == "GET" and request.credentials is not None:
            self._reads.setdefault((request.api, request.credentials), replace(request, expected=(), undoes=False))

    def read_of(self, api: str, kind: str | None = "full") -> Request | None:
        return self._reads.get((api, kind))

    def end(self, request: Request, exchange: Exchange, requests: int, failure: str = "") -> None:
        """The credentials are refused for good: no call is sent with them any more. `failure`: of a new login."""
        text = (
            f"the {request.credentials} credentials of {request.api} stopped working after {requests} requests "
            f"(status {exchange.status}){failure}"
        )
        self.end_for(request, Cause("credentials", text, call_description(request)))

    def end_for(self, request: Request, cause: Cause) -> Cause:
        """No call is sent with these credentials any more, for that cause."""
        self._ended[request.api, request.credentials] = cause
        return cause

    def refuse(self, request: Request) -> None:
        """Raises CannotCheck for a call with credentials that have stopped working, unless it undoes something."""
        ended = self._ended.get((request.api, request.credentials))
        if ended is not None and not request.undoes:
            raise CannotCheck.of(ended)


def call_description(request: Request) -> str:
    """The call without personal data: method and path template."""
    path = request.facts.path if request.facts is not None else "(a call outside the documents)"
    return f"{request.method} {path}"
