"""Generated calls: Schemathesis on a target, within the target's powers and limits, with its checks and ours.

Schemathesis itself is imported only when something is generated.
"""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pii_sandbox.conformance.generated import process_pool
from pii_sandbox.conformance.generated.partition import (
    DEPTHS,
    Depth,
    GroupResult,
    OperationGroup,
    allowed_operations,
    partition,
    weight,
)
from pii_sandbox.conformance.http.connection import now
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.causes import RESUMABLE
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Finding
from pii_sandbox.conformance.values.request import Request


@dataclass(frozen=True, slots=True)
class GeneratedResult:
    """What generated calls showed.

    Each finding has the smallest sequence of calls that shows it. `coverage`: how often each status was seen, by API
    and operation. `notes` say what was not generated, and why. `is_resumable`: another time may allow what was not.
    """

    findings: tuple[Finding, ...] = ()
    coverage: Mapping[tuple[str, str], Mapping[int, int]] = field(default_factory=dict)
    calls: int = 0
    notes: tuple[str, ...] = ()
    is_resumable: bool = False


def run_generated(
    target: Target,
    apis: Sequence[str],
    *,
    depth: str,
    seed: int,
    run_id: str,
    deadline: float | None = None,
    on_finding: Callable[[Finding], None] | None = None,
    sender: Sender | None = None,
    announce: Callable[[str], object] | None = None,
) -> GeneratedResult:
    """Generates calls of every operation of the APIs that the target's powers allow, and checks each answer.

    The same `seed` gives the same calls. `deadline` is of `time.monotonic`. A sandbox without limits is called from as
    many processes as there are processors; any other target by `sender` alone (or one made here), so that no limit is
    passed. `announce` is told the name of each sandbox before it is made, and sees that it is deleted; without it they
    are deleted here.
    """
    how_much = DEPTHS[depth]
    if how_much is None:
        return GeneratedResult(notes=(f"no calls are generated at depth {depth}",))
    planned, notes = _plan(target, apis, how_much, seed, run_id)
    away = any(target.obstacles[api].kind in RESUMABLE for api in apis if api in target.obstacles)
    own = sender if sender is not None else Sender(target)
    gathered = _ResultCollector(on_finding or (lambda finding: None))
    try:
        _announce(planned, announce, own)
        with closing(_play_groups(planned, target, own, deadline)) as plays:
            for done in plays:
                gathered.add(done.item, done.result, done.why)
    except KeyboardInterrupt:
        own.stop.set()
    except CannotCheck as obstacle:
        notes.append(f"nothing was generated: {obstacle}")
        away = away or obstacle.cause.kind in RESUMABLE
    finally:
        if announce is None:
            _drop_sandboxes(planned, own)
        if sender is None:
            own.close()
    if own.stop.is_set():
        notes.append("the generated calls ended early: the run was stopped")
    made = gathered.result(notes)
    return replace(made, is_resumable=away or made.is_resumable)


def _plan(
    target: Target, apis: Sequence[str], depth: Depth, seed: int, run_id: str
) -> tuple[list[OperationGroup], list[str]]:
    chosen, notes = {}, []
    for api in apis:
        if api not in target.urls:
            notes.append(f"{api}: not generated: the target has no URL for it; set {api}.url")
        elif api in target.obstacles:
            notes.append(f"{api}: not generated: {target.obstacles[api].text}")
        elif "full" not in target.credentials.get(api, {}):
            notes.append(f"{api}: not generated: the target has no full credentials for it; set {api}.credentials.full")
        else:
            chosen[api], left_out = allowed_operations(target, api)
            notes += left_out
    return partition(target, chosen, depth, seed, run_id), notes


