"""A refused call with its operation's schemas, and what is suggested in its place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pii_sandbox.mockserver.faults import Faults
from pii_sandbox.mockserver.journal import JournalExchange
from pii_sandbox.mockserver.journal.exchange_parts import path_of
from pii_sandbox.mockserver.journal.redacted_exchange import RedactedExchange
from pii_sandbox.redaction.bodies import parsed_content
from pii_sandbox.redaction.operation_schemas import API_OF, OperationSchemas


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A corrected call with advice.

    `call`: the corrected call. `wait_seconds`: time to wait before it. `controls`: calls of the control API instead.
    `reread`: a read before the call, whose property `fresh[1]` becomes `fresh[0]` of the body. `examples`: values
    of the call that come from the document, not from the client.
    """

    advice: str
    call: JournalExchange | None = None
    wait_seconds: int | None = None
    controls: tuple[tuple[str, str, Any], ...] = ()
    reread: JournalExchange | None = None
    fresh: tuple[str, str] | None = None
    examples: frozenset[str] = frozenset()


@dataclass
class Case:
    """A refused call with its operation's schemas.

    `faults`: the sandbox's, whose ids a suggestion may need. `failing`: the operations in which a fault can simulate
    the failure of the call's rule. `newest`: the number of the journal's newest entry.
    """

    view: RedactedExchange
    faults: Faults = field(default_factory=Faults)
    failing: Collection[str] = ()
    newest: int = 0

    @property
    def exchange(self) -> JournalExchange:
        return self.view.exchange

    @property
    def schemas(self) -> OperationSchemas | None:
        return self.view.schemas

    @property
    def kind(self) -> str | None:
        return self.exchange.refusal.kind if self.exchange.refusal else None

    @property
    def query(self) -> dict[str, str]:
        return {name: value for _, name, value in self.view.parts.query}

    def fault_ids(self) -> list[str]:
        """Return the ids of the faults that would hit the same call again."""
        return self.faults.ids_for({**self._facts, "headers": self.exchange.headers, "body": self.body})

    def internal_fault_ids(self) -> list[str]:
        """Return the ids of the faults that make the call's rule fail, in this call or in the one that it follows."""
        if not self.failing:
            return []
        return self.faults.ids_for(self._facts if self.fails_itself else None, self.exchange.rule)

    @property
    def fails_itself(self) -> bool:
        """Whether a fault can make the call's rule fail in this operation, and not only in an earlier one."""
        return self.exchange.operation_id in self.failing

    @property
    def _facts(self) -> dict[str, Any]:
        call = self.exchange
        api = API_OF.get(call.document or "")
        return {"api": api, "operation": call.operation_id, "method": call.method, "path": path_of(call.url)}

    @cached_property
    def body(self) -> Any:
        """The request body, if it is JSON or a form; otherwise None."""
        parsed = parsed_content(
            self.exchange.body or b"", self.exchange.headers.get("content-type", "").partition(";")[0]
        )
        return parsed.value if parsed.kind in ("json", "form") else None
