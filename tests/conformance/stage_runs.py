"""Runs sessions of one rule, with the stages that are asked for, against a stub transport."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any

import pytest

from pii_sandbox.conformance import session as conducting
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.session import RunPlan, run_session
from pii_sandbox.conformance.values.findings import Coverage, RunResult
from pii_sandbox.conformance.values.scenario import Scenario
from tests.conformance.session_runs import (
    RULES,
    RecordingListener,
    StubGeneratedCalls,
)
from tests.conformance.stub_transport import context, json, vendor

BOTH = ("scenarios", "generated")


class RecordingProgress:
    """A checkpoint that keeps what it is told."""

    def __init__(self) -> None:
        self.plays: list[str] = []
        self.generated: list[tuple[Any, ...]] = []

    def note(self, result: ScenarioResult, usage: Any) -> None:
        self.plays.append(result.scenario.rule)

    def note_generated(self, findings: Any, coverage: Coverage, calls: int, usage: Any) -> None:
        self.generated.append((findings, coverage, calls))


def run(
    monkeypatch: pytest.MonkeyPatch,
    generate: Callable[[], Any] = StubGeneratedCalls,
    *,
    scenarios: Iterable[Scenario] = (),
    stages: Iterable[str] = BOTH,
    progress: Any = None,
    respond: Any = lambda _: json(404, {}),
    target: Any = None,
    before: Callable[[RunContext], object] = lambda _: None,
    **more: Any,
) -> tuple[RunResult, RecordingListener]:
    """What a run of FAI-GET-1 comes to, and what was told meanwhile; `before` prepares it."""
    monkeypatch.setattr(conducting, "REGISTRY", list(scenarios))
    listener = RecordingListener()
    run_context = context(target or vendor(), respond, listener=listener)
    plan = RunPlan(RuleSelection((RULES["FAI-GET-1"],)), frozenset(stages), 1)  # type: ignore[arg-type]
    before(run_context)
    with closing(run_context.sender):
        return run_session(run_context, plan, generate, progress=progress, **more), listener
