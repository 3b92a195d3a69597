"""The one place that sends: a target's limits, hosts and powers are kept here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from conformance.findings import Exchange
from conformance.scenario import NotCheckable
from conformance.targets import Target

NewClient = Callable[[Target], httpx.Client]


def client(target: Target) -> httpx.Client:
    """An HTTP client as the target asks for it; redirects are not followed."""
    return httpx.Client(
        verify=target.verify,
        cert=target.client_certificate,
        proxy=target.proxy,
        timeout=30,
        follow_redirects=False,
        trust_env=False,
    )


class Sender:
    """Sends within the limits of a target and remembers what it sent. Safe to share between threads."""

    def __init__(self, target: Target, new_client: NewClient = client) -> None:
        self.target = target
        self._client = new_client(target)
        self._lock = threading.Lock()
        self._hosts = {urlsplit(url).netloc for url in (*target.urls.values(), target.control or "") if url}
        self.requests = 0
        self.writes = 0

    def send(
        self, api: str, operation_id: str | None, method: str, url: str, headers: Mapping[str, str], body: bytes, safety: str
    ) -> Exchange:
        """The exchange, with or without an answer. Raises NotCheckable where a limit or a host forbids the call."""
        self._admit(url, safety)
        sent_at, begun = datetime.now(UTC), time.monotonic()
        sent = {**self.target.headers, **headers}
        try:
            response = self._client.request(method, url, headers=sent, content=body or None)
        except httpx.TransportError as error:
            return Exchange(
                api, operation_id, method, url, sent, body, None, error=f"{type(error).__name__}: {error}", sent_at=sent_at,
                elapsed_seconds=time.monotonic() - begun,
            )  # fmt: skip
        return Exchange(
            api, operation_id, method, url, sent, body, response.status_code, dict(response.headers), response.content,
            sent_at=sent_at, elapsed_seconds=time.monotonic() - begun,
        )  # fmt: skip

    def _admit(self, url: str, safety: str) -> None:
        if urlsplit(url).netloc not in self._hosts:
            raise NotCheckable(f"the host {urlsplit(url).netloc} is not named by the target")
        with self._lock:
            limits = self.target.limits
            if limits.requests is not None and self.requests >= limits.requests:
                raise NotCheckable(f"the target's limit of {limits.requests} requests is used up")
            if safety != "read" and limits.writes is not None and self.writes >= limits.writes:
                raise NotCheckable(f"the target's limit of {limits.writes} writes is used up")
            self.requests += 1
            self.writes += safety != "read"

    def close(self) -> None:
        self._client.close()
