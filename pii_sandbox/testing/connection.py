"""A sandbox server as Python reaches it: over HTTP, wherever it runs."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

BASE = "/_sandbox/v1"
HEADER = "X-Sandbox"
TOKEN_HEADER = "X-Sandbox-Control-Token"
CLIENT_SECONDS = 75.0  # the longest delay that can be asked for is 60 s


class Refused(Exception):
    """The control API said no; the message says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class Connection:
    """One server, for any number of its sandboxes.

    `transport` is how its requests travel: None for the network. `https_url`: None where it has no HTTPS.
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
        """A client of this server; through no proxy where the server is this machine's."""
        url = httpx.URL(self.url)
        local = url.host in ("127.0.0.1", "localhost", "::1")
        return httpx.Client(
            verify=_trust() if url.scheme == "https" else _free_port(),
            base_url=self.url + path,
            headers=headers,
            transport=self._transport,
            timeout=CLIENT_SECONDS,
            trust_env=not local,
        )

    def close(self) -> None:
        self._http.close()

    def call(self, sandbox: str, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """What the control API answers, None where that is nothing. Raises Refused."""
        asked = {name: value for name, value in query.items() if value is not None}
        answer = self._http.request(method, BASE + path, headers={HEADER: sandbox}, json=body, params=asked or None)
        if not answer.is_success:
            raise Refused(answer.status_code, _error_text(answer))
        return answer.json() if answer.content else None

    @functools.cached_property
    def credentials(self) -> Mapping[str, list[dict[str, str]]]:
        """By API, the header sets that work out of the box, the most powerful first."""
        listed = self.call("default", "GET", "/credentials")["credentials"]
        return {api: [dict(credential["headers"]) for credential in known] for api, known in listed.items()}


@functools.cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


@functools.cache
def _free_port() -> ssl.SSLContext:
    """Without the certificates whose reading takes most of the time that a client takes to make: for plain HTTP."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _error_text(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return answer.text
    errors = "; ".join(f"{field}: {', '.join(said)}" for field, said in problem.get("errors", {}).items())
    return f"{problem.get('title', '')}{f' ({errors})' if errors else ''}"
