"""HTTP transport of httpx on guarded streams; a connection on which more came than a response is not used again."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpcore
import httpx

from pii_sandbox.conformance.http.network_stream import GuardedBackend

# shorter than what servers keep an idle connection for, so that none ends as a request is sent
KEEPALIVE_SECONDS = 2.0
MOST_CONNECTIONS = 100
LATE_BODY_SECONDS = 0.06  # a body in a packet of its own may wait for the acknowledgement of the head (40 ms)
_LOOK_SECONDS = 0.005
_STREAM = "pii_sandbox.stream"  # an extension of httpx's response, which hides its stream


class GuardedTransport(httpx.BaseTransport):
    """Sends to hosts directly or through an HTTP proxy. `surplus` of a response says what came after its end.

    For the body that a 204 must not have, it waits `late_body_seconds`.
    """

    def __init__(self, context: ssl.SSLContext | None, proxy: str | None, late_body_seconds: float) -> None:
        self._late_body_seconds = late_body_seconds
        shared: dict[str, Any] = {
            "ssl_context": context,
            "max_connections": MOST_CONNECTIONS,
            "keepalive_expiry": KEEPALIVE_SECONDS,
            "network_backend": GuardedBackend(),
        }
        if proxy is None:
            self._pool = httpcore.ConnectionPool(**shared)
            return
        way = httpx.Proxy(proxy)
        if way.url.scheme not in ("http", "https"):
            raise ValueError(f"a proxy must be an http or https URL, not {way.url.scheme}")
        self._pool = httpcore.HTTPProxy(
            proxy_url=httpcore.URL(
                scheme=way.url.raw_scheme, host=way.url.raw_host, port=way.url.port, target=way.url.raw_path
            ),
            proxy_auth=way.raw_auth,
            proxy_headers=way.headers.raw,
            proxy_ssl_context=context if way.url.scheme == "https" else None,
            **shared,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        with _errors_of_httpx():
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        stream = _ResponseStream(request, response, self._late_body_seconds)
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=stream,
            extensions={**response.extensions, _STREAM: stream},
        )

    def close(self) -> None:
        self._pool.close()


class _ResponseStream(httpx.SyncByteStream):
    """The body of a response. At its end `surplus` is what had come after it."""

    def __init__(self, request: httpx.Request, response: httpcore.Response, late_body_seconds: float) -> None:
        self.surplus = b""
        self._request = request
        self._response = response
        self._late_body_seconds = late_body_seconds

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx():
            yield from self._response.iter_stream()
            # before it is closed: then the connection may already carry the next request, of another thread
            self.surplus = _surplus(self._request, self._response, self._late_body_seconds)

    def close(self) -> None:
        with _errors_of_httpx():
            self._response.close()


def surplus(response: httpx.Response) -> bytes:
    """What had come after the end of a response that is read whole. Where there is any, the connection is closed.

    httpx would take it for the beginning of the next response on that connection.
    """
    stream = response.extensions.get(_STREAM)
    return stream.surplus if isinstance(stream, _ResponseStream) else b""


def _surplus(request: httpx.Request, response: httpcore.Response, late_body_seconds: float) -> bytes:
    network: httpcore.NetworkStream = response.extensions["network_stream"]
    # httpcore tells nobody what its parser has left over; the parser is reached through private names
    stream: Any = response.stream
    parser = stream._stream._connection._h11_state
    left: bytes = parser.trailing_data[0]
    without_body = response.status in (204, 304) or request.method == "HEAD"
    if not left and response.status == 204:
        _await_bytes(network, late_body_seconds)
    if not left and without_body and network.get_extra_info("is_readable"):
        with suppress(httpcore.NetworkError, httpcore.TimeoutException):  # it ends, as it may
            # TLS may take what is no data from the connection, such as a session ticket
            left = network.read(65_536, 0.1)
    if left or response.status == 204:  # a body that comes later still must not be taken for the next response
        # so that the connection is closed with the response, and never idle: the pool would give it to another thread
        parser.send_failed()
    return left


def _await_bytes(network: httpcore.NetworkStream, seconds: float) -> None:
    """Waits until something has come, the connection has ended or the time is up."""
    ends = time.monotonic() + seconds
    while not network.get_extra_info("is_readable") and time.monotonic() < ends:
        time.sleep(_LOOK_SECONDS)


@contextmanager
def _errors_of_httpx() -> Iterator[None]:
    """Raises what httpcore raises as httpx's error of the same name."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError,
            httpcore.UnsupportedProtocol) as error:  # fmt: skip
        raise getattr(httpx, type(error).__name__, httpx.TransportError)(str(error)) from error
