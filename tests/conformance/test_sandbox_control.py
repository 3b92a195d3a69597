"""The control API of a sandbox as scenarios use it: what is sent, what is granted, and which answers are errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.sandbox_control import SandboxControl
from pii_sandbox.conformance.target.model import Limits, Retry, Target
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.stub_transport import BASE, context, vendor

CONTROL = f"{BASE}/_sandbox/v1"
SANDBOX = replace(vendor("clock", "control"), control=f"{CONTROL}/", headers={"X-Sandbox": "mine"})


@contextmanager
def control_of(
    target: Target, respond: Callable[[httpx.Request], httpx.Response]
) -> Iterator[tuple[SandboxControl, list[Exchange]]]:
    """The control API of a target that answers by a function, and the exchanges that it noted."""
    noted: list[Exchange] = []
    run_context = context(target, respond)
    try:
        yield SandboxControl("vtex", run_context, noted.append), noted
    finally:
        run_context.sender.close()


@pytest.mark.parametrize(
    ("step", "method", "path", "body"),
    [
        (lambda it: it.advance(days=2), "POST", "/clock/advance", {"days": 2, "seconds": 0}),
        (lambda it: it.advance(seconds=1.5), "POST", "/clock/advance", {"days": 0, "seconds": 1.5}),
        (lambda it: it.advance(days=1, seconds=-1), "POST", "/clock/advance", {"days": 1, "seconds": -1}),
        (lambda it: it.freeze(), "PUT", "/clock", {"frozen": True}),
        (lambda it: it.setting("a_setting", [1]), "PATCH", "/settings", {"a_setting": [1]}),
        (
            lambda it: it.fault({"status": 429}),
            "POST",
            "/faults",
            {"match": {"api": "vtex"}, "effect": {"status": 429}, "times": 1},
        ),
        (
            lambda it: it.fault({"delay": 1}, times=3, operation="GetProfile"),
            "POST",
            "/faults",
            {"match": {"api": "vtex", "operation": "GetProfile"}, "effect": {"delay": 1}, "times": 3},
        ),
        (lambda it: it.put_document("profiles", "p1", {"a": 1}), "PUT", "/documents/vtex/profiles/p1", {"a": 1}),
        (lambda it: it.control("DELETE", "/journal"), "DELETE", "/journal", None),
        (lambda it: it.control("POST", "/seed", {}), "POST", "/seed", {}),
    ],
)
def test_a_step_is_one_call_of_the_control_api(
    step: Callable[[SandboxControl], Any], method: str, path: str, body: Any
) -> None:
    sent: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(204)

    with control_of(SANDBOX, respond) as (control, noted):
        assert step(control) is None
    (request,) = sent
    assert (request.method, str(request.url), request.headers["X-Sandbox"]) == (method, CONTROL + path, "mine")
    assert (json.loads(request.content) if request.content else None) == body
    assert request.headers.get("Content-Type") == (None if body is None else "application/json")
    assert [(each.api, each.operation_id, each.method, each.status) for each in noted] == [
        ("sandbox", None, method, 204)
    ]


@pytest.mark.parametrize(
    ("step", "path", "answer", "result"),
    [
        (
            lambda it: it.stored_documents("profiles"),
            "/documents/vtex/profiles?count=1000",
            {"documents": [{"id": "p1"}]},
            [{"id": "p1"}],
        ),
        (lambda it: it.events(), "/audit", {"events": [{"kind": "erasure"}]}, [{"kind": "erasure"}]),
        (lambda it: it.control("GET", "/status"), "/status", {"mode": "x"}, {"mode": "x"}),
    ],
)
def test_what_the_control_api_answers_is_given(
    step: Callable[[SandboxControl], Any], path: str, answer: Any, result: Any
) -> None:
    urls: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url))
        return httpx.Response(200, json=answer)

    with control_of(SANDBOX, respond) as (control, _):
        assert step(control) == result
    assert urls == [CONTROL + path]


@pytest.mark.parametrize(
    ("target", "step", "message"),
    [
        (vendor("control"), lambda it: it.control("GET", "/a"), "the target has no control API; set control_url"),
        (vendor("clock"), lambda it: it.advance(days=1), "the target has no control API; set control_url"),
        (
            replace(SANDBOX, powers=frozenset({"clock"})),
            lambda it: it.setting("a", 1),
            "this step needs the power control, which the target does not grant",
        ),
        (
            replace(SANDBOX, powers=frozenset({"control"})),
            lambda it: it.advance(days=1),
            "moving the clock needs the power clock, which the target does not grant",
        ),
        (
            replace(SANDBOX, powers=frozenset({"control"})),
            lambda it: it.freeze(),
            "stopping the clock needs the power clock, which the target does not grant",
        ),
    ],
)
def test_a_step_that_is_not_granted_is_not_sent(
    target: Target, step: Callable[[SandboxControl], Any], message: str
) -> None:
    with (
        control_of(target, lambda _: httpx.Response(204)) as (control, noted),
        pytest.raises(CannotCheck) as refused,
    ):
        step(control)
    assert (str(refused.value), refused.value.cause.kind) == (message, "power")
    assert noted == []


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (399, {}, None),
        (400, {}, "the control API answered 400 to GET /documents/vtex/a"),
        (404, {"X-Sandbox-Error": "1"}, "the control API answered 404 to GET /documents/vtex/a"),
        (500, {"X-Other": "1"}, "the control API answered 500 to GET /documents/vtex/a"),
        (501, {"X-Sandbox-Error": "1"}, "the control API answered 501 to GET /documents/vtex/a"),
    ],
)
def test_a_refusal_of_the_control_api_lets_nothing_be_checked(
    status: int, headers: dict[str, str], message: str | None
) -> None:
    with control_of(SANDBOX, lambda _: httpx.Response(status, headers=headers)) as (control, noted):
        if message is None:
            assert control.control("GET", "/documents/vtex/a?count=1000") is None
        else:
            with pytest.raises(CannotCheck) as refused:
                control.control("GET", "/documents/vtex/a?count=1000")
            assert (str(refused.value), refused.value.cause.kind) == (message, "target")
    assert [each.status for each in noted] == [status]


def test_an_internal_error_of_the_sandbox_is_a_finding() -> None:
    failed = httpx.Response(500, headers={"X-SANDBOX-ERROR": "KeyError"})
    with control_of(SANDBOX, lambda _: failed) as (control, _), pytest.raises(RuleViolation) as broken:
        control.events()
    assert str(broken.value) == "expected a control API call that succeeds; saw an internal error of the sandbox"


def test_a_control_api_that_does_not_answer_lets_nothing_be_checked() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset")

    with control_of(SANDBOX, respond) as (control, noted), pytest.raises(CannotCheck) as refused:
        control.control("GET", "/status")
    assert str(refused.value) == "the control API answered None to GET /status"
    assert noted[-1].status is None


def test_a_call_of_the_control_api_keeps_nothing_back_and_uses_nothing_that_was_kept_back() -> None:
    for reserved, granted in ((0, 4), (1, 1)):
        run_context = context(replace(SANDBOX, limits=Limits(requests=4)), lambda _: httpx.Response(204))
        with closing(run_context.sender):
            for _ in range(reserved):
                run_context.sender.budget.reserve()
            control = SandboxControl("vtex", run_context)
            for _ in range(granted):
                control.freeze()
            with pytest.raises(CannotCheck, match="limit of 4 requests"):
                control.freeze()


def test_a_call_that_got_no_answer_was_sent_once_and_had_nothing_after_its_end() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset")

    run_context = context(replace(SANDBOX, retry=Retry(attempts=0)), respond)
    with closing(run_context.sender):
        lost = run_context.sender.send(Request("sandbox", None, "GET", f"{CONTROL}/status"))
    assert (lost.status, lost.attempts, lost.surplus, lost.is_unsent) == (None, 1, 0, False)
