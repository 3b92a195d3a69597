"""An access token that expires during a run is replaced by a new login, where the target has one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.http.login_vendor import OLD, Vendor, request, vendor_target
from tests.conformance.stub_transport import BASE, json, stub_sender


def listing(**more: Any) -> Request:
    return request("newstore", "listProfiles", {}, **more)


def deletion(**more: Any) -> Request:
    return request("newstore", "deleteData", {"data_id": "NS-EU-1"}, **more)


def test_a_token_that_runs_out_is_replaced_and_the_call_is_sent_again() -> None:
    host = Vendor()
    tokens_seen: list[str] = []
    with closing(stub_sender(vendor_target(), host)) as sender:
        sender.on_token = tokens_seen.append
        assert sender.send(listing()).status == 200
        host.valid = set()
        exchange = sender.send(deletion())
        assert (exchange.status, exchange.answer_class) == (200, "vendor")
        assert sender.send(listing()).status == 200
        assert sender.observer.observations().logins == {"newstore": 1}
        # what was sent before, the refused call, the read that shows why, the login, both calls with the new token
        assert sender.budget.requests == 6
        assert sender.access_tokens == {"new-1"}
    assert exchange.request_headers["Authorization"] == f"Bearer {OLD}"  # as the target file has it
    assert tokens_seen == ["new-1"]
    (login,) = host.logins
    assert parse_qs(login.content.decode()) == {
        "grant_type": ["password"], "username": ["sandbox"], "password": ["sandbox"],
    }  # fmt: skip
    assert "authorization" not in login.headers
    assert host.arrived[-1][2] == "new-1"


def test_the_token_is_replaced_each_time_it_expires() -> None:
    host = Vendor()
    with closing(stub_sender(vendor_target(), host)) as sender:
        for _ in range(3):
            assert sender.send(listing()).status == 200
            host.valid = set()
        assert sender.send(listing()).status == 200
    assert len(host.logins) == 3


def test_a_token_that_runs_out_before_its_first_use_is_replaced_too() -> None:
    host = Vendor()
    with closing(stub_sender(vendor_target(), host)) as sender:
        sender.send(listing())
        host.valid = set()

        def expire(token: str) -> None:
            if token == "new-1":
                host.valid = set()

        sender.on_token = expire
        assert sender.send(listing()).status == 200
    assert len(host.logins) == 2


def test_undo_calls_are_retried_too() -> None:
    host = Vendor()
    with closing(stub_sender(vendor_target(), host)) as sender:
        sender.send(listing())
        host.valid = set()
        sender.stop.set()
        assert sender.send(deletion(undoes=True)).status == 200


def test_a_call_that_the_credentials_do_not_open_asks_for_no_new_token() -> None:
    host = Vendor(forbidden=httpx.URL(deletion().url).path)
    with closing(stub_sender(vendor_target(), host)) as sender:
        sender.send(listing())
        assert sender.send(deletion()).answer_class == "credentials"
    assert host.logins == []


def test_a_token_that_never_opened_anything_is_replaced_once() -> None:
    host = Vendor(valid=set(), forbidden=httpx.URL(deletion().url).path)
    with closing(stub_sender(vendor_target(), host)) as sender:
        for _ in range(3):
            assert sender.send(deletion()).answer_class == "credentials"
        assert sender.send(listing()).status == 200
    assert len(host.logins) == 1


@pytest.mark.parametrize(
    ("token", "text"),
    [
        (httpx.Response(403, json={}), "a new login gave no token (status 403 for POST /v0/token)"),
        (None, "a new login gave no token (status 200 for POST /v0/token)"),
        ("two words", "a new login gave no token"),
        ("é", "a new login gave no token"),
        ("", "a new login gave no token"),
        (["new"], "a new login gave no token"),
    ],
)
def test_without_a_new_token_the_credentials_are_not_used_again(token: Any, text: str) -> None:
    host = Vendor(tokens=[token])
    with closing(stub_sender(vendor_target(), host)) as sender:
        sender.send(listing())
        host.valid = set()
        for _ in range(2):
            with pytest.raises(CannotCheck, match="stopped working after 4 requests") as caught:
                sender.send(deletion())
            assert text in str(caught.value)
            assert caught.value.cause.kind == "credentials"
    assert len(host.logins) == 1


def test_a_login_that_is_lost_ends_nothing() -> None:
    host = Vendor(tokens=[*(httpx.Response(502) for _ in range(4)), "new"])
    with closing(stub_sender(vendor_target(), host)) as sender:
        sender.send(listing())
        host.valid = set()
        with pytest.raises(CannotCheck) as caught:
            sender.send(listing())
        assert caught.value.cause.kind == "unavailable"
        assert sender.send(listing()).status == 200


def test_several_threads_log_in_once() -> None:
    host = Vendor()
    with closing(stub_sender(vendor_target(), host)) as sender, ThreadPoolExecutor(8) as pool:
        sender.send(listing())
        host.valid = set()
        statuses = list(pool.map(lambda _: sender.send(listing()).status, range(24)))
    assert statuses == [200] * 24
    assert len(host.logins) == 1


def test_an_application_key_gives_a_new_token_too() -> None:
    host = Vendor(valid={"sandbox-oracle"})
    with closing(stub_sender(vendor_target(), host)) as sender:
        read = request("oracle", "getProfile", {"id": "0"})
        sender.send(read)
        host.valid = set()
        assert sender.send(read).status == 200
    (login,) = host.logins
    assert login.headers["authorization"] == "Bearer sandbox-application-key"
    assert login.content == b"grant_type=client_credentials"


READS: dict[str, tuple[str, dict[str, str]]] = {
    "newstore": ("listProfiles", {}),
    "oracle": ("getProfile", {"id": "0"}),
    "vtex": ("GetProfile", {"profileId": "x"}),
}


def _changed_target(change: Callable[[dict[str, Any]], Any]) -> Target:
    target = vendor_target()
    known = {api: dict(kinds) for api, kinds in target.credentials.items()}
    data = {api: dict(values) for api, values in target.data.items()}
    change({"credentials": known, "data": data})
    return replace(target, credentials=known, data=data)


@pytest.mark.parametrize(
    ("api", "change"),
    [
        ("newstore", lambda target: target["data"]["newstore"].pop("password")),
        ("oracle", lambda target: target["credentials"]["oracle"].pop("application")),
        ("vtex", lambda target: None),
    ],
)
def test_a_target_without_a_login_has_its_credentials_end(api: str, change: Callable[[Any], Any]) -> None:
    operation_id, path = READS[api]
    opened = [True]

    def play(sent: httpx.Request) -> httpx.Response:
        return json(200, {}) if opened[0] else json(401, {})

    with closing(stub_sender(_changed_target(change), play)) as sender:
        read = request(api, operation_id, path)
        sender.send(read)
        opened[0] = False
        with pytest.raises(CannotCheck, match="stopped working after 3 requests") as caught:
            sender.send(read)
        assert "login" not in str(caught.value)
        assert sender.logs_in(api) is False


def test_a_sandbox_of_ours_is_never_logged_in_at_again() -> None:
    host = Vendor(valid=set())
    sandbox_target = replace(local_sandbox(BASE), powers=frozenset({"control"}))
    with closing(stub_sender(sandbox_target, host)) as sender:
        assert exchange_of(sender).answer_class == "vendor"
    assert host.logins == []


def exchange_of(sender: Sender) -> Exchange:
    return sender.send(listing())
