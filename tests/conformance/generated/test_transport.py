"""How a generated call is sent: its headers, its credentials, the limits, and what is kept of the answer."""

from __future__ import annotations

import gzip
import json as json_format
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import requests

from pii_sandbox.conformance.generated import transport
from pii_sandbox.conformance.generated.transport import StopEngine
from pii_sandbox.conformance.target.model import Limits
from pii_sandbox.conformance.values.errors import CannotCheck
from tests.conformance.generated.stub_groups import (
    PROFILE,
    Answers,
    answers,
    case,
    group,
    ours,
    transported,
    vendors,
)
from tests.conformance.stub_transport import json

READ = "getProfileByUserProfileId"
AT = {"path_parameters": {"userProfileId": "x"}}


def test_a_call_carries_its_headers_and_none_of_a_coding_or_length() -> None:
    respond = answers(404)
    with transported(group(READ, sandbox="run-1"), ours(), respond) as (route, schema):
        sent = case(schema, READ, **AT, headers={"X-Word": "one", "X-Bytes": b"two"})
        route.send(sent)
        kept = route.seen[sent.id].exchange.request_headers
    (arrived,) = respond.arrived
    assert {name: arrived.headers[name] for name in ("x-sandbox", "x-word", "x-bytes")} == {
        "x-sandbox": "run-1", "x-word": "one", "x-bytes": "two"
    }  # fmt: skip
    assert kept["X-Bytes"] == "two"
    assert not {"accept-encoding", "content-length", "content-encoding"} & {name.lower() for name in kept}


def test_a_group_without_a_sandbox_names_none_and_a_password_file_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine shop.example.com login jane password secret", "ascii")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    respond = answers(404)
    with transported(group(READ), vendors(), respond) as (route, schema):
        route.send(case(schema, READ, **AT))
    assert not {"x-sandbox", "authorization"} & set(respond.arrived[0].headers)


def test_a_body_is_sent_in_its_media_type() -> None:
    respond = answers(201)
    with transported(group("CreateClientProfile"), ours(), respond) as (route, schema):
        route.send(case(schema, "CreateClientProfile", body={"email": "a@b.example"}, media_type="application/json"))
    (arrived,) = respond.arrived
    assert (json_format.loads(arrived.content), arrived.headers["content-type"]) == (
        {"email": "a@b.example"}, "application/json"
    )  # fmt: skip


@pytest.mark.parametrize(("body", "sent"), [("é", "é".encode()), (b"a", b"a"), (bytearray(b"a"), b"a"), (None, b"")])
def test_a_prepared_body_is_sent_as_bytes(body: Any, sent: bytes) -> None:
    assert transport.content(body) == sent


def test_the_engine_gets_the_answer_unpacked() -> None:
    body = json_format.dumps(PROFILE).encode()
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "X-Word": "one"}
    respond = Answers([httpx.Response(200, stream=httpx.ByteStream(gzip.compress(body)), headers=headers)])
    with transported(group(READ), ours(), respond) as (route, schema):
        response = route.send(case(schema, READ, **AT))
    assert (response.status_code, response.content) == (200, body)
    assert (response.headers["content-type"], response.headers["x-word"]) == (["application/json"], ["one"])
    assert "content-encoding" not in response.headers


def test_what_is_no_answer_of_the_vendor_is_an_error_to_the_engine() -> None:
    with transported(group(READ), vendors(), answers(503)) as (route, schema):
        sent = case(schema, READ, **AT)
        with pytest.raises(requests.ConnectionError, match="no answer of the vendor"):
            route.send(sent)
        assert (route.calls, dict(route.statuses), route.halted) == (0, {}, None)
        assert dict(route.unanswered) == {"shop.example.com was unavailable (status 503)": 1}
        assert not route.seen[sent.id].drifts


def test_calls_are_counted_by_operation_and_status() -> None:
    with transported(group(READ), ours(), answers(200, 404, 404)) as (route, schema):
        for _ in range(3):
            route.send(case(schema, READ, **AT))
        assert (route.calls, dict(route.statuses)) == (3, {(READ, 200): 1, (READ, 404): 2})


