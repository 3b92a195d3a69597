"""Excerpts of the answers in a report: together they are no longer than what can be redacted and read in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pii_sandbox.conformance.http.excerpt import REPORT_CHARACTERS, excerpts
from pii_sandbox.conformance.redaction import findings_of
from pii_sandbox.conformance.values.findings import Finding, RunResult


def with_excerpts(result: RunResult) -> RunResult:
    """The result with no more of the answers than can be redacted in time."""
    calls = [exchange for finding in findings_of(result) for exchange in finding.exchanges]
    less = iter(excerpts(calls, REPORT_CHARACTERS))

    def shortened(findings: Iterable[Finding]) -> tuple[Finding, ...]:
        return tuple(replace(each, exchanges=tuple(next(less) for _ in each.exchanges)) for each in findings)

    rules = tuple(replace(rule, findings=shortened(rule.findings)) for rule in result.rules)
    return replace(result, rules=rules, generated=shortened(result.generated))
