"""What all scenarios of a run come to: a verdict for each rule, and what was covered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.scenario_runner import NO_SCENARIO, ScenarioResult, verdict
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Coverage, RuleResult

LEFT_OUT = Cause("left out", "left out on request")
SCENARIOS_LEFT_OUT = Cause("left out", "scenarios were left out on request")


def verdicts(
    selection: RuleSelection, plays: Sequence[ScenarioResult], without: Cause = NO_SCENARIO
) -> tuple[RuleResult, ...]:
    """A verdict for every rule of the choice. `without` is why a rule without plays was not checked."""
    by_rule: dict[str, list[ScenarioResult]] = defaultdict(list)
    for play in plays:
        by_rule[play.scenario.rule].append(play)
    results = []
    for rule in selection.rules:
        if rule.id in selection.left_out or not by_rule[rule.id]:
            cause = LEFT_OUT if rule.id in selection.left_out else without
            results.append(RuleResult(rule.id, rule.api, "not checked", causes=(cause,)))
        else:
            results.append(verdict(rule, by_rule[rule.id]))
    return tuple(results)


def coverage_of(apis: Mapping[str, str], plays: Iterable[ScenarioResult], *generated: Coverage) -> Coverage:
    """What the plays touched, and the other coverages. `apis` maps rule ids to APIs."""
    statuses: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    touched: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for play in plays:
        for (operation_id, status), count in play.statuses.items():
            operation = (apis[play.scenario.rule], operation_id)
            statuses[operation][status] += count
            touched[operation][play.scenario.rule] = None
    for other in generated:
        for operation, seen in other.statuses.items():
            for status, count in seen.items():
                statuses[operation][status] += count
        for operation, names in other.rules.items():
            touched[operation] |= dict.fromkeys(names)
    return Coverage(
        {operation: dict(sorted(seen.items())) for operation, seen in sorted(statuses.items())},
        {operation: tuple(sorted(names)) for operation, names in sorted(touched.items())},
    )
