"""Calls of a sender to a vendor, as tests make them."""

from __future__ import annotations

from typing import Any

from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.stub_transport import BASE


def get(sender: Sender, path: str = "/a", base: str = BASE, **more: Any) -> Exchange:
    return sender.send(Request("vtex", "GetProfile", "GET", base + path, **more))


def post(sender: Sender, **more: Any) -> Exchange:
    return sender.send(Request("vtex", "CreateClientProfile", "POST", f"{BASE}/a", {}, b"{}", "create", **more))
