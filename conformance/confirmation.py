"""Confirms findings: a scenario that breaks is played again from the start, with new customers.

Broken twice, the rule breaks; once out of three times, it is unstable, and so it is where the limits or the end of the
run let it be played once alone. A play that the network or the host spoilt is repeated too, for it shows nothing, and
one whose setting-up failed once. Broken once before the host went away, something other than the API answered, or
credentials stopped working, it is not checked: that was no sound condition.
`values.certainty` decides. Nor is it checked where a vendor answers as its other document has it: then the target file
names the wrong dialect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.scenario_runner import ScenarioResult, play_scenario
from pii_sandbox.conformance.setups import TRIES, SetupFailures
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.certainty import DECISIVE_PLAYS, MOST_PLAYS, SPOILT, standing_of
from pii_sandbox.conformance.values.scenario import REGISTRY, Scenario
from pii_sandbox.specs import DIALECTS, Dialect


def play_confirmed(scenario: Scenario, api: str, context: RunContext) -> ScenarioResult:
    """Plays a scenario as often as it takes to be sure of what it shows: three times at most, beside spoilt plays.

    Where the target may lag behind (`settle_seconds`), the second play waits before each read that follows a write.
    """
    plays: list[ScenarioResult] = []
    while (
        len(plays) < MOST_PLAYS
        and not _is_decided(plays, context.setups)
        and not (plays and context.sender.stop.is_set())
    ):
        patient = len(plays) == 1 and context.target.settle_seconds > 0
        plays.append(play_scenario(scenario, api, context, number=len(plays), patient=patient))
    result = _merge_plays(plays, lags=context.target.settle_seconds > 0)
    if result.finding is not None and result.finding.standing == "breaks" and not context.target.isolates:
        wrong_dialect = _wrong_dialect(scenario, api, context)
        if wrong_dialect is not None:
            return replace(result, finding=None, cause=wrong_dialect)
    return result


def _wrong_dialect(scenario: Scenario, api: str, context: RunContext) -> Cause | None:
    """The cause where the scenario's rule holds as the other dialect has it: where all its scenarios there hold.

    A scenario of both dialects, which may read another form in each, is played in the other one, and must hold twice:
    it has no counterpart there. None where nothing can be played to its end.
    """
    here = context.target.dialect
    other: Dialect = next(dialect for dialect in DIALECTS if dialect != here)
    there = replace(context, target=replace(context.target, dialect=other))
    counterparts = [scenario, scenario]
    if scenario.dialect is not None:
        counterparts = [each for each in REGISTRY if each.rule == scenario.rule and each.dialect == other]
    holds = False
    for each in counterparts:
        play = play_scenario(each, api, there)
        if play.finding is not None:
            return None
        holds = holds or play.holds
    if not holds:
        return None
    return Cause(
        "wrong dialect",
        f'the API follows the dialect {other}, but the target has {here}; set dialect = "{other}" in the target file',
    )


def _is_decided(plays: Sequence[ScenarioResult], setups: SetupFailures) -> bool:
    if not plays:
        return False
    last = plays[-1]
    if last.cause is not None and last.cause.kind == "setup":
        failed = sum(play.cause is not None and play.cause.kind == "setup" for play in plays)
        return failed >= TRIES or setups.is_final(last.cause)
    if last.cause is not None and last.cause.kind not in SPOILT:
        return True  # a limit, the stop, a step before the rule's own: playing again changes nothing
    broken = sum(play.finding is not None for play in plays)
    held = sum(play.holds for play in plays)
    return broken >= 2 or (held > 0 and broken == 0) or broken + held >= DECISIVE_PLAYS


def _merge_plays(plays: Sequence[ScenarioResult], *, lags: bool) -> ScenarioResult:
    """What the plays come to, with all that they took."""
    broken = [play for play in plays if play.finding is not None]
    held = [play for play in plays if play.holds]
    chosen = (broken or plays)[-1]  # where none is broken, one that holds is the last
    if len(broken) >= 2 and held and lags and plays[1].holds:
        chosen = plays[1]  # it holds where reads wait for writes, and breaks where they do not: the target lags
        broken = []
    found = chosen.finding
    if found is not None:
        obstacle = plays[-1].cause
        standing = standing_of(len(broken), len(held), obstacle)
        if standing is None:
            chosen = plays[-1]  # shown once, and not under sound conditions
        else:
            sure = replace(found, standing=standing, broken=len(broken), played=len(broken) + len(held))
            alone = sure.played == 1 and obstacle is not None
            chosen = replace(chosen, finding=sure, cause=obstacle if alone else None)
    statuses: Counter[tuple[str, int]] = Counter()
    for play in plays:
        statuses.update(play.statuses)
    elapsed = sum(play.elapsed_seconds for play in plays)
    return replace(chosen, elapsed_seconds=elapsed, statuses=dict(statuses))
