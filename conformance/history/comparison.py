"""A sandbox and a target side by side: where they differ, and both answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pii_sandbox.conformance.redaction import Redactor, findings_of
from pii_sandbox.conformance.report.content import Outcome, outcome
from pii_sandbox.conformance.report.exchanges import ShownExchange, shown_exchange
from pii_sandbox.conformance.values.findings import Exchange, Finding, RuleResult, RunResult
from pii_sandbox.conformance.values.text_safety import one_line

Answers = Mapping[tuple[str, str], Sequence[Exchange]]  # what a scenario sent and got, by rule and scenario's name


@dataclass(frozen=True, slots=True)
class Row:
    """A rule at both. `agrees` None: at one of them it was not checked."""

    rule: str
    sandbox: Outcome
    target: Outcome

    @property
    def agrees(self) -> bool | None:
        if "not checked" in (self.sandbox, self.target):
            return None
        return (self.sandbox == "conforms") == (self.target == "conforms")


@dataclass(frozen=True, slots=True)
class Difference:
    """A scenario that came out otherwise, with the answers in which it shows, redacted. None: nobody kept it."""

    rule: str
    scenario: str
    expected: str
    seen_at_sandbox: str | None
    seen_at_target: str | None
    sandbox: ShownExchange | None
    target: ShownExchange | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `--compare` tells."""

    target: str
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]

    @property
    def differing_rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.agrees is False)


def compare_runs(
    sandbox: RunResult,
    target: RunResult,
    redactor: Redactor,
    *,
    sandbox_answers: Answers | None = None,
    target_answers: Answers | None = None,
) -> Comparison:
    """Both runs by rule. The answers of what conforms come from `…_answers`; those of findings are in the runs."""
    ours, theirs = _findings_by_scenario(sandbox), _findings_by_scenario(target)
    kept_here, kept_there = sandbox_answers or {}, target_answers or {}
    rules = {row.rule for row in _rows(sandbox, target) if row.agrees is False}
    keys = [key for key in (*ours, *theirs) if key[0] in rules]  # one side conforms, so no scenario is in both
    for key in keys:
        for findings, kept in ((ours, kept_here), (theirs, kept_there)):
            found = findings.get(key)
            redactor.learn(*(found.exchanges if found else kept.get(key, ())))
            redactor.learn_text(found.seen if found else "")
    differences = tuple(
        Difference(
            rule=key[0],
            scenario=key[1],
            expected=_redact_line((ours.get(key) or theirs[key]).expected, redactor),
            seen_at_sandbox=_redact_line(ours[key].seen, redactor) if key in ours else None,
            seen_at_target=_redact_line(theirs[key].seen, redactor) if key in theirs else None,
            sandbox=_shown_response(ours.get(key), theirs.get(key), kept_here.get(key, ()), redactor),
            target=_shown_response(theirs.get(key), ours.get(key), kept_there.get(key, ()), redactor),
        )
        for key in keys
    )
    return Comparison(_redact_line(target.target, redactor), tuple(_rows(sandbox, target)), differences)


def _redact_line(text: str, redactor: Redactor) -> str:
    return one_line(redactor.sentence(text))


def _rows(sandbox: RunResult, target: RunResult) -> Iterable[Row]:
    there: Mapping[str, RuleResult] = {rule.rule: rule for rule in target.rules}
    for rule in sandbox.rules:
        if rule.rule in there:
            yield Row(rule.rule, outcome(rule), outcome(there[rule.rule]))


def _findings_by_scenario(result: RunResult) -> dict[tuple[str, str], Finding]:
    return {(finding.rule, finding.name): finding for finding in findings_of(result) if finding.source == "scenario"}


def _shown_response(
    finding: Finding | None, other_finding: Finding | None, recorded_exchanges: Sequence[Exchange], redactor: Redactor
) -> ShownExchange | None:
    """Where it shows: the last call of a finding, or the call that matches the other side's."""
    if finding is not None:
        shows = finding.exchanges[-1] if finding.exchanges else None
    elif other_finding is not None and other_finding.exchanges:
        shows = _matching_call(recorded_exchanges, other_finding.exchanges)
    else:
        shows = recorded_exchanges[-1] if recorded_exchanges else None
    return None if shows is None else shown_exchange(redactor.exchange(shows))


def _matching_call(recorded_exchanges: Sequence[Exchange], exchanges: Sequence[Exchange]) -> Exchange | None:
    """The call of the same operation that comes as late among its like as the last one of `exchanges`."""
    last = exchanges[-1]
    number = sum(one.operation_id == last.operation_id and one.method == last.method for one in exchanges)
    alike = [one for one in recorded_exchanges if one.operation_id == last.operation_id and one.method == last.method]
    return alike[min(number, len(alike)) - 1] if alike else None