@pytest.mark.parametrize("before", [[], [*[503] * 4, 404]], ids=["at first", "after an answer"])
def test_five_calls_in_a_row_without_an_answer_end_it(before: list[int]) -> None:
    with transported(group(READ), vendors(), answers(*before, *[503] * 5)) as (route, schema):
        for _ in range(len(before) + 4):
            with suppress(requests.ConnectionError):
                route.send(case(schema, READ, **AT))
        assert route.halted is None
        with pytest.raises(StopEngine):
            route.send(case(schema, READ, **AT))
        assert route.halted == "5 calls in a row got no response that can be checked"
        assert route.is_resumable
        assert (route.calls, sum(route.unanswered.values())) == (before.count(404), before.count(503) + 5)


def test_the_secrets_are_those_of_the_target_and_of_each_login() -> None:
    with transported(group("getProfile"), ours(), answers(200)) as (route, _):
        configured = route.secrets
        route._sender.access_tokens.add("a-new-token")
        assert configured
        assert not [secret for secret in configured if secret.startswith("Bearer ")]
        assert route.secrets == configured | {"a-new-token"}


@pytest.mark.parametrize("status", [200, 204, 399])
def test_a_control_call_is_made_in_the_sandbox_of_the_group(status: int) -> None:
    respond = answers(status)
    with transported(group(READ, sandbox="run-1"), ours(), respond) as (route, _):
        route.control("PUT", "/clock", {"frozen": True})
        route.control("DELETE", "/clock")
    put, delete = respond.arrived
    assert (put.method, put.url.path, put.content) == ("PUT", "/_sandbox/v1/clock", b'{"frozen": true}')
    assert (put.headers["x-sandbox"], put.headers["content-type"]) == ("run-1", "application/json")
    assert (delete.method, delete.content) == ("DELETE", b"")


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_control_call_that_is_refused_says_so(status: int) -> None:
    with (
        transported(group(READ, sandbox="run-1"), ours(), answers(status)) as (route, _),
        pytest.raises(CannotCheck, match=f"the control API answered {status} to PUT /clock"),
    ):
        route.control("PUT", "/clock", {})


def test_a_control_call_without_an_answer_keeps_its_cause() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with transported(group(READ, sandbox="run-1"), ours(), refuse) as (route, _):
        with pytest.raises(CannotCheck) as caught:
            route.control("PUT", "/clock", {})
        assert caught.value.cause.kind == "network"


def test_the_first_reason_to_end_is_kept_with_whether_another_time_may_allow_it() -> None:
    with transported(group(READ), ours(), answers(200)) as (route, _):
        assert str(route.halt("one", "network")) == "one"
        assert str(route.halt("two", "limit")) == "two"
        assert (route.halted, route.is_resumable) == ("one", True)
    for kind in ("limit", None):
        with transported(group(READ), ours(), answers(200)) as (route, _):
            assert not route.is_resumable
            route.halt("one", kind)
            assert not route.is_resumable


@pytest.mark.parametrize(("now", "allowed"), [(9.0, True), (10.0, True), (10.5, False)])
def test_nothing_is_sent_after_the_deadline(now: float, allowed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "time", SimpleNamespace(monotonic=lambda: now))
    respond = answers(404)
    with transported(group(READ), ours(), respond, deadline=10.0) as (route, schema):
        sent = case(schema, READ, **AT)
        if allowed:
            route.send(sent)
            route.resend(route.seen[sent.id].exchange)
            assert len(respond.arrived) == 2
            return
        with pytest.raises(StopEngine):
            route.send(sent)
        assert (route.halted, respond.arrived) == ("the time limit was reached", [])


def test_nothing_is_sent_again_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    respond = answers(404)
    clock = SimpleNamespace(monotonic=lambda: 9.0)
    monkeypatch.setattr(transport, "time", clock)
    with transported(group(READ), ours(), respond, deadline=10.0) as (route, schema):
        sent = case(schema, READ, **AT)
        route.send(sent)
        clock.monotonic = lambda: 11.0
        with pytest.raises(CannotCheck, match="the time limit was reached") as caught:
            route.resend(route.seen[sent.id].exchange)
    assert (caught.value.cause.kind, len(respond.arrived)) == ("limit", 1)


