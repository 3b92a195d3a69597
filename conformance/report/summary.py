"""What a report says first: a headline of what was done, and why rules were not checked, by cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import RuleResult, RunResult

LONGEST_REASON = 160  # characters of a cause in the headline
# what a report says below causes that pass by themselves: words, a command, words
RESUMING = (
    "Once the host answers,",
    "pii-sandbox check --resume DIR",
    "continues the run; DIR is the folder of this report.",
)
_UNNAMED_HOST = "no named host"


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """One cause and the rules that were not checked for it."""

    cause: Cause
    rules: tuple[str, ...]

    @property
    def title(self) -> str:
        """`31 rules: the credentials were refused …`."""
        first = (
            f" (first at {self.cause.first})" if self.cause.first and self.cause.first not in self.cause.text else ""
        )
        return f"{plural(len(self.rules), 'rule')}: {self.cause.text}{first}"


def cause_groups(rules: Iterable[RuleResult]) -> tuple[CauseGroup, ...]:
    """Why rules were not checked, the cause of most rules first. A rule counts once, for its first cause."""
    by_cause: dict[Cause, list[str]] = defaultdict(list)
    for result in rules:
        if result.verdict == "not checked" and result.causes:
            by_cause[result.causes[0]].append(result.rule)
    groups = [CauseGroup(cause, tuple(ids)) for cause, ids in by_cause.items()]
    return tuple(sorted(groups, key=lambda group: -len(group.rules)))


def headline(run: RunResult, titles: Mapping[str, str]) -> str:
    """`23 of 53 rules checked at shop.example.com (VTEX, NewStore); none breaks; 30 not checked, because …`."""
    checked = [rule for rule in run.rules if rule.verdict != "not checked"]
    if run.rules and all(cause.kind == "left out" for rule in run.rules for cause in rule.causes) and not checked:
        return _headline_of_generated(run, titles)
    parts = [f"{len(checked)} of {plural(len(run.rules), 'rule')} checked at {_places(run, titles)}"]
    breaking = sum(rule.verdict == "breaks" and rule.waived is None for rule in run.rules)
    waived = sum(rule.verdict == "breaks" and rule.waived is not None for rule in run.rules)
    if checked:
        parts.append("none breaks" if not breaking else f"{breaking} break{'s' if breaking == 1 else ''}")
    if waived:
        parts.append(f"{waived} waived")
    for verdict in ("unstable", "drift"):
        count = sum(rule.verdict == verdict for rule in run.rules)
        if count:
            parts.append(f"{count} {'unstable' if verdict == 'unstable' else 'with drift'}")
    parts += _generated_findings(run)
    missing = len(run.rules) - len(checked)
    if missing:
        parts.append(f"{missing} not checked{_because(cause_groups(run.rules))}")
    return "; ".join(parts)


def _headline_of_generated(run: RunResult, titles: Mapping[str, str]) -> str:
    """`1,204 generated calls at shop.example.com (VTEX); nothing found; the rules were left out on request`."""
    calls = run.facts.get("generated calls", 0)
    found = list(_generated_findings(run)) or ["nothing found" if calls else "nothing checked"]
    head = f"{calls:,} generated call{'' if calls == 1 else 's'} at {_places(run, titles)}"
    return "; ".join([head, *found, "the rules were left out on request"])


def _generated_findings(run: RunResult) -> Iterator[str]:
    unstable = sum(finding.standing == "unstable" for finding in run.generated)
    if len(run.generated) > unstable:
        beside = " beside the rules" if any(rule.verdict != "not checked" for rule in run.rules) else ""
        yield f"{plural(len(run.generated) - unstable, 'finding')} of generated calls{beside}"
    if unstable:
        yield f"{plural(unstable, 'unstable finding')} of generated calls"
    if run.facts.get("generated calls unfinished"):
        yield "the generated calls are not finished"


def plural(count: int, noun: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def join_with_and(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def _because(groups: Sequence[CauseGroup]) -> str:
    if not groups:
        return ""
    text = groups[0].cause.text
    if len(text) > LONGEST_REASON:
        text = f"{text[:LONGEST_REASON].rstrip()}…"
    if len(groups) == 1:
        return f", because {text}"
    return f", {len(groups[0].rules)} of them because {text}; {plural(len(groups) - 1, 'more cause')} below"


def _places(run: RunResult, titles: Mapping[str, str]) -> str:
    """Each host with its APIs; only APIs of which there are rules."""
    by_host: dict[str, dict[str, None]] = defaultdict(dict)
    for rule in run.rules:
        by_host[run.hosts.get(rule.api, _UNNAMED_HOST)][titles.get(rule.api, rule.api)] = None
    return " and ".join(f"{host} ({', '.join(apis)})" for host, apis in by_host.items()) or _UNNAMED_HOST
