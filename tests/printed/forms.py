"""Forms in which the vendors' sources print answers, put upon the answers of a sandbox.

Written from the facts of each source. A form changes what the sources print differently, and nothing else; the modules
`*_forms` have them, one for each vendor, and `sources` lists what each source prints.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.conformance.staged_runs import ReceivedRequest

Object = dict[str, Any]
NOT_PASSED_ON = ("content-encoding", "content-length", "x-sandbox-rule")


@dataclass
class Answer:
    """An answer on its way to the harness: its status, headers and JSON body, which a form may change."""

    status: int
    headers: dict[str, str]
    body: Any


Form = Callable[[ReceivedRequest, Answer], None]
Rewriting = Callable[[ReceivedRequest], bytes]  # the body of a request as the sandbox behind takes it


def manner(*forms: Form, rewriting: Rewriting | None = None) -> Callable[[ReceivedRequest], httpx.Response]:
    """Pass a request on and give its answer these forms, in this order; answers without JSON stay as they are."""

    def answer(request: ReceivedRequest) -> httpx.Response:
        response = request.pass_on(None if rewriting is None else rewriting(request))
        try:
            body = response.json() if response.content else None
        except ValueError:
            return response
        headers = {name: value for name, value in response.headers.items() if name not in NOT_PASSED_ON}
        changed = Answer(response.status_code, headers, body)
        for form in forms:
            form(request, changed)
        content = response.content if changed.body == body else json.dumps(changed.body).encode()
        return httpx.Response(changed.status, headers=changed.headers, content=content)

    return answer


def change_objects(value: Any, change: Callable[[Object], Object]) -> Any:
    """A copy in which each object, the innermost first, is what `change` gives for it."""
    if isinstance(value, list):
        return [change_objects(item, change) for item in value]
    if isinstance(value, dict):
        return change({name: change_objects(inner, change) for name, inner in value.items()})
    return value
