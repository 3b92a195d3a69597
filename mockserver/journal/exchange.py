"""One request and its answer, as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from pii_sandbox.mockserver.faults import Effect
from pii_sandbox.specs import Dialect


class Refusal(NamedTuple):
    """What a problem said: its class, its words, and what is wrong by field. No traceback: that would keep frames."""

    kind: str
    message: str
    errors: Mapping[str, Sequence[str]]

    @property
    def weight(self) -> int:
        """About how many bytes its texts take: they may repeat what a client sent."""
        errors = sum(len(name) + sum(map(len, messages)) for name, messages in self.errors.items())
        return len(self.message) + errors


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one entry of the journal holds, personal data included.

    `at` is the sandbox's time on arrival, `system_at` the system's. `body` and `answer` are None where they were too
    large to keep or, of the request, never read, while `body_size` and `answer_size` count their bytes. `api`,
    `document` and `operation_id` are None where the request led nowhere. `path_values` are decoded, in the order of the
    template. `fits`: it passed the checks of its document.
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
    answer_headers: Mapping[str, str]
    answer: bytes | None
    answer_size: int
    rule: str | None
    fits: bool
    refusal: Refusal | None
    fault: Effect | None


class RecordedExchange(Protocol):
    """What the journal keeps until somebody reads: whatever can tell its exchange then.

    `weight` is about how many bytes it takes in memory.
    """

    number: int

    @property
    def weight(self) -> int: ...

    def exchange(self) -> Exchange: ...
