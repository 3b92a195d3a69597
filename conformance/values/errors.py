"""The errors that playing a scenario can raise: a broken rule, or a reason why it cannot be checked."""

from __future__ import annotations

from pii_sandbox.conformance.values.causes import Cause, CauseKind

LONGEST = 8_192  # characters of a phrase that may quote an answer; reports show half of them


class RuleViolation(AssertionError):
    """The rule does not hold. `expected` and `seen` are whole phrases for a report."""

    def __init__(self, expected: str, seen: str) -> None:
        self.expected = expected[:LONGEST]
        self.seen = seen[:LONGEST]
        super().__init__(f"expected {self.expected}; saw {self.seen}")


class CannotCheck(Exception):
    """The scenario cannot be played here; the message says why, `kind` what sort of cause that is.

    `first` names the call at which it showed. `was_sent`: a request was under way, and what it did is not known.
    """

    was_sent = False

    def __init__(self, text: str, kind: CauseKind = "target", first: str = "") -> None:
        super().__init__(text)
        self.cause = Cause(kind, text, first)

    @classmethod
    def of(cls, cause: Cause) -> CannotCheck:
        """The error that has this cause."""
        error = CannotCheck(cause.text, cause.kind, cause.first)
        error.cause = cause
        return error


class RunStopped(CannotCheck):
    """The run was stopped; nothing more is played."""

    def __init__(self, text: str = "the run was stopped") -> None:
        super().__init__(text, "stopped")
