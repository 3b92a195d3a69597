"""What a report holds, whatever its form: a run, redacted, with statements and sources from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations as contract_operations
from pii_sandbox.conformance.redaction import Redactor, findings_of
from pii_sandbox.conformance.report import summary
from pii_sandbox.conformance.report.answer_excerpts import with_excerpts
from pii_sandbox.conformance.report.exchanges import ShownExchange, shown_exchange
from pii_sandbox.conformance.report.finding_references import with_references
from pii_sandbox.conformance.report.observation_lines import describe_observations
from pii_sandbox.conformance.report.summary import CauseGroup
from pii_sandbox.conformance.repro import Reproducer, Reproduction
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import RESUMABLE
from pii_sandbox.conformance.values.findings import Coverage, Finding, RuleResult, RunResult, Verdict
from pii_sandbox.conformance.values.text_safety import one_line, printable, safe
from pii_sandbox.specs import Dialect, catalogue
from pii_sandbox.specs.api_facts import apis
from pii_sandbox.specs.catalogue import Rule

Outcome = Literal["conforms", "breaks", "waived", "unstable", "drift", "not checked"]
OUTCOMES: tuple[Outcome, ...] = ("breaks", "waived", "unstable", "drift", "conforms", "not checked")
_ALWAYS: frozenset[Outcome] = frozenset({"breaks", "conforms", "not checked"})
CONFORMS, BREAKS, CUT_SHORT, UNCHECKED = (
    "conforms", "does not conform", "was not checked to the end", "could not be checked",
)  # fmt: skip
NAMES: Mapping[str, str] = {api.name: api.title for api in apis().values()}


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding, redacted. `number` counts through the report from 1; `rule` is None for a check of no rule."""

    number: int
    finding: Finding
    rule: Rule | None
    exchanges: tuple[ShownExchange, ...]
    repeat: Reproduction
    waived: str | None

    @property
    def certainty(self) -> str:
        """How sure the finding is: how often it was seen, and whether the rule is only assumed."""
        found = self.finding
        seen = f"seen in {found.broken} of {summary.plural(found.played, 'play')}"
        if found.played == 1:
            seen = "seen in the only play; a limit or the end of the run prevented a second one"
        if found.standing == "assumed":
            return f"differs from an assumed behaviour, which no document states; {seen}"
        return f"unstable; {seen}" if found.standing == "unstable" else seen


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule with what came of it; `findings` are their numbers."""

    rule: Rule
    result: RuleResult
    findings: tuple[int, ...]

    @property
    def outcome(self) -> Outcome:
        return outcome(self.result)


@dataclass(frozen=True, slots=True)
class ShownOperation:
    """How often each status of an operation was seen, and which of its rules were played on it."""

    api: str
    operation_id: str
    document: str
    method: str
    path: str
    statuses: Mapping[int, int]
    documented: tuple[int, ...]
    played: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One run, fit to be handed on. `run` is redacted.

    `documents_uri` is the folder of the OpenAPI documents that the report refers to, without a slash at its end.
    """

    run: RunResult
    rules: tuple[ShownRule, ...]
    findings: tuple[ShownFinding, ...]
    operations: tuple[ShownOperation, ...]
    documents_uri: str = "specs"

    @property
    def apis(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(shown.rule.api for shown in self.rules))

    @property
    def verdict(self) -> str:
        """Of the whole run, in words that follow the target's name."""
        return (CONFORMS, BREAKS, UNCHECKED if self.run.complete else CUT_SHORT)[self.run.exit_code]

    @property
    def headline(self) -> str:
        """What was done and what came of it, in one sentence."""
        return summary.headline(self.run, NAMES)

    @property
    def causes(self) -> tuple[CauseGroup, ...]:
        """Why rules were not checked, the cause of most rules first."""
        return summary.cause_groups(self.run.rules)

    @property
    def passing_causes(self) -> tuple[CauseGroup, ...]:
        """The causes that pass by themselves, such as a host that was away: `--resume` plays their rules."""
        return tuple(group for group in self.causes if group.cause.kind in RESUMABLE - {"credentials"})

    @property
    def observation_lines(self) -> tuple[str, ...]:
        """Drift, lag and retries in words."""
        return describe_observations(self.run.observations)

    @property
    def incidents(self) -> tuple[str, ...]:
        """Lag and retries in words."""
        return describe_observations(replace(self.run.observations, drift=()))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes that a table of this run has a column for: those that came, and the usual ones."""
        return tuple(outcome for outcome in OUTCOMES if outcome in _ALWAYS or self.count(outcome))

    @property
    def run_facts(self) -> dict[str, Any]:
        """What every form says of the run: where, when, how, with what."""
        run = self.run
        return {
            "target": run.target,
            "hosts": dict(run.hosts),
            "run": run.run_id,
            "started": run.started_at.isoformat(timespec="seconds"),
            "took": f"{run.elapsed_seconds:.1f} s",
            "seed": run.seed,
            "powers": ["read", *sorted(run.powers - {"read"})],
            **({"strict": True} if run.strict else {}),
            **({"at least checked": f"{run.min_checked} %"} if run.min_checked else {}),
            **run.facts,
        }

    def count(self, outcome: Outcome, api: str | None = None) -> int:
        return sum(shown.outcome == outcome and api in (None, shown.rule.api) for shown in self.rules)


def outcome(result: RuleResult) -> Outcome:
    verdict: Verdict = result.verdict
    return "waived" if verdict == "breaks" and result.waived is not None else verdict


def redactor_for(result: RunResult, target: Target | None) -> Redactor:
    """The redactor of a run; what the target says may be read is hunted from the start."""
    told: Dialect = "reference" if result.facts.get("dialect") == "reference" else "guide"
    dialect = target.dialect if target else told
    data = target.data.values() if target else ()
    known = {value: name for named in data for name, value in named.items() if not name.endswith("_id")}
    return Redactor(dialect, known, public=[result.run_id], reveal=result.revealed)


def report(result: RunResult, target: Target | None = None, redactor: Redactor | None = None) -> Report:
    """The report of a run. With its target the commands to repeat know what stands in which environment variable."""
    redactor = redactor or redactor_for(result, target)
    result = with_excerpts(result)
    result = with_references(result)
    redacted: RunResult = safe(redactor.result(result))
    reproducer = Reproducer(redactor, target)
    clear = list(findings_of(result))
    waived = [rule.waived for rule in redacted.rules for _ in rule.findings] + [None] * len(result.generated)
    shown = tuple(
        _finding(number, finding, reason, reproducer.of(original))
        for number, (finding, original, reason) in enumerate(zip(findings_of(redacted), clear, waived, strict=True), 1)
    )
    if redactor.faults.texts:
        known = (*redacted.facts.get("faults", ()), *redactor.faults.texts)
        redacted = replace(redacted, facts={**redacted.facts, "faults": list(dict.fromkeys(known))})
    numbers = count(1)
    rules = tuple(ShownRule(_rule(rule), rule, tuple(next(numbers) for _ in rule.findings)) for rule in redacted.rules)
    apis = tuple(dict.fromkeys(rule.api for rule in redacted.rules))
    return Report(redacted, rules, shown, tuple(_operations(apis, redacted.coverage, redactor.dialect)))


def _finding(number: int, finding: Finding, waived: str | None, repeat: Reproduction) -> ShownFinding:
    repeat = Reproduction(printable(repeat.curl), printable(repeat.pytest))
    exchanges = tuple(map(shown_exchange, finding.exchanges))
    return ShownFinding(number, finding, catalogue.rule(finding.rule), exchanges, repeat, waived)


def _rule(result: RuleResult) -> Rule:
    """The rule of a result; one that the catalogue does not have is shown by its id alone."""
    return catalogue.rule(result.rule) or Rule(result.rule, result.api, result.rule, "assumed", {}, ())


def _operations(apis: Iterable[str], coverage: Coverage, dialect: Dialect) -> Iterator[ShownOperation]:
    for api in apis:
        for document in specs.APIS[api]:
            for operation_id, facts in specs.operations(document, dialect).items():
                key = (api, operation_id)
                responses = contract_operations.definition(facts, dialect)["responses"]
                yield ShownOperation(
                    api=api,
                    operation_id=operation_id,
                    document=document,
                    method=facts.method,
                    path=facts.path,
                    statuses=dict(sorted(coverage.statuses.get(key, {}).items())),
                    documented=tuple(sorted(int(status) for status in responses if str(status).isdigit())),
                    played=tuple(coverage.rules.get(key, ())),
                    rules=tuple(rule.id for rule in catalogue.rules(api) if operation_id in rule.operations),
                )


def as_facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Facts of a run as names and texts, nested ones with dotted names."""
    told: list[tuple[str, str]] = []
    for name, value in facts.items():
        if isinstance(value, Mapping):
            told += [(f"{name}.{inner}", text) for inner, text in as_facts(value)]
        elif isinstance(value, list | tuple):
            told.append((name, one_line(", ".join(map(str, value))) or "none"))
        else:
            told.append((name, "none" if value is None else one_line(str(value))))
    return told
