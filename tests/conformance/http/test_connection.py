"""What a request has on the wire: its length, or chunks where it asks for them."""

from __future__ import annotations

import socket

import pytest

from pii_sandbox.conformance.http.connection import TargetConnections
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.request import Request
from tests.raw_server import serve_connections


@pytest.mark.parametrize(
    ("headers", "framing", "sent"),
    [
        ({}, b"content-length: 4", b"\r\n\r\nbody"),
        ({"Transfer-Encoding": "chunked"}, b"transfer-encoding: chunked", b"\r\n\r\n4\r\nbody\r\n0\r\n\r\n"),
    ],
)
def test_a_body_has_a_length_or_is_sent_in_chunks(headers: dict[str, str], framing: bytes, sent: bytes) -> None:
    received = bytearray()

    def answer(connection: socket.socket) -> None:
        while not received.endswith(sent):
            received.extend(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with serve_connections(answer) as url:
        connections = TargetConnections(Target("vendor", urls={"vtex": url}, credentials={}))
        exchange = connections.exchange(Request("vtex", None, "POST", url, body=b"body"), headers, 10)
        connections.close()
    assert exchange.status == 204
    assert [line for line in bytes(received).lower().split(b"\r\n") if b"length" in line or b"transfer" in line] == [
        framing
    ]
