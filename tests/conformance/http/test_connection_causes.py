"""The cause of a connection failure is found in the chain of exceptions, and told with what to do about it."""

from __future__ import annotations

import errno
import socket
import ssl

import httpx
import pytest

from pii_sandbox.conformance.http.connection_errors import connection_trouble

URL = "https://shop.example.com/a"
HINT = "; if it speaks TLS on this port, write https://"


def trouble(error: httpx.RequestError, *causes: BaseException, url: str = URL, proxy: str | None = None) -> str:
    """What is told of a failure that came of these causes, the last one being the first that happened."""
    outer: BaseException = error
    for cause in causes:
        outer.__cause__ = cause
        outer = cause
    return connection_trouble(error, url, proxy=proxy)


def certificate_error(code: int, message: str = "what OpenSSL says") -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


def tls_error(reason: str | None) -> ssl.SSLError:
    error = ssl.SSLError(1, "TLS")
    error.reason = reason  # type: ignore[assignment]
    return error


@pytest.mark.parametrize(
    ("code", "words"),  # the codes of OpenSSL's X509_verify_cert
    [
        (9, "its certificate is not valid yet"),
        (10, "its certificate has expired"),
        (18, "its certificate is self-signed"),
        (19, "its certificate is signed by an authority that is not trusted"),
        (20, "its certificate is signed by an authority that is not trusted"),
        (21, "its certificate is signed by an authority that is not trusted"),
        (23, "its certificate is not valid (what OpenSSL says)"),
        (62, "its certificate is for another host name"),
        (64, "its certificate is for another address"),
    ],
)
def test_the_fault_of_a_certificate_is_told_by_its_code(code: int, words: str) -> None:
    text = trouble(httpx.ConnectError("failed"), certificate_error(code))
    assert text.startswith(f"shop.example.com cannot be reached: {words}")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("WRONG_VERSION_NUMBER", "it does not speak TLS on this port; for plain HTTP write http://"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "it requires a client certificate; name one in tls.client_certificate"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "both sides have no TLS version or cipher in common"),
        ("SOMETHING_ELSE", "TLS failed (SOMETHING_ELSE)"),
        (None, "TLS failed (no reason given)"),
    ],
)
def test_the_fault_of_a_handshake_is_told_by_its_reason(reason: str | None, words: str) -> None:
    assert trouble(httpx.ConnectError("failed"), tls_error(reason)) == f"shop.example.com cannot be reached: {words}"
    assert trouble(httpx.ReadError("failed"), tls_error(reason)) == (
        f"shop.example.com gave no complete response: {words}"
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ECONNREFUSED, "nothing listens on this port"),
        (errno.EHOSTUNREACH, "there is no route to it"),
        (errno.EMFILE, "this process has too many open files"),
        (errno.EPIPE, "it closed the connection"),
        (errno.EPERM, "the connection failed (ConnectError)"),
    ],
)
def test_the_fault_of_a_socket_is_told_by_its_number(number: int, words: str) -> None:
    for url in (URL, "http://shop.example.com"):
        text = trouble(httpx.ConnectError("failed"), OSError(number, "socket"), url=url)
        assert text == f"shop.example.com cannot be reached: {words}"


@pytest.mark.parametrize(("scheme", "hint"), [("http", HINT), ("https", "")])
def test_a_connection_that_is_reset_may_want_tls(scheme: str, hint: str) -> None:
    reset = ConnectionResetError(errno.ECONNRESET, "reset")
    text = trouble(httpx.ReadError("failed"), reset, url=f"{scheme}://shop.example.com/a")
    assert text == f"shop.example.com gave no complete response: it reset the connection{hint}"


