"""Words for TLS and connection failures: what happened, why, and what to do about it.

The cause is found in the chain of exceptions below httpx's own, never in the text of the failure alone. Nothing that a
server sent is repeated.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

# codes of X509_verify_cert (openssl-verification-options(1))
_CERTIFICATE_CAUSES = {
    9: "is not valid yet; look at the clocks",
    10: "has expired",
    18: "is self-signed; name it in tls.ca_file if it is to be trusted",
    19: "is of an authority that is not trusted; name its certificate in tls.ca_file",
    20: "is of an authority that is not trusted; name its certificate in tls.ca_file",
    21: "is of an authority that is not trusted; name its certificate in tls.ca_file",
    62: "is of another host",
    64: "is of another address",
}
_TLS_CAUSES = {
    "WRONG_VERSION_NUMBER": "it does not speak TLS at this port; write http:// if that is meant",
    "HTTP_REQUEST": "it does not speak TLS at this port; write http:// if that is meant",
    "RECORD_LAYER_FAILURE": "it does not speak TLS at this port; write http:// if that is meant",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it wants a client certificate; name one in tls.client_certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it refused the client certificate (tls.client_certificate)",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "it refused the client certificate (tls.client_certificate)",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it refused the client certificate (tls.client_certificate): it has expired",
    "TLSV1_ALERT_UNKNOWN_CA": "it does not trust the client certificate (tls.client_certificate)",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "both sides have no TLS version or cipher in common",
    "TLSV1_ALERT_PROTOCOL_VERSION": "both sides have no TLS version or cipher in common",
    "UNSUPPORTED_PROTOCOL": "both sides have no TLS version or cipher in common",
    "NO_PROTOCOLS_AVAILABLE": "both sides have no TLS version or cipher in common",
    "TLSV1_UNRECOGNIZED_NAME": "it does not know this host name",
    "UNEXPECTED_EOF_WHILE_READING": "it closed the connection during the TLS handshake",
}
_ERRNO_CAUSES = {
    errno.ECONNREFUSED: "nothing listens at this port",
    errno.ECONNRESET: "it reset the connection",
    errno.ECONNABORTED: "it reset the connection",
    errno.EPIPE: "it closed the connection",
    errno.EHOSTUNREACH: "there is no route to it",
    errno.ENETUNREACH: "there is no route to it",
    errno.ETIMEDOUT: "it did not answer the attempt to connect",
    errno.EMFILE: "this process has too many open files",
    errno.EADDRNOTAVAIL: "this machine has no free port left",
}
_TLS_HINT = "; if it speaks TLS at this port, write https://"
_BEFORE_REQUEST = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def connection_trouble(error: httpx.RequestError, url: str, *, proxy: str | None = None) -> str:
    """One line about a request that got no response: `HOST cannot be reached: its certificate has expired`.

    `proxy` is the URL of the proxy that the request went through.
    """
    host = urlsplit(url).netloc.rpartition("@")[2]
    if isinstance(error, httpx.ProxyError):
        return f"{host} cannot be reached through the proxy: {_proxy_cause(error)}"
    if isinstance(error, _BEFORE_REQUEST):
        through = "" if proxy is None else f" through the proxy {urlsplit(proxy).netloc.rpartition('@')[2]}"
        return f"{host} cannot be reached{through}: {_cause(error, url)}"
    return f"{host} gave no whole answer: {_cause(error, url)}"


def _cause(error: httpx.RequestError, url: str) -> str:
    plain = url.startswith("http:")
    for inner in _chain(error):
        told = _known_cause(inner)
        if told is not None:
            return told + (_TLS_HINT if plain and getattr(inner, "errno", None) == errno.ECONNRESET else "")
    if isinstance(error, httpx.TimeoutException):
        waited = "connection" if isinstance(error, httpx.ConnectTimeout) else "answer"
        return f"no {waited} within the time allowed"
    if isinstance(error, httpx.RemoteProtocolError):
        if "disconnected without sending" in str(error):
            return "it closed the connection without an answer"
        if "peer closed connection" in str(error):
            return "it closed the connection in the middle of its answer"
        # h11 says "request line" of bytes that cannot begin a line, such as those of a TLS alert
        return "what it sent is not HTTP" + (_TLS_HINT if plain and "request line" in str(error) else "")
    if isinstance(error, httpx.DecodingError):
        return "its answer is compressed in a way that cannot be undone"
    return f"the connection failed ({type(error).__name__})"


def _proxy_cause(error: httpx.ProxyError) -> str:
    status = str(error).partition(" ")[0]
    if status == "407":
        return "it wants other credentials (407); they stand in the URL that the variable of `proxy` holds"
    return f"it answered {status}" if status.isdecimal() else "it cannot be used; look at the setting proxy"


def _known_cause(error: BaseException) -> str | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate {_CERTIFICATE_CAUSES.get(error.verify_code, f'is not valid ({error.verify_message})')}"
    if isinstance(error, ssl.SSLError):
        return _TLS_CAUSES.get(error.reason or "", f"TLS failed ({error.reason or 'no reason given'})")
    if isinstance(error, socket.gaierror):
        return "there is no host of that name, or it cannot be looked up here"
    if isinstance(error, OSError):
        return _ERRNO_CAUSES.get(error.errno or 0)
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and all that it came from, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
