"""Validation of the mock's own responses, and what the gateway does outside all vendors' paths and around a call."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from pii_sandbox.mockserver import problems
from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.gateway import bodies, responses, routing
from pii_sandbox.mockserver.gateway.endpoint import Endpoint
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Store

USER = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
DOCUMENTED: dict[Any, Any] = {
    200: {"content": {"application/json": {"schema": USER}, "text/csv": {}}},  # a number, as YAML may have it
    "204": {"description": "nothing"},
    "default": {"content": {"*/*": {"schema": USER}}},
}
STRICT: dict[Any, Any] = {"200": {"content": {"application/json": {"schema": USER}}}}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"id": "1"}),
        Reply(200, {"id": "1"}, media_type="application/json; charset=utf-8"),
        Reply(200, 5, media_type="text/csv"),  # no schema: anything
        Reply(200, b"\x00"),  # bytes are what a client stored
        Reply(204),
        Reply(404, {"id": "1"}, media_type="application/problem+json"),
    ],
)
def test_a_documented_response_passes(reply: Reply) -> None:
    responses.response_validator("getUser", DOCUMENTED).check(reply)


@pytest.mark.parametrize(
    ("documented", "reply", "reason"),
    [
        (STRICT, Reply(201, {"id": "1"}), "status 201 is not documented"),
        (DOCUMENTED, Reply(200), "200 without the documented body"),
        (DOCUMENTED, Reply(200, {"id": "1"}, media_type="text/plain"), "200 as text/plain is not documented"),
        (DOCUMENTED, Reply(204, {"id": "1"}), "204 as application/json is not documented"),
        (DOCUMENTED, Reply(200, {}), "200 breaks its schema"),
        (DOCUMENTED, Reply(500, {"id": 1}, media_type="text/plain"), "500 breaks its schema"),
    ],
)
def test_an_undocumented_response_is_told_with_its_operation(
    documented: dict[Any, Any], reply: Reply, reason: str
) -> None:
    with pytest.raises(responses.UndocumentedResponse, match=f"getUser: {reason}"):
        responses.response_validator("getUser", documented).check(reply)


@pytest.mark.parametrize(
    ("problem", "status", "headers"),
    [
        (problems.MethodNotAllowed("not here", allow=("GET", "PUT")), 405, {"Allow": "GET, PUT"}),
        (problems.NotFound("not here"), 404, {}),
        (problems.Malformed("not here"), 400, {}),
    ],
)
def test_a_problem_outside_all_paths_is_problem_details(
    problem: problems.Problem, status: int, headers: dict[str, str]
) -> None:
    reply = routing.problem_response(problem)
    assert (reply.status, reply.headers, reply.media_type) == (status, headers, "application/problem+json")
    assert reply.body == {"type": "about:blank", "title": "not here", "status": status}


def test_a_response_that_depends_on_shared_settings_waits_for_them() -> None:
    order: list[Any] = []

    class Sink:
        async def send_response(self, status: int, head: bytes, body: bytes, plain: bytes | None = None) -> None:
            order.append(status)

    async def flushed() -> None:
        order.append("flushed")

    context: Any = SimpleNamespace(sandbox=SimpleNamespace(flushed=flushed))
    asyncio.run(routing._send_confirmed(context, Reply(204), Sink(), "GET"))
    assert order == ["flushed", 204]


def test_an_endpoint_that_was_never_bound_is_an_error_of_ours() -> None:
    with pytest.raises(LookupError, match="routed to no endpoint: /x"):
        asyncio.run(routing.unbound_endpoint({"path": "/x"}, None, None))


def test_a_body_that_the_protocol_hands_over_is_within_the_limit() -> None:
    scope = {bodies.BODY: b"12345", "method": "POST"}
    assert bodies.received_body(scope, {}, 5) == b"12345"
    with pytest.raises(problems.TooLarge, match="larger than 4 bytes"):
        bodies.received_body(scope, {}, 4)


@pytest.mark.parametrize("outlasts", [False, True])
def test_a_sandbox_is_not_deleted_under_a_call_unless_the_call_outlasts_it(outlasts: bool) -> None:
    sandbox = Sandbox("used", Store())
    seen: list[bool] = []

    def handler(call: Any, sandbox: Sandbox) -> Reply:
        seen.append(sandbox.lifetime.in_use)
        return Reply(204)

    endpoint: Any = SimpleNamespace(outlasts_sandbox=outlasts, handler=handler)
    call: Any = None
    assert Endpoint._handle_in_thread(endpoint, call, sandbox).status == 204
    assert (seen, sandbox.lifetime.in_use) == ([not outlasts], False)
