"""The `LintFinding` value, and functions that several lints share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.specs import catalogue
from pii_sandbox.specs.catalogue import Rule

MOST_FINDINGS = 200
MOST_CALLS = 50


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A finding about client behaviour.

    `calls`: the numbers of the exchanges that show it. `subject`: distinguishes findings of one kind; is never
    shown, since it may be personal. `rule`: id of the vendor's rule; `source`: cited if no vendor has one.
    """

    kind: str
    subject: object
    message: str
    advice: str
    calls: tuple[int, ...]
    operation: str | None
    rule: str | None = None
    source: str | None = None

    @property
    def stated_rule(self) -> Rule | None:
        return catalogue.rule(self.rule) if self.rule else None


def group_findings(findings: Iterable[LintFinding]) -> list[LintFinding]:
    """Merge findings of one kind and subject into one with the calls of all, at most the latest 50."""
    groups: dict[tuple[str, object], LintFinding] = {}
    for finding in findings:
        key = finding.kind, finding.subject
        first = groups.get(key)
        calls = sorted({*(first.calls if first else ()), *finding.calls})
        groups[key] = replace(first or finding, calls=tuple(calls[-MOST_CALLS:]))
    return list(groups.values())


def credential_values(exchange: JournalExchange, names: frozenset[str]) -> tuple[str | None, ...]:
    """Return the credentials that the call presented: calls with equal ones count as calls of one client."""
    return tuple(exchange.headers.get(name) for name in sorted(names))