def test_a_name_without_an_address_is_told() -> None:
    text = trouble(httpx.ConnectError("failed"), socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
    assert text == (
        "shop.example.com cannot be reached: the host name cannot be resolved; "
        "check the URL, and the DNS of this machine"
    )


def test_the_outermost_cause_that_is_known_is_told() -> None:
    refused, expired = ConnectionRefusedError(errno.ECONNREFUSED, "refused"), certificate_error(10)
    error = httpx.ConnectError("failed")
    assert "nothing listens" in trouble(error, RuntimeError(), OSError(), refused, expired)
    assert "has expired" in trouble(error, RuntimeError(), OSError("without a number"), expired, refused)
    assert trouble(error, RuntimeError(), OSError()) == (
        "shop.example.com cannot be reached: the connection failed (ConnectError)"
    )


def test_a_cause_is_found_where_an_exception_came_while_another_was_handled() -> None:
    error, handled = httpx.ConnectError("failed"), RuntimeError()
    error.__context__ = handled
    handled.__context__ = ConnectionRefusedError(errno.ECONNREFUSED, "refused")
    assert connection_trouble(error, URL).endswith("nothing listens on this port")


def test_a_chain_of_causes_that_goes_round_ends() -> None:
    error, inner = httpx.ConnectError("failed"), RuntimeError()
    assert trouble(error, inner, error) == "shop.example.com cannot be reached: the connection failed (ConnectError)"


@pytest.mark.parametrize(
    ("error", "url", "text"),
    [
        (httpx.ConnectTimeout("slow"), URL, "cannot be reached: no connection within the time limit"),
        (httpx.PoolTimeout("slow"), URL, "cannot be reached: no response within the time limit"),
        (httpx.ReadTimeout("slow"), URL, "gave no complete response: no response within the time limit"),
        (httpx.WriteTimeout("slow"), URL, "gave no complete response: no response within the time limit"),
        (
            httpx.UnsupportedProtocol("ftp"),
            "ftp://shop.example.com/a",
            "cannot be reached: the connection failed (UnsupportedProtocol)",
        ),
        (
            httpx.RemoteProtocolError("Server disconnected without sending a response."),
            URL,
            "gave no complete response: it closed the connection without a response",
        ),
        (
            httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
            URL,
            "gave no complete response: it closed the connection in the middle of its response",
        ),
        (
            httpx.RemoteProtocolError("illegal header line"),
            "http://shop.example.com",
            "gave no complete response: it sent something that is not HTTP",
        ),
        (
            httpx.RemoteProtocolError("illegal request line"),
            URL,
            "gave no complete response: it sent something that is not HTTP",
        ),
        (
            httpx.RemoteProtocolError("illegal request line"),
            "http://shop.example.com",
            f"gave no complete response: it sent something that is not HTTP{HINT}",
        ),
        (httpx.DecodingError("gzip"), URL, "gave no complete response: its response could not be decompressed"),
        (httpx.ReadError("x"), URL, "gave no complete response: the connection failed (ReadError)"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_failure_without_a_known_cause_is_told_by_its_kind(error: httpx.RequestError, url: str, text: str) -> None:
    assert connection_trouble(error, url) == f"shop.example.com {text}"


@pytest.mark.parametrize("proxy", ["http://proxy.example.com:3128", "http://me:secret@proxy.example.com:3128"])
def test_a_proxy_is_named_where_no_connection_came_about(proxy: str) -> None:
    url = "http://you:password@shop.example.com:8080/a"
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "refused")
    assert trouble(httpx.ConnectError("failed"), refused, url=url, proxy=proxy) == (
        "shop.example.com:8080 cannot be reached through the proxy proxy.example.com:3128: nothing listens on this port"
    )
    assert trouble(httpx.ReadError("failed"), url=url, proxy=proxy) == (
        "shop.example.com:8080 gave no complete response: the connection failed (ReadError)"
    )


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("407 Proxy Authentication Required", "it refused the credentials (407); correct them in the URL, "),
        ("502 Bad Gateway", "it answered 502"),
        ("403", "it answered 403"),
        ("Malformed reply", "it cannot be used; check the setting proxy"),
        ("", "it cannot be used; check the setting proxy"),
    ],
)
def test_what_a_proxy_answers_is_told(message: str, words: str) -> None:
    text = trouble(httpx.ProxyError(message), proxy="http://proxy.example.com:3128")
    assert text.startswith(f"shop.example.com cannot be reached through the proxy: {words}")
