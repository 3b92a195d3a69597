"""What the application tells the gateway of one request, beside the ASGI scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mockserver.faults import Effect
from mockserver.journal import Exchange, Refusal
from mockserver.problems import Problem
from mockserver.sandbox import Sandbox
from specs import Dialect, Operation

if TYPE_CHECKING:
    from mockserver.vendor import Vendor

KEY = "pii_sandbox"
MOST_NAMES = 500

_NAMES: dict[bytes, str] = {}  # header names as they were met, to those in lower case


@dataclass(slots=True)
class Visit:
    """One request: whose sandbox it is for, its URL as the client sent it, and, once routed, where it leads.

    `times` are the sandbox's and the system's on arrival. What comes after `vendor` is known as the request goes on:
    `body` once it is read, `fits` once it has passed all checks of its document. What comes after `rule` is known once
    it is answered, when the visit goes into the journal.
    """

    sandbox: Sandbox
    url: str
    headers: dict[str, str]
    dialect: Dialect
    times: tuple[datetime, datetime]
    path_values: list[str] = field(default_factory=list)
    vendor: Vendor | None = None
    operation: Operation | None = None
    body: bytes | None = None
    fits: bool = False
    fault: Effect | None = None
    refusal: Refusal | None = None
    rule: str | None = None
    method: str = ""
    status: int = 0
    elapsed_seconds: float = 0.0
    body_size: int = 0
    answer_headers: Sequence[tuple[bytes, bytes]] = ()
    answer: bytes | None = None
    answer_size: int = 0
    number: int = 0
    weight: int = 0

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
            answer_headers=headers_of(self.answer_headers),
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


def _name(raw: bytes) -> str:
    """The name in lower case; the same text each time, so that a thousand kept requests do not hold a thousand."""
    name = raw.decode("latin-1").lower()
    if len(_NAMES) < MOST_NAMES:
        _NAMES[raw] = name
    return name


def visit_of(scope: Any) -> Visit:
    visit: Visit = scope[KEY]
    return visit
