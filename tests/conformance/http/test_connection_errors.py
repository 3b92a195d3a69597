"""Troubles of TLS and connections are told in words: what, why, and the setting to look at."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pii_sandbox.conformance.http.connection_errors import connection_trouble
from tests.conformance.test_tls import server_context, tls_server


def trouble(url: str, *, ca_file: Path | None = None, proxy: str | None = None, timeout: float = 10) -> str:
    verify = ssl.create_default_context(cafile=ca_file)
    with (
        httpx.Client(verify=verify, trust_env=False, timeout=timeout, proxy=proxy) as client,
        pytest.raises(httpx.RequestError) as failed,
    ):
        client.get(url)
    return connection_trouble(failed.value, url, proxy=proxy)


@contextmanager
def raw_reply_server(data: bytes | None) -> Iterator[str]:
    """The URL of a server that sends these bytes to its one caller and closes; None: says nothing."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                if data is None:
                    done.wait(10)
                else:
                    connection.sendall(data)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join(10)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("expired", "its certificate has expired"),
        ("other", "its certificate is for another address"),
        ("self-signed", "its certificate is self-signed; to trust it, name it in tls.ca_file"),
    ],
)
def test_a_certificate_that_is_refused_is_told_with_its_cause(certificates: Path, name: str, message: str) -> None:
    with tls_server(server_context(certificates, name=name)) as (port, _):
        text = trouble(f"https://127.0.0.1:{port}/a?b=c", ca_file=certificates / "ca.pem")
    assert text.startswith(f"127.0.0.1:{port} cannot be reached: {message}")


def test_an_unknown_authority_and_another_host_name_are_told(certificates: Path) -> None:
    with tls_server(server_context(certificates)) as (port, _):
        assert "by an authority that is not trusted; to trust it, name its certificate in tls.ca_file" in trouble(
            f"https://127.0.0.1:{port}"
        )
        assert "is for another host name; check the URL" in trouble(
            f"https://localhost:{port}", ca_file=certificates / "ca.pem"
        )


def test_a_missing_client_certificate_is_told(certificates: Path) -> None:
    with tls_server(server_context(certificates, asks_for_one=True)) as (port, _):
        text = trouble(f"https://127.0.0.1:{port}", ca_file=certificates / "ca.pem")
    assert "it requires a client certificate; name one in tls.client_certificate" in text


def test_the_wrong_scheme_is_told(certificates: Path) -> None:
    with tls_server() as (port, _):
        assert "it does not speak TLS on this port; for plain HTTP write http://" in trouble(
            f"https://127.0.0.1:{port}"
        )
    with tls_server(server_context(certificates)) as (port, _):
        assert "if it speaks TLS on this port, write https://" in trouble(f"http://127.0.0.1:{port}")
    with raw_reply_server(
        b"\x15\x03\x03\x00\x02\x02\x16"
    ) as url:  # the alert of a server that takes plain HTTP for TLS
        assert "if it speaks TLS on this port, write https://" in trouble(url)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "gave no complete response: it closed the connection without a response"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", "it closed the connection in the middle of its response"),
        (b"hello\r\n\r\n", "it sent something that is not HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
            "could not be decompressed",
        ),
    ],
)
def test_answers_that_are_none_are_told(data: bytes, message: str) -> None:
    with raw_reply_server(data) as url:
        assert message in trouble(url)


def test_silence_is_told() -> None:
    with raw_reply_server(None) as url:
        assert "no response within the time limit" in trouble(url, timeout=0.2)


def test_refused_unknown_and_proxy_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
    assert trouble(nobody) == f"{nobody.removeprefix('http://')} cannot be reached: nothing listens on this port"
    assert "the host name cannot be resolved" in trouble("http://nobody.invalid")
    assert trouble("http://shop.example.com", proxy=nobody) == (
        f"shop.example.com cannot be reached through the proxy {nobody.removeprefix('http://')}: "
        "nothing listens on this port"
    )
    with tls_server() as (port, _):
        message = trouble("https://shop.example.com", proxy=f"http://127.0.0.1:{port}")
    assert message == "shop.example.com cannot be reached through the proxy: it answered 501"


def test_credentials_of_a_proxy_are_not_repeated() -> None:
    error = httpx.ConnectError("refused")
    message = connection_trouble(error, "http://shop.example.com", proxy="http://me:secret@proxy.example.com:3128")
    assert "proxy.example.com:3128" in message
    assert "secret" not in message
