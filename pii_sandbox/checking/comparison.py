"""`pii-sandbox check --compare`: the same scenarios on a sandbox, beside those on the target."""

from __future__ import annotations

from dataclasses import replace

import click

from pii_sandbox.conformance.generated.run import GeneratedResult
from pii_sandbox.conformance.history.comparison import Comparison, compare_runs
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report.terminal import Live
from pii_sandbox.conformance.run_context import RunContext, standalone_context
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.session import RunPlan, run_session
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.findings import Exchange, RunResult
from pii_sandbox.server.private import private_server


class ExchangeRecorder(dict[tuple[str, str], tuple[Exchange, ...]]):
    """What each scenario sent and got, by rule and name."""

    def keep(self, result: ScenarioResult) -> None:
        self[result.scenario.rule, result.scenario.name] = result.exchanges


def compare(
    context: RunContext, plan: RunPlan, result: RunResult, answers: ExchangeRecorder, redactor: Redactor
) -> Comparison:
    """Plays the scenarios of a run in a sandbox with all powers, and tells where the run's target differs."""
    click.echo("the same scenarios on a sandbox:", err=True)
    ours = ExchangeRecorder()
    dialect, run_id = context.target.dialect, context.run_id
    with private_server(dialect) as url, Live(redactor=redactor) as live:
        own = replace(local_sandbox(url), dialect=dialect)
        with standalone_context(own, run_id, context.seed) as there:
            sandbox = run_session(
                replace(there, listener=live),
                replace(plan, stages=frozenset({"scenarios"})),
                GeneratedResult,
                on_scenario=ours.keep,
            )
    return compare_runs(sandbox, result, redactor, sandbox_answers=ours, target_answers=answers)
