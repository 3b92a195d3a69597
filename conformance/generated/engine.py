"""Plays Schemathesis's engine on one group and reads its events.

Imports Schemathesis: only those who generate import this module.
"""

from __future__ import annotations

import copy
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from hypothesis import configuration
from schemathesis import Case, Config, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.engine import events
from schemathesis.engine.core import Engine
from schemathesis.engine.link_calibration import LinkCalibrationState
from schemathesis.engine.run import TESTING_PHASES, Phase, PhaseName, PhaseSkipReason
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi.schemas import OpenApiSchema

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.generated.engine_settings import engine_settings
from pii_sandbox.conformance.generated.expected_refusals import refusing_rule
from pii_sandbox.conformance.generated.finding_collector import FindingCollector
from pii_sandbox.conformance.generated.partition import GroupResult, OperationGroup
from pii_sandbox.conformance.generated.replay import confirm_finding, replay
from pii_sandbox.conformance.generated.transport import GroupTransport, StopEngine, content
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.faults import fault_text, is_ours
from pii_sandbox.conformance.values.findings import Finding
from pii_sandbox.specs import Dialect

SHOPPERS = 10  # those of the documents' examples are among them
# held by a check of ours, which also looks at what these pass over
OUR_FORM = frozenset({"content_type_conformance", "response_schema_conformance"})
OF_THE_DOCUMENT = OUR_FORM | {"status_code_conformance"}  # what a vendor adds fails them, and is drift


class EngineWithoutProbes(Engine):
    """The engine without its own reconnaissance, which would go round the target's limits."""

    __slots__ = ()

    def get_phase_config(self, phase_name: PhaseName, *, is_supported: bool, requires_transitions: bool) -> Phase:
        if phase_name not in TESTING_PHASES:
            return Phase(phase_name, is_enabled=False, skip_reason=PhaseSkipReason.DISABLED)
        return super().get_phase_config(
            phase_name, is_supported=is_supported, requires_transitions=requires_transitions
        )


class TransportedSchema(OpenApiSchema):
    """A document whose calls go by a `Route`, and each of whose sequences begins in a fresh sandbox.

    Hypothesis plays the beginnings of sequences again and gives up where they do not go as before.
    """

    route: GroupTransport
    group: OperationGroup
    dialect: Dialect

    @property
    def transport(self) -> GroupTransport:
        return self.route

    def build_state_machine(
        self, *, feedback: FeedbackSources, link_calibration: LinkCalibrationState | None
    ) -> type[APIStateMachine]:
        machine = super().build_state_machine(feedback=feedback, link_calibration=link_calibration)
        begin = self.begin

        class ResetMachine(machine):  # type: ignore[valid-type,misc]  # made at run time
            def __init__(self) -> None:
                begin()
                super().__init__()

        return ResetMachine

    def begin(self) -> None:
        """The same as `reset_sandbox` for Schemathesis. Raises StopEngine where it is refused."""
        try:
            self.reset_sandbox()
        except CannotCheck as obstacle:
            raise self.route.halt(str(obstacle), obstacle.cause.kind) from obstacle

    def reset_sandbox(self) -> None:
        """Puts the same people in the group's sandbox as at first, its clock standing. Raises CannotCheck."""
        if self.group.sandbox is None:
            return
        self.route.control("POST", "/seed", {"shoppers": SHOPPERS, "seed": self.group.seed % 2**32})
        self.route.control("PUT", "/dialect", {"dialect": self.dialect})
        self.route.control("PUT", "/clock", {"frozen": True})


def play(group: OperationGroup, sender: Sender, deadline: float | None) -> GroupResult:
    """Generates calls for a group. `deadline` is of `time.monotonic`."""
    target = sender.target
    route = GroupTransport(group, sender, deadline)
    collector = FindingCollector(group.api, target.dialect, route)
    with _private_home():
        schema = transported_schema(group, target, route)
        try:
            schema.begin()
            for event in EngineWithoutProbes(schema).execute():
                if isinstance(event, events.ScenarioFinished):
                    collector.take(event.recorder, fresh=event.phase is PhaseName.STATEFUL_TESTING)
                elif isinstance(event, events.NonFatalError) and not isinstance(event.value, requests.RequestException):
                    fault = is_ours(event.value)
                    why = fault_text("the generated calls", event.value) if fault else event.info.title
                    collector.note(f"{group.api}: {event.label} was not generated: {why}")
                elif isinstance(event, events.Interrupted) and route.halted is None:
                    sender.stop.set()  # Ctrl-C, which the engine keeps to itself
        except StopEngine:
            pass  # the route knows why
    if route.halted is not None:
        collector.note(f"{group.api}: the generated calls ended early: {route.halted}")
    for kind, count in route.unanswered.items():
        collector.note(f"{group.api}: {count} generated calls got no response that can be checked: {kind}")
    findings = []
    for found in collector.findings():
        finding, cause = _replay_and_confirm(found, schema)
        if cause is None:
            findings.append(finding)
        else:
            seen = f"{found.name.replace('_', ' ')} at {found.operation_id}"
            collector.note(f"{group.api}: {seen} was seen once and could not be checked again: {cause.text}")
    return GroupResult(tuple(findings), dict(route.statuses), route.calls, tuple(collector.notes), route.is_resumable)


def _replay_and_confirm(finding: Finding, schema: TransportedSchema) -> tuple[Finding, Cause | None]:
    """The finding, played again: first after all that was generated, then from the start; or why it is not checked."""
    plays = itertools.count()
    route = schema.route

    def play_again() -> bool:
        if next(plays) > 0:
            schema.reset_sandbox()
        return replay(finding, route.resend, schema.dialect, route.secrets, lenient=route.lenient)

    return confirm_finding(finding, play_again)


@contextmanager
def _private_home() -> Iterator[None]:
    """Hypothesis keeps its files away from the folder that somebody runs this in."""
    with tempfile.TemporaryDirectory() as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(None)


def transported_schema(group: OperationGroup, target: Target, route: GroupTransport) -> TransportedSchema:
    """The operations of a group and those that provide for it, as Schemathesis has them; their calls go by `route`."""
    document = copy.deepcopy(specs.load(group.document, target.dialect))
    config = Config.from_dict(engine_settings(group, target, document))
    whole = TransportedSchema(raw_schema=document, config=config.projects.get(document))
    schema = whole.include(operation_id=[*group.operations, *group.providers])
    assert isinstance(schema, TransportedSchema)
    schema.route, schema.group, schema.dialect = route, group, target.dialect
    schema.hook(failure_filter(group.api, target.dialect, route))
    return schema


def failure_filter(api: str, dialect: Dialect, route: GroupTransport) -> Any:
    """The hook that drops refusals that a rule asks for, what a check of ours holds, and what is drift."""

    def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
        checked = route.seen.get(case.id)
        if checked is not None and checked.drifts and OF_THE_DOCUMENT.intersection(failure.checks):
            return False
        if response.status_code >= 400 and OUR_FORM.intersection(failure.checks):
            return False
        if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
            return True
        facts = operations.operation(api, case.operation.definition.raw["operationId"], dialect)
        return refusing_rule(facts, str(response.request.url), content(response.request.body), dialect) is None

    return filter_failure
