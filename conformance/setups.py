"""Set-up steps that failed at a target: what several scenarios need is tried twice in a run, not once in each."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation
from pii_sandbox.conformance.values.findings import Exchange

TRIES = 2  # in a row; then it is taken to fail for good


@dataclass(slots=True)
class _Tries:
    failures: int = 0
    cause: Cause | None = None


@dataclass(slots=True)
class SetupFailures:
    """Failures in a row of each set-up step, by API and what it sets up. Safe to share between threads.

    The sandboxes of a server of ours share nothing; there, nothing is to be remembered.
    """

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _tries: dict[tuple[str, str], _Tries] = field(default_factory=dict)

    def cause(self, api: str, what: str) -> Cause | None:
        """Why the step is not tried any more, None where it is."""
        with self._lock:
            tries = self._tries.get((api, what))
            return tries.cause if tries is not None and tries.failures >= TRIES else None

    def note_failure(self, api: str, what: str, cause: Cause) -> Cause:
        """The cause that the step fails for: the first one of its failures in a row."""
        with self._lock:
            tries = self._tries.setdefault((api, what), _Tries())
            tries.failures += 1
            tries.cause = tries.cause or cause
            return tries.cause

    def note_success(self, api: str, what: str) -> None:
        with self._lock:
            self._tries.pop((api, what), None)

    def is_final(self, cause: Cause) -> bool:
        """Whether a step failed so often for this cause that it is not tried any more."""
        with self._lock:
            return any(tries.failures >= TRIES and tries.cause == cause for tries in self._tries.values())


@contextmanager
def setting_up(what: str, api: str, exchanges: Sequence[Exchange], failures: SetupFailures | None) -> Iterator[None]:
    """Turns what breaks within into a reason why a scenario cannot be played, the same for all that share the step.

    `exchanges` are the calls of the scenario so far. Without `failures` nothing is shared. Raises CannotCheck.
    """
    known = None if failures is None else failures.cause(api, what)
    if known is not None:
        raise CannotCheck.of(known)
    try:
        yield
    except RuleViolation as violation:
        cause = _cause(what, exchanges, f": {violation.seen}")
        raise CannotCheck.of(cause if failures is None else failures.note_failure(api, what, cause)) from violation
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        cause = _cause(what, exchanges, " gave an unexpected response")
        raise CannotCheck.of(cause if failures is None else failures.note_failure(api, what, cause)) from error
    if failures is not None:
        failures.note_success(api, what)


def _cause(what: str, exchanges: Sequence[Exchange], seen: str) -> Cause:
    last = exchanges[-1] if exchanges else None
    if last is None or last.operation_id is None:
        return Cause("setup", f"{what} could not be set up")
    failed = (last.operation_id, last.status) if last.status is not None and last.status >= 400 else None
    return Cause("setup", f"{what} could not be set up ({last.operation_id}{seen})", failed=failed)
