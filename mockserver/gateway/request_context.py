"""What the application tells the gateway of one request, beside the ASGI scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pii_sandbox.mockserver.faults import Effect
from pii_sandbox.mockserver.gateway import forwarded
from pii_sandbox.mockserver.gateway.responses import decode_headers
from pii_sandbox.mockserver.journal import Exchange, Refusal
from pii_sandbox.mockserver.problems import Problem
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.specs import Dialect, Operation

if TYPE_CHECKING:
    from pii_sandbox.mockserver.vendor import Vendor

KEY = "pii_sandbox"
MOST_NAMES, LONGEST_NAME = 500, 64  # of header names that are kept: a client may send any
HEADER_WEIGHT = 120  # bytes that a header takes beside its value

_NAMES: dict[bytes, str] = {}  # header names as they were met, to those in lower case


class RequestContext:
    """One request: whose sandbox it is for, its URL as the client sent it, and, once routed, where it leads.

    `raw_path` is that of the URL, without the sandbox's prefix. `times` are the sandbox's and the system's on arrival.
    What comes after `vendor` is known as the request goes on: `body` once it is read, `fits` once it has passed all
    checks of its document. What comes after `rule` is known once it is answered, when the visit goes into the journal.
    """

    # what is not known yet stands in the class: an instance takes on only what becomes of it
    path_values: Sequence[str] = ()
    vendor: Vendor | None = None
    operation: Operation | None = None
    body: bytes | None = None
    fits = False
    fault: Effect | None = None
    refusal: Refusal | None = None
    rule: str | None = None
    method = ""
    status = 0
    elapsed_seconds = 0.0
    body_size = 0
    answer_head = b""
    answer: bytes | None = None
    answer_size = 0
    number = 0
    weight = 0

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

    def refuse(self, problem: Problem) -> None:
        """Remembers what the problem says, not the problem: it holds the frames that it passed through."""
        self.refusal = Refusal(type(problem).__name__, problem.message, getattr(problem, "errors", {}))

    def exchange(self) -> Exchange:
        """What the journal tells of it."""
        at, system_at = self.times
        return Exchange(
            number=self.number,
            at=at,
            system_at=system_at,
            elapsed_seconds=self.elapsed_seconds,
            sandbox=self.sandbox.name,
            dialect=self.dialect,
            method=self.method,
            url=self.url,
            headers=self.headers,
            body=self.body,
            body_size=self.body_size,
            api=self.vendor.name if self.vendor else None,
            document=self.operation.document if self.operation else None,
            operation_id=self.operation.operation_id if self.operation else None,
            path_values=self.path_values,
            status=self.status,
            answer_headers=headers_of(decode_headers(self.answer_head)),
            answer=self.answer,
            answer_size=self.answer_size,
            rule=self.rule,
            fits=self.fits,
            refusal=self.refusal,
            fault=self.fault,
        )


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header values by name in lower case; repeated ones are joined as RFC 9110 has it."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = _NAMES.get(name) or _name(name), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


class Headers(dict[str, str]):
    """Header values by name in lower case. `weight`: about their bytes. `forwarded`: some are those of a proxy."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        super().__init__(headers_of(raw))
        self.weight = HEADER_WEIGHT * len(self) + sum(map(len, self.values()))
        self.forwarded = not forwarded.HEADERS.isdisjoint(self)


class HeaderCache:
    """Remembers the headers of the latest request: a client mostly sends the same again, and again.

    So a thousand kept requests share one text for each, too.
    """

    def __init__(self) -> None:
        self._latest: tuple[list[tuple[bytes, bytes]], Headers] = ([], Headers([]))

    def headers_of(self, raw: list[tuple[bytes, bytes]]) -> Headers:
        known, headers = self._latest  # at once: threads may share an application
        if raw != known:
            headers = Headers(raw)
            self._latest = [*raw], headers
        return headers


def _name(raw: bytes) -> str:
    """The name in lower case; the same text each time, so that a thousand kept requests do not hold a thousand."""
    name = raw.decode("latin-1").lower()
    if len(_NAMES) < MOST_NAMES and len(raw) <= LONGEST_NAME:
        _NAMES[raw] = name
    return name
