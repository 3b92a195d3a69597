"""Per-request context that the application hands to the gateway, and the request headers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pii_sandbox.mockserver.faults import Effect
from pii_sandbox.mockserver.gateway import forwarded
from pii_sandbox.mockserver.journal import Refusal
from pii_sandbox.mockserver.problems import Problem
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.specs import Dialect, Operation

if TYPE_CHECKING:
    from pii_sandbox.mockserver.vendor import Vendor

KEY = "pii_sandbox"
MOST_NAMES, LONGEST_NAME = 500, 64  # limits of the header name cache: a client may send any name
HEADER_WEIGHT = 120  # bytes that a header takes beside its value

_NAMES: dict[bytes, str] = {}  # cache: raw header name → name in lower case


class RequestContext:
    """Context of one request: its sandbox, URL and headers, then its route, body and decisions.

    `raw_path`: path of the URL without the sandbox's prefix. `times`: the sandbox's and the system's time on arrival.
    The attributes from `path_values` on are set while the request is handled: `body` once it is read, `fits` once the
    request has passed all checks of its document, `rule` (the rule that decided it) with the reply.
    """

    __slots__ = (
        "body",
        "dialect",
        "fault",
        "fits",
        "headers",
        "operation",
        "path_values",
        "raw_path",
        "refusal",
        "rule",
        "sandbox",
        "times",
        "url",
        "vendor",
    )

    def __init__(
        self,
        sandbox: Sandbox,
        url: str,
        raw_path: str,
        headers: Headers,
        dialect: Dialect,
        times: tuple[datetime, datetime],
    ) -> None:
        self.sandbox = sandbox
        self.url = url
        self.raw_path = raw_path
        self.headers = headers
        self.dialect: Dialect = dialect
        self.times = times
        self.path_values: Sequence[str] = ()
        self.vendor: Vendor | None = None
        self.operation: Operation | None = None
        self.body: bytes | None = None
        self.fits = False
        self.fault: Effect | None = None
        self.refusal: Refusal | None = None
        self.rule: str | None = None

    def refuse(self, problem: Problem) -> None:
        """Store the problem's facts, not the exception: its traceback would keep stack frames alive."""
        self.refusal = Refusal(type(problem).__name__, problem.message, getattr(problem, "errors", {}))


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return header values by name in lower case; repeated headers are joined with commas (RFC 9110 5.3)."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = _NAMES.get(name) or _name(name), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


class Headers(dict[str, str]):
    """Header values by name in lower case.

    `weight`: approximate size in memory, in bytes. `forwarded`: a proxy's forwarding header is among them.
    """

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        super().__init__(headers_of(raw))
        self.weight = HEADER_WEIGHT * len(self) + sum(map(len, self.values()))
        self.forwarded = not forwarded.HEADERS.isdisjoint(self)


class HeaderCache:
    """Caches the parsed headers of the latest request, since a client mostly repeats its headers.

    Requests in the journal thereby also share one copy of them.
    """

    def __init__(self) -> None:
        self._latest: tuple[list[tuple[bytes, bytes]], Headers] = ([], Headers([]))

    def headers_of(self, raw: list[tuple[bytes, bytes]]) -> Headers:
        """Return the parsed headers, from the cache if they equal those of the latest request."""
        latest, headers = self._latest  # read in one step: threads may share an application
        if raw != latest:
            headers = Headers(raw)
            self._latest = [*raw], headers
        return headers


def _name(raw: bytes) -> str:
    """Return the name in lower case; interned, so that the requests in the journal share it."""
    name = raw.decode("latin-1").lower()
    if len(_NAMES) < MOST_NAMES and len(raw) <= LONGEST_NAME:
        _NAMES[raw] = name
    return name
