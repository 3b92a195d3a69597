"""Runs sessions over given scenarios against a stub transport."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from pii_sandbox.conformance import session as conducting
from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.history.checkpoint import Checkpoint, CheckpointWriter
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.session import RunPlan, run_session
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import Finding, RunResult
from pii_sandbox.conformance.values.scenario import Scenario, holds
from pii_sandbox.specs.catalogue import rules
from tests.conformance.stub_transport import context, json, vendor

RULES = {rule.id: rule for rule in rules("fashionai")}
PERSON = "jane.doe@example.org"


def keep_rule(api: ApiClient) -> None:
    api.call("getProfileByUserProfileId", userProfileId="x", documented=False)


def break_rule(api: ApiClient) -> None:
    api.call("getProfileByEmail", email=PERSON, documented=False)
    holds(False, "another answer", f"this one of {PERSON}")


def scenario(rule: str, play: Callable[[ApiClient], None], *needs: str) -> Scenario:
    return Scenario(rule, getattr(play, "__name__", "a_trial"), play, frozenset(needs))


@dataclass
class RecordingListener:
    """A watcher."""

    total: int = 0
    begun: list[str] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)

    def on_start(self, total: int) -> None:
        self.total = total

    def on_scenario_start(self, name: str) -> None:
        self.begun.append(name)

    def on_scenario_end(self, name: str, verdict_text: str) -> None:
        self.ended.append((name, verdict_text))


@dataclass
class StubGeneratedCalls:
    """What generated calls came to."""

    findings: tuple[Finding, ...] = ()
    coverage: Mapping[tuple[str, str], Mapping[int, int]] = field(default_factory=dict)
    calls: int = 0
    notes: tuple[str, ...] = ()
    is_resumable: bool = False


def run(
    monkeypatch: pytest.MonkeyPatch,
    scenarios: list[Scenario],
    *,
    target: Target | None = None,
    generated: StubGeneratedCalls | None = None,
    listener: RecordingListener | None = None,
    checkpoint: Checkpoint | None = None,
    progress: CheckpointWriter | None = None,
    workers: int = 2,
    selection: RuleSelection | None = None,
) -> RunResult:
    monkeypatch.setattr(conducting, "REGISTRY", scenarios)
    named = tuple(RULES[rule] for rule in dict.fromkeys(each.rule for each in scenarios))
    parts = frozenset({"scenarios", "generated"} if generated else {"scenarios"})
    plan = RunPlan(selection or RuleSelection(named), parts, workers)  # type: ignore[arg-type]
    attempt = 0 if checkpoint is None else checkpoint.attempts
    run_context = context(
        target or vendor(), lambda request: json(404, {}), listener=listener or RecordingListener(), attempt=attempt
    )
    with closing(run_context.sender):
        return run_session(
            run_context, plan, lambda: generated or StubGeneratedCalls(), checkpoint=checkpoint, progress=progress
        )


def verdicts(result: RunResult) -> dict[str, str]:
    return {rule.rule: rule.verdict for rule in result.rules}