def _play_groups(
    groups: list[OperationGroup], target: Target, sender: Sender, deadline: float | None
) -> Generator[process_pool.WorkResult[OperationGroup, GroupResult], None, None]:
    if target.isolates and target.limits == Limits():
        ends = None if deadline is None else now() + timedelta(seconds=deadline - time.monotonic())
        work = functools.partial(_play_in_process, target, ends)
        longest_first = sorted(groups, key=lambda group: -weight(group, target.dialect))
        yield from process_pool.map_in_processes(work, longest_first, sender.stop.is_set)
        return
    from pii_sandbox.conformance.generated.engine import play  # noqa: PLC0415 — Schemathesis takes a while to import

    for group in groups:
        if not sender.stop.is_set():
            yield process_pool.attempt(lambda one: play(one, sender, deadline), group)


def _play_in_process(target: Target, ends: datetime | None, group: OperationGroup) -> GroupResult:
    """`ends` is a time of day: monotonic clocks are a process's own."""
    from pii_sandbox.conformance.generated.engine import play  # noqa: PLC0415 — Schemathesis takes a while to import

    sender = Sender(target)
    try:
        return play(group, sender, None if ends is None else time.monotonic() + (ends - now()).total_seconds())
    finally:
        sender.close()


def _announce(groups: Sequence[OperationGroup], announce: Callable[[str], object] | None, sender: Sender) -> None:
    """Announces each sandbox and keeps back the call that deletes it. Raises CannotCheck where limits forbid it."""
    for group in groups:
        if group.sandbox is not None:
            sender.budget.reserve()
            if announce is not None:
                announce(group.sandbox)


def _drop_sandboxes(groups: Sequence[OperationGroup], sender: Sender) -> None:
    for group in groups:
        if group.sandbox is not None:
            url = f"{sender.target.control}/sandboxes/{group.sandbox}"
            with suppress(CannotCheck):  # the server is gone, and they with it
                sender.send(Request("sandbox", None, "DELETE", url, undoes=True))


class _ResultCollector:
    """The outcomes of all groups, put together in the order of the groups whichever ended first."""

    def __init__(self, on_finding: Callable[[Finding], None]) -> None:
        self._on_finding = on_finding
        self._outcomes: dict[int, tuple[OperationGroup, GroupResult]] = {}
        self._notes: dict[int, str] = {}
        self._describe: set[tuple[str, str | None, int | None]] = set()

    def add(self, group: OperationGroup, outcome: GroupResult | None, why: str | None) -> None:
        if outcome is None:
            self._notes[group.number] = f"{group.api}: {', '.join(group.operations)} not generated: {why}"
            return
        self._outcomes[group.number] = group, outcome
        for finding in outcome.findings:
            if _key(finding) not in self._describe:
                self._describe.add(_key(finding))
                self._on_finding(finding)

    def result(self, notes: Sequence[str]) -> GeneratedResult:
        findings: dict[tuple[str, str | None, int | None], Finding] = {}
        coverage: dict[tuple[str, str], Counter[int]] = {}
        resumable = any(outcome.is_resumable for _, outcome in self._outcomes.values())
        calls, all_notes = 0, [*notes, *(note for _, note in sorted(self._notes.items()))]
        for _, (group, outcome) in sorted(self._outcomes.items()):
            calls += outcome.calls
            all_notes += outcome.notes
            for finding in outcome.findings:
                known = findings.get(_key(finding), finding)
                findings[_key(finding)] = min(known, finding, key=_preference)
            for (operation_id, status), count in outcome.statuses.items():
                coverage.setdefault((group.api, operation_id), Counter())[status] += count
        plain = {operation: dict(sorted(statuses.items())) for operation, statuses in sorted(coverage.items())}
        return GeneratedResult(tuple(findings.values()), plain, calls, tuple(dict.fromkeys(all_notes)), resumable)


def _preference(finding: Finding) -> tuple[bool, int]:
    return finding.standing != "breaks", len(finding.exchanges)


def _key(finding: Finding) -> tuple[str, str | None, int | None]:
    return f"{finding.api}/{finding.name}", finding.operation_id, finding.exchanges[-1].status
