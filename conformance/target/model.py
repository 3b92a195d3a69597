"""Target of a run: URLs, credentials, powers, limits and readable data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pii_sandbox.conformance.target.answer_bounds import DEFAULT_BOUNDS, AnswerBounds
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.specs import Dialect


@dataclass(frozen=True, slots=True)
class Limits:
    """Never passed. None: no limit."""

    requests_per_second: float | None = None
    requests: int | None = None
    writes: int | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """How a run bears failures of network and host.

    A safe or idempotent request is sent `attempts` times more, after `backoff_seconds`, then twice as long and so on.
    After `breaker_failures` in a row a host is probed for up to `breaker_seconds`; then it is called no more.
    """

    attempts: int = 3
    backoff_seconds: float = 0.5
    breaker_failures: int = 5
    breaker_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """One endpoint, or several.

    `urls`: base URL by API; an API without one is not checked. `credentials`: by API, then by kind (`full`,
    `unprivileged`, `expired`, `application`, `login`, …), the headers to send. `powers` are granted beyond `read`.
    `data`: what may be read there, by API, then by what it is (`email`, `profile_id`, …). `headers` go with every call.
    `control` is the base URL of a sandbox's control API, None at a vendor. `verify`: a file of certificates to trust,
    True for the usual ones. `client_certificate`: a file, or certificate and key. `variables`: names of
    the environment variables of credentials, by API and kind. `answers` bounds what is read of a response.
    `settle_seconds`: how long a read may go on contradicting the run's own write. `settings`: what
    the sandbox of each scenario is given first, where the server's defaults select another reading than the rules'.

    What a preflight found: `obstacles`, by API, why nothing of it is played; `absent`, by API and then by datum or kind
    of credentials, why it cannot be used.
    """

    name: str
    urls: Mapping[str, str]
    credentials: Mapping[str, Mapping[str, Mapping[str, str]]]
    powers: frozenset[str] = frozenset()
    data: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    limits: Limits = Limits()
    dialect: Dialect = "guide"
    headers: Mapping[str, str] = field(default_factory=dict)
    control: str | None = None
    verify: bool | str = True
    client_certificate: str | tuple[str, str] | None = None
    proxy: str | None = None
    variables: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    obstacles: Mapping[str, Cause] = field(default_factory=dict)
    absent: Mapping[str, Mapping[str, Cause]] = field(default_factory=dict)
    answers: AnswerBounds = DEFAULT_BOUNDS
    retry: Retry = Retry()
    settle_seconds: float = 0.0
    settings: Mapping[str, Any] = field(default_factory=dict)

    def grants(self, power: str) -> bool:
        return power == "read" or power in self.powers

    @property
    def isolates(self) -> bool:
        """Whether each scenario gets a sandbox of its own, which is thrown away after it.

        Only where the control API stands at the origin of every API: elsewhere a sandbox would isolate nothing.
        """
        if self.control is None or not self.grants("control"):
            return False
        return all(url_origin(url) == url_origin(self.control) for url in self.urls.values())


def url_origin(url: str) -> str:
    """Scheme, host and port of a URL as it is written, without case."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".casefold()