def test_an_undocumented_method_goes_to_a_sandbox_and_to_no_vendor() -> None:
    for target, sent in ((ours(), ["DELETE /api/v1/crm/protected/profile/user-profile-id/x"]), (vendors(), [])):
        respond = answers(405)
        with transported(group(READ), target, respond) as (route, schema):
            call = case(schema, READ, **AT, method="DELETE")
            if sent:
                route.send(call)
            else:
                with pytest.raises(StopEngine):
                    route.send(call)
                assert route.halted == f"DELETE is not the documented method of {READ}"
        assert respond.paths == sent


def test_a_limit_ends_it() -> None:
    respond = answers(404)
    with transported(group(READ), vendors(limits=Limits(requests=1)), respond) as (route, schema):
        route.send(case(schema, READ, **AT))
        with pytest.raises(StopEngine):
            route.send(case(schema, READ, **AT))
        assert (len(respond.arrived), route.is_resumable) == (1, False)
        assert "limit of 1 requests" in (route.halted or "")


FULL = {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"}


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        (FULL, False),
        ({name.lower(): value for name, value in FULL.items()}, False),
        ({**FULL, "X-VTEX-API-AppToken": "another"}, True),
        ({"X-VTEX-API-AppKey": "vtexappkey-sandbox"}, True),
        ({}, True),
    ],
    ids=["full", "in lower case", "one of them wrong", "one of them missing", "none"],
)
def test_a_refusal_of_all_that_the_target_gives_says_nothing_about_the_vendor(
    headers: dict[str, str], answered: bool
) -> None:
    target = vendors()
    target = replace(target, credentials={**target.credentials, "vtex": {"full": FULL}})
    with transported(group("GetProfile"), target, answers(401)) as (route, schema):
        call = case(schema, "GetProfile", path_parameters={"profileId": "x"}, headers=headers)
        if answered:
            route.send(call)
        else:
            with pytest.raises(requests.ConnectionError):
                route.send(call)
        assert route.calls == answered


def test_a_refusal_is_an_answer_where_the_target_gives_nothing() -> None:
    with transported(group("GetProfile"), vendors(credentials={"vtex": {}}), answers(401)) as (route, schema):
        route.send(case(schema, "GetProfile", path_parameters={"profileId": "x"}))
        assert route.calls == 1


MORE = {**PROFILE, "tier": 1}
LESS = {"userProfileId": "x"}


@pytest.mark.parametrize(
    ("target", "status", "body", "drifts", "noted"),
    [
        (vendors(), 200, PROFILE, True, []),
        (vendors(), 200, MORE, True, ["property $.tier"]),
        (vendors(), 206, PROFILE, True, ["status 206"]),
        (vendors(), 200, {**LESS, "tier": 1}, False, ["property $.tier"]),
        (ours(), 200, MORE, False, []),
        (ours(), 206, PROFILE, False, []),
        (ours(), 200, PROFILE, False, []),
    ],
)
def test_what_a_vendor_adds_alone_is_drift(target: Any, status: int, body: Any, drifts: bool, noted: list[str]) -> None:
    with transported(group(READ), target, Answers([json(status, body)])) as (route, schema):
        sent = case(schema, READ, **AT)
        route.send(sent)
        assert route.seen[sent.id].drifts is drifts
        assert [drift.what for drift in route._sender.observer.observations().drift] == noted


def test_an_answer_of_another_than_the_vendor_is_no_drift() -> None:
    respond = Answers([json(503, {}, x_loyalty="gold")])
    with transported(group(READ), vendors(), respond) as (route, schema):
        with pytest.raises(requests.ConnectionError):
            route.send(case(schema, READ, **AT))
        assert route._sender.observer.observations().drift == ()


def test_an_error_in_another_form_is_kept_with_the_call() -> None:
    with transported(group(READ), ours(), answers(404)) as (route, schema):
        sent = case(schema, READ, **AT)
        route.send(sent)
        assert [breach.check for breach in route.seen[sent.id].breaches] == ["error_form"]
