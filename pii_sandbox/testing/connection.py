"""HTTP connection to a sandbox server and its control API."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

BASE = "/_sandbox/v1"
HEADER = "X-Sandbox"
TOKEN_HEADER = "X-Sandbox-Control-Token"
CLIENT_SECONDS = 75.0  # the longest delay of a fault is 60 s


class Refused(Exception):
    """The control API refused a call; the message says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class Connection:
    """A connection to one server and all its sandboxes.

    `transport`: httpx transport; None: the network. `https_url`: None if the server has no HTTPS.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        transport: httpx.BaseTransport | None = None,
        https_url: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.https_url = (https_url or (url if url.startswith("https://") else "")).rstrip("/") or None
        self.token = token
        headers = {TOKEN_HEADER: token} if token else {}
        self._transport = transport
        self._http = self.client(headers)

    def client(self, headers: Mapping[str, str], path: str = "") -> httpx.Client:
        """Return an httpx client of this server; without proxy if the server is on this machine."""
        url = httpx.URL(self.url)
        local = url.host in ("127.0.0.1", "localhost", "::1")
        return httpx.Client(
            verify=_trust() if url.scheme == "https" else _no_certificates(),
            base_url=self.url + path,
            headers=headers,
            transport=self._transport,
            timeout=CLIENT_SECONDS,
            trust_env=not local,
        )

    def close(self) -> None:
        self._http.close()

    def call(self, sandbox: str, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Call the control API; return its JSON response, or None for an empty one. Raises Refused."""
        params = {name: value for name, value in query.items() if value is not None}
        response = self._http.request(method, BASE + path, headers={HEADER: sandbox}, json=body, params=params or None)
        if not response.is_success:
            raise Refused(response.status_code, _error_text(response))
        return response.json() if response.content else None

    @functools.cached_property
    def credentials(self) -> Mapping[str, list[dict[str, str]]]:
        """Preset credentials by API, as headers; those with the most permissions first."""
        listed = self.call("default", "GET", "/credentials")["credentials"]
        return {api: [dict(credential["headers"]) for credential in presets] for api, presets in listed.items()}


@functools.cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


@functools.cache
def _no_certificates() -> ssl.SSLContext:
    """Return a context without certificates, for plain HTTP: loading them takes most of the time to create a client."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _error_text(response: httpx.Response) -> str:
    try:
        problem = response.json()
    except ValueError:
        return response.text
    errors = "; ".join(f"{field}: {', '.join(messages)}" for field, messages in problem.get("errors", {}).items())
    return f"{problem.get('title', '')}{f' ({errors})' if errors else ''}"
