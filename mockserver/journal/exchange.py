"""One recorded HTTP request with its response, unredacted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from pii_sandbox.mockserver.faults import Effect
from pii_sandbox.specs import Dialect


class Refusal(NamedTuple):
    """The facts of a `Problem`: class, message, errors by field. Holds no traceback, which would keep frames alive."""

    kind: str
    message: str
    errors: Mapping[str, Sequence[str]]

    @property
    def weight(self) -> int:
        """Return the approximate size of its texts, in bytes: they may repeat what a client sent."""
        errors = sum(len(name) + sum(map(len, messages)) for name, messages in self.errors.items())
        return len(self.message) + errors


@dataclass(frozen=True, slots=True)
class JournalExchange:
    """The content of one journal entry, personal data included.

    `at`: the sandbox's time on arrival; `system_at`: the system's. `body` and `response_body` are None if they were too
    large to store (or the request body was never read); `body_size` and `response_size` are their sizes in bytes.
    `api`, `document` and `operation_id` are None if no operation matched. `path_values`: decoded, in the order of the
    path template. `fits`: the request passed the checks of its document.
    """

    number: int
    at: datetime
    system_at: datetime
    elapsed_seconds: float
    sandbox: str
    dialect: Dialect
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    body_size: int
    api: str | None
    document: str | None
    operation_id: str | None
    path_values: Sequence[str]
    status: int
    response_headers: Mapping[str, str]
    response_body: bytes | None
    response_size: int
    rule: str | None
    fits: bool
    refusal: Refusal | None
    fault: Effect | None


class CompactExchange(Protocol):
    """Compact form of an exchange, which the journal stores; converts itself to a `JournalExchange` on reading.

    `weight`: its approximate size in memory, in bytes.
    """

    number: int

    @property
    def weight(self) -> int: ...

    def exchange(self) -> JournalExchange: ...

    def summary(self) -> dict[str, Any]: ...
