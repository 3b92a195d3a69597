"""A call that is ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pii_sandbox.specs import Operation, Safety

_IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


LONGEST_URL = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One call.

    `operation_id` is None for a call outside the documents. `facts` are of the operation that the method makes it, and
    `path` its path parameters. `safety` is what the call does to the target. `credentials` is the kind that is sent,
    None where none is. `expected`: statuses that the caller asks for; a refusal among them is taken as an answer.
    `makes`: the budget for undoing is reserved until `budget.settle()`. `undoes`: may use that budget.
    """

    api: str
    operation_id: str | None
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    safety: Safety = "read"
    facts: Operation | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    credentials: str | None = None
    expected: tuple[int, ...] = ()
    makes: bool = False
    undoes: bool = False

    @property
    def is_idempotent(self) -> bool:
        """Whether sending it again changes no more than sending it once."""
        return self.safety == "read" or self.method in _IDEMPOTENT_METHODS

    @property
    def obstacle(self) -> str | None:
        """Why it cannot be sent, None where it can: an id or text that came back may stand in it."""
        if len(self.url) > LONGEST_URL:
            return (
                f"the URL would have {len(self.url)} characters, because it contains values of a "
                "response; nothing was sent"
            )
        if not all(value.isascii() for value in self.headers.values()):
            return "a header would contain characters of a response that HTTP does not allow; nothing was sent"
        return None
