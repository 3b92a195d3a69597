"""Forms in which Fashion.AI's page prints answers."""

from __future__ import annotations

from tests.conformance.staged_runs import ReceivedRequest
from tests.printed.forms import Answer
from tests.vendors.fashionai.calls import PRINTED


def printed_profile(request: ReceivedRequest, answer: Answer) -> None:
    """The example of Fashion.AI's page, in place of each profile."""
    if answer.status == 200 and isinstance(answer.body, dict) and "profile" in answer.body:
        answer.body["profile"] = PRINTED["profile"]


def ignore_preflight(request: ReceivedRequest, answer: Answer) -> None:
    """A preflight that is answered, and granted nothing: documented is that the browser blocks the call."""
    if request.method == "OPTIONS":
        answer.status, answer.body = 200, {}
        answer.headers = {"content-type": "application/json"}
