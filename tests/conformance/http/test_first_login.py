"""A target without a token: the run logs in before its first call."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.login_tokens import login_credentials
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.request import Request
from tests.conformance.http.login_vendor import DATA, Vendor, request, vendor_target
from tests.conformance.stub_transport import stub_sender


def target_without_token(**more: Any) -> Target:
    target = vendor_target(**more)
    kinds = {"application": target.credentials["oracle"]["application"]}
    known: dict[str, Any] = {
        "newstore": login_credentials("newstore", (), DATA["newstore"]),
        "oracle": {**kinds, **login_credentials("oracle", kinds, DATA["oracle"])},
    }
    return replace(target, credentials=known, variables={"newstore": {"full": ("A_USER", "A_PASSWORD")}})


def request_without_kind(sender: Sender, operation_id: str = "listProfiles", **more: Any) -> Request:
    known = sender.target.credentials["newstore"]["full"]
    sent = request("newstore", operation_id, {"data_id": "NS-EU-1"} if operation_id == "deleteData" else {}, **more)
    return replace(sent, headers={**sent.headers, **known})


def test_a_target_without_a_token_is_logged_in_at_before_its_first_call() -> None:
    host = Vendor(valid=set())
    with closing(stub_sender(target_without_token(), host)) as sender, ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: sender.send(request_without_kind(sender)).status, range(24)))
        host.valid = set()
        assert sender.send(request_without_kind(sender, "deleteData")).status == 200
    assert statuses == [200] * 24
    assert len(host.logins) == 2
    assert {token for _, _, token in host.arrived} == {"new-1", "new-2"}


def test_a_login_that_gives_no_first_token_is_asked_for_once() -> None:
    host = Vendor(valid=set(), tokens=[httpx.Response(401, json={})])
    with closing(stub_sender(target_without_token(), host)) as sender:
        for _ in range(3):
            with pytest.raises(CannotCheck) as caught:
                sender.send(request_without_kind(sender))
            assert caught.value.cause.kind == "credentials"
            assert str(caught.value) == (
                "the login of newstore gave no token (status 401 for POST /v0/token); check A_USER and A_PASSWORD"
            )
    assert len(host.logins) == 1
    assert host.arrived == []


@pytest.mark.parametrize(
    ("api", "kinds", "data", "has"),
    [
        ("newstore", (), ("username", "password"), True),
        ("newstore", (), ("username",), False),
        ("newstore", ("full",), ("username", "password"), False),
        ("oracle", ("application",), (), True),
        ("oracle", (), (), False),
        ("vtex", (), ("username", "password"), False),
        ("fashionai", (), (), False),
    ],
)
def test_full_credentials_are_left_to_a_whole_login_alone(
    api: str, kinds: tuple[str, ...], data: tuple[str, ...], has: bool
) -> None:
    assert bool(login_credentials(api, kinds, data)) is has
