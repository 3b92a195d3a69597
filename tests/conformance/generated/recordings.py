"""Calls at VTEX as Schemathesis's engine records them, and what a collector makes of them."""

from __future__ import annotations

import json as json_format
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from schemathesis.core.failures import Failure
from schemathesis.engine.recorder import CaseNode, ScenarioRecorder
from schemathesis.generation.meta import PhaseInfo, TestPhase

from pii_sandbox.conformance.contract.response_checks import CheckFailure
from pii_sandbox.conformance.generated.finding_collector import FindingCollector
from pii_sandbox.conformance.generated.transport import CheckedCall
from pii_sandbox.conformance.values.findings import Exchange, Finding

BEGIN = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
PROFILES = "/api/storage/profile-system/profiles"
PROFILE, ADDRESS = "70caf394-8534-447e-a0ca-1803c669c771", "a0caf394-8534-447e-a0ca-1803c669c77a"


def call(
    operation_id: str, path: str, status: int | None, *, at: float = 0, sent: Any = None, answer: Any = None
) -> Exchange:
    return Exchange(
        "vtex", operation_id, "GET", f"https://shop.example.com{path}", {},
        b"" if sent is None else json_format.dumps(sent).encode(),
        status, {"content-type": "application/json"}, b"" if answer is None else json_format.dumps(answer).encode(),
        sent_at=BEGIN + timedelta(seconds=at),
    )  # fmt: skip


def create(id: str = PROFILE, *, at: float = 0, status: int | None = 201, sent: Any = None) -> Exchange:
    return call("CreateClientProfile", PROFILES, status, at=at, sent=sent, answer={"id": id})


def read(id: str = PROFILE, *, at: float = 9, status: int = 500) -> Exchange:
    return call("GetProfile", f"{PROFILES}/{id}", status, at=at)


@dataclass
class Recording:
    """What the engine recorded of some calls, and what a collector makes of it."""

    collector: FindingCollector = field(init=False)
    recorder: ScenarioRecorder = field(init=False)
    seen: dict[str, CheckedCall] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.collector = FindingCollector("vtex", "guide", SimpleNamespace(seen=self.seen))  # type: ignore[arg-type]
        self.begin()

    def begin(self) -> None:
        self.recorder = ScenarioRecorder(label="a scenario")

    def add(
        self,
        id: str,
        exchange: Exchange | None,
        *failures: str | Failure,
        breaches: tuple[CheckFailure, ...] = (),
        parent: str | None = None,
        linked: bool = True,
        data: Any = None,
    ) -> None:
        meta = None if data is None else SimpleNamespace(phase=PhaseInfo(name=TestPhase.FUZZING, data=data))
        case: Any = SimpleNamespace(id=id, meta=meta)
        transition: Any = "a link" if parent is not None and linked else None
        self.recorder.record_case_node(id, CaseNode(case, parent, transition, linked))
        if exchange is not None:
            self.seen[id] = CheckedCall(exchange, list(breaches), drifts=False)
        for each in failures:
            failure = each if isinstance(each, Failure) else Failure(operation="a", title="A Title", message="quotes")
            name = each if isinstance(each, str) else each.checks[0]
            self.recorder.record_check_failure(name=name, case_id=id, code_sample="", failure=failure)

    def findings(self, *, fresh: bool = False) -> list[Finding]:
        self.collector.take(self.recorder, fresh)
        return list(self.collector.findings())

    def calls(self, **more: Any) -> list[Exchange]:
        (finding,) = self.findings(**more)
        return list(finding.exchanges)
