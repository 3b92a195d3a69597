"""Requests and headers that are not sent, and connections that end with their sender."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.request import Request
from tests.conformance.http.calls import get
from tests.conformance.stub_transport import BASE, json, stub_sender, vendor


def fail_if_called(request: httpx.Request) -> httpx.Response:
    raise AssertionError("this was sent")


def answer(request: httpx.Request) -> httpx.Response:
    return json(200, {})


@pytest.mark.parametrize(
    ("url", "headers", "message"),
    [
        (f"{BASE}/{'a' * 70_000}", {}, "the URL would have 70025 characters"),
        (f"{BASE}/a", {"If-Match": "é"}, "a header would contain characters"),
        ("/a", {}, "is not named by the target"),
        ("", {}, "is not named by the target"),
    ],
)
def test_a_request_that_cannot_be_sent_is_not_and_costs_nothing(url: str, headers: Any, message: str) -> None:
    sender = stub_sender(vendor(), fail_if_called)
    with pytest.raises(CannotCheck, match=message):
        sender.send(Request("vtex", "GetProfile", "GET", url, headers, makes=True))
    assert sender.budget.requests == 0


def test_hosts_are_compared_without_case() -> None:
    sender = stub_sender(vendor(), answer)
    assert get(sender, base="https://SHOP.Example.com").status == 200


def test_a_sender_that_is_closed_closes_its_connections() -> None:
    client = httpx.Client(transport=httpx.MockTransport(answer))
    sender = Sender(local_sandbox(BASE), lambda _: client)
    assert not client.is_closed
    sender.close()
    assert client.is_closed


def test_without_the_control_token_the_other_headers_of_a_call_stay() -> None:
    sent: list[httpx.Headers] = []

    def play(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers)
        return json(200, {})

    headers = {"x-sandbox-control-token": "secret", "X-Run": "7"}
    get(stub_sender(replace(vendor(), headers=headers), play))
    assert [("x-sandbox-control-token" in each, each.get("X-Run")) for each in sent] == [(False, "7")]
