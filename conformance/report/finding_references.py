"""Refers a failed set-up step to the finding that shows the same failure: "(status 409, see finding 3)"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pii_sandbox.conformance.redaction import findings_of
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import RunResult

_Call = tuple[str, str, int]  # API, operation id, status


def with_references(result: RunResult) -> RunResult:
    """The run with the number of the finding in each cause of a set-up step that failed as the finding does.

    Findings are numbered as the report numbers them, from 1.
    """
    numbers: dict[_Call, int] = {}
    for number, finding in enumerate(findings_of(result), 1):
        last = finding.exchanges[-1] if finding.exchanges else None
        if last is None or last.operation_id is None or last.status is None:
            continue
        if finding.expected.startswith("status 2") or last.status >= 500:  # it asks for what the step asks for
            numbers.setdefault((finding.api, last.operation_id, last.status), number)
    rules = tuple(
        replace(rule, causes=tuple(_referring(cause, rule.api, numbers) for cause in rule.causes))
        for rule in result.rules
    )
    return replace(result, rules=rules)


def _referring(cause: Cause, api: str, numbers: Mapping[_Call, int]) -> Cause:
    number = None if cause.failed is None else numbers.get((api, *cause.failed))
    return cause if number is None else replace(cause, text=f"{cause.text.removesuffix(')')}, see finding {number})")
