"""What a run saw: calls, findings, a verdict for each rule. Plain values; the report makes words of them.

Nothing here is redacted: whatever leaves this process goes through `redaction` first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pii_sandbox.conformance.values.causes import AnswerClass, Cause
from pii_sandbox.conformance.values.observations import Observations

Verdict = Literal["conforms", "breaks", "unstable", "drift", "not checked"]
Source = Literal["scenario", "generated"]
Standing = Literal["breaks", "unstable", "assumed"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it was sent and what came back; an access token of a new login is told as that of the target file.

    `status` None: no answer came, `error` says why.

    `operation_id` is None for a call outside the documents. `sent_at` is None for a call that never left, for want of a
    connection. `elapsed_seconds` are of real time. `oversize` says which bound of reading the answer passes ("unpacks
    to over 16 MB"), its body is then empty or pruned; `surplus` counts the bytes that came after its end.
    `cut`:
    size and hash of the whole body, where only an excerpt of it is kept. `answer_class` says whose
    answer it is. `attempts`: how often it was sent.
    """

    api: str
    operation_id: str | None
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int | None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: bytes = b""
    error: str | None = None
    sent_at: datetime | None = None
    elapsed_seconds: float = 0.0
    oversize: str | None = None
    surplus: int = 0
    answer_class: AnswerClass = "vendor"
    attempts: int = 1
    cut: str | None = None

    @property
    def is_unsent(self) -> bool:
        """Whether the request was not sent, for want of a connection."""
        return self.status is None and self.sent_at is None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not conform.

    `rule` is the id of the rule, or `generated:<check>` for a check that belongs to none. `name` is the scenario's or
    the check's. `exchanges` is the smallest sequence of calls that shows it, the last one being where it shows. It was
    seen in `broken` of `played` plays. `standing`: it breaks the rule, was seen once alone (`unstable`), or differs
    from what the rule assumes without a document (`assumed`).
    """

    rule: str
    api: str
    operation_id: str | None
    source: Source
    name: str
    expected: str
    seen: str
    exchanges: tuple[Exchange, ...] = ()
    standing: Standing = "breaks"
    broken: int = 1
    played: int = 1


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The verdict on one rule.

    `causes` say why it was not (or not wholly) checked; `waived` why findings do not count.
    """

    rule: str
    api: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    causes: tuple[Cause, ...] = ()
    scenarios: tuple[str, ...] = ()
    elapsed_seconds: float = 0.0
    waived: str | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """The causes in words."""
        return tuple(cause.text for cause in self.causes)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often each status was seen of each operation, and which rules were played on it."""

    statuses: Mapping[tuple[str, str], Mapping[int, int]] = field(default_factory=dict)
    rules: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunResult:
    """One run. `complete` False: it was cut short. `revealed`: why personal data is shown, None hides it.

    `generated` holds findings of generated calls that belong to no rule. `facts` are versions, depth and the like.
    `hosts` are what was called, by API. `min_checked` is the percentage of rules that must be checked for success.
    `strict`: what is unstable, drifts or differs from an assumption fails the run too.
    """

    run_id: str
    target: str
    started_at: datetime
    elapsed_seconds: float
    seed: int
    powers: frozenset[str]
    rules: tuple[RuleResult, ...]
    generated: tuple[Finding, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    facts: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True
    revealed: str | None = None
    hosts: Mapping[str, str] = field(default_factory=dict)
    min_checked: int = 0
    strict: bool = False
    observations: Observations = field(default_factory=Observations)

    @property
    def reaches_minimum(self) -> bool:
        """Whether as many rules were checked as `min_checked` asks for."""
        checked = sum(rule.verdict != "not checked" for rule in self.rules)
        return checked * 100 >= self.min_checked * len(self.rules)

    @property
    def exit_code(self) -> int:
        """0: something was checked and nothing breaks; 1: something breaks; 2: nothing or too little was checked."""
        found = {finding.standing for finding in self.generated}
        if any(rule.verdict == "breaks" and rule.waived is None for rule in self.rules) or "breaks" in found:
            return 1
        lesser = any(rule.verdict in ("unstable", "drift") for rule in self.rules) or self.observations.drift or found
        if self.strict and lesser:
            return 1
        if self.facts.get("faults") or any(cause.kind == "fault" for rule in self.rules for cause in rule.causes):
            return 2  # what this program got wrong may be what would have broken
        checked = any(rule.verdict != "not checked" for rule in self.rules)
        left_out = all(cause.kind == "left out" for rule in self.rules for cause in rule.causes)
        some = checked or (left_out and self.facts.get("generated calls"))
        return 0 if some and self.complete and self.reaches_minimum else 2
