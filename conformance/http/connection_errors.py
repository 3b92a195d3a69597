"""Words for TLS and connection failures: what happened, why, and what to do about it.

The cause is found in the chain of exceptions below httpx's own, never in the text of the failure alone. Nothing that a
server sent is repeated.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import httpx

# codes of X509_verify_cert (openssl-verification-options(1))
_CERTIFICATE_CAUSES = {
    9: "is not valid yet; check the clocks of both machines",
    10: "has expired; the server needs a new one",
    18: "is self-signed; to trust it, name it in tls.ca_file",
    19: "is signed by an authority that is not trusted; to trust it, name its certificate in tls.ca_file",
    20: "is signed by an authority that is not trusted; to trust it, name its certificate in tls.ca_file",
    21: "is signed by an authority that is not trusted; to trust it, name its certificate in tls.ca_file",
    62: "is for another host name; check the URL",
    64: "is for another address; check the URL",
}
_TLS_CAUSES = {
    "WRONG_VERSION_NUMBER": "it does not speak TLS on this port; for plain HTTP write http://",
    "HTTP_REQUEST": "it does not speak TLS on this port; for plain HTTP write http://",
    "RECORD_LAYER_FAILURE": "it does not speak TLS on this port; for plain HTTP write http://",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it requires a client certificate; name one in tls.client_certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it refused the client certificate; name another in tls.client_certificate",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "it refused the client certificate; name another in tls.client_certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it refused the client certificate, which has expired; name another in "
    "tls.client_certificate",
    "TLSV1_ALERT_UNKNOWN_CA": "it does not trust the client certificate; name another in tls.client_certificate",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "both sides have no TLS version or cipher in common",
    "TLSV1_ALERT_PROTOCOL_VERSION": "both sides have no TLS version or cipher in common",
    "UNSUPPORTED_PROTOCOL": "both sides have no TLS version or cipher in common",
    "NO_PROTOCOLS_AVAILABLE": "both sides have no TLS version or cipher in common",
    "TLSV1_UNRECOGNIZED_NAME": "it does not serve this host name; check the URL",
    "UNEXPECTED_EOF_WHILE_READING": "it closed the connection during the TLS handshake",
}
_ERRNO_CAUSES: Mapping[int | None, str] = {
    errno.ECONNREFUSED: "nothing listens on this port",
    errno.ECONNRESET: "it reset the connection",
    errno.ECONNABORTED: "it reset the connection",
    errno.EPIPE: "it closed the connection",
    errno.EHOSTUNREACH: "there is no route to it",
    errno.ENETUNREACH: "there is no route to it",
    errno.ETIMEDOUT: "it did not respond to the connection attempt",
    errno.EMFILE: "this process has too many open files",
    errno.EADDRNOTAVAIL: "this machine has no free port left",
}
_TLS_HINT = "; if it speaks TLS on this port, write https://"
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
    return f"{host} gave no complete response: {_cause(error, url)}"


def _cause(error: httpx.RequestError, url: str) -> str:
    plain = url.startswith("http:")
    for inner in _chain(error):
        told = _known_cause(inner)
        if told is not None:
            return told + (_TLS_HINT if plain and getattr(inner, "errno", None) == errno.ECONNRESET else "")
    if isinstance(error, httpx.TimeoutException):
        waited = "connection" if isinstance(error, httpx.ConnectTimeout) else "response"
        return f"no {waited} within the time limit"
    if isinstance(error, httpx.RemoteProtocolError):
        if "disconnected without sending" in str(error):
            return "it closed the connection without a response"
        if "peer closed connection" in str(error):
            return "it closed the connection in the middle of its response"
        # h11 says "request line" of bytes that cannot begin a line, such as those of a TLS alert
        return "it sent something that is not HTTP" + (_TLS_HINT if plain and "request line" in str(error) else "")
    if isinstance(error, httpx.DecodingError):
        return "its response could not be decompressed"
    return f"the connection failed ({type(error).__name__})"


def _proxy_cause(error: httpx.ProxyError) -> str:
    status = str(error).partition(" ")[0]
    if status == "407":
        return (
            "it refused the credentials (407); correct them in the URL, in the environment variable that `proxy` names"
        )
    return f"it answered {status}" if status.isdecimal() else "it cannot be used; check the setting proxy"


def _known_cause(error: BaseException) -> str | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate {_CERTIFICATE_CAUSES.get(error.verify_code, f'is not valid ({error.verify_message})')}"
    if isinstance(error, ssl.SSLError):
        return _TLS_CAUSES.get(error.reason, f"TLS failed ({error.reason or 'no reason given'})")
    if isinstance(error, socket.gaierror):
        return "the host name cannot be resolved; check the URL, and the DNS of this machine"
    if isinstance(error, OSError):
        return _ERRNO_CAUSES.get(error.errno)
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and all that it came from, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
