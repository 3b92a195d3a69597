"""A fault of ours amid a run that writes: the ledger is whole, all that was made is undone, and the fault is told.

So it is where the stop cuts a create off.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from pii_sandbox.conformance import api_client, session
from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup import ledger as ledgers
from pii_sandbox.conformance.cleanup import undo
from pii_sandbox.conformance.cleanup.cleanup import clean_up
from pii_sandbox.conformance.cleanup.ledger import Entry, Ledger
from pii_sandbox.conformance.cleanup.ownership_guard import OwnershipGuard
from pii_sandbox.conformance.cleanup.tracker import Tracker
from pii_sandbox.conformance.generated import run as generated
from pii_sandbox.conformance.generated.transport import GroupTransport
from pii_sandbox.conformance.http import sender
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.run_context import RunContext, standalone_context
from pii_sandbox.conformance.session import RunPlan, run_session
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.faults import FAULT
from pii_sandbox.conformance.values.findings import RunResult
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.server.private import private_server
from pii_sandbox.specs import catalogue
from tests.conformance.cleanup.vendor_runs import RUN, WRITING, all_documents, household
from tests.control_client import ControlClient
from tests.in_process import InProcess
from tests.scenarios.scenario_cases import SerializedTransport, vendor

SECRET = "what a target answered"
MADE = ["CreateClientProfile", "CreateClientAddress", "CreatePurchaseInformation", "CreateProspect"]


def raise_key_error(*_: Any, **__: Any) -> NoReturn:
    raise KeyError(SECRET)


def fail_at(number: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, whose call of that number fails."""
    calls: list[None] = []

    def call(*arguments: Any, **named: Any) -> Any:
        calls.append(None)
        return raise_key_error() if len(calls) == number else function(*arguments, **named)

    return call


def make_household(api: ApiClient) -> None:
    household(api)


@pytest.fixture
def shop(http: httpx.Client) -> Target:
    return vendor(WRITING, http.headers["X-Sandbox"])


def run_session_with(
    context: RunContext, monkeypatch: pytest.MonkeyPatch, generate: Callable[[], Any] | None = None, **more: Any
) -> RunResult:
    monkeypatch.setattr(session, "REGISTRY", [Scenario("VTEX-PROF-1", "a_trial", make_household, frozenset())])
    rule = catalogue.rule("VTEX-PROF-1")
    assert rule is not None
    parts = frozenset({"scenarios", "generated"} if generate else {"scenarios"})
    plan = RunPlan(RuleSelection((rule,)), parts, 1)  # type: ignore[arg-type]
    return run_session(context, plan, generate or raise_key_error, **more)


def run(shop: Target, transport: InProcess, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, **more: Any) -> RunResult:
    wire = SerializedTransport(transport)
    with standalone_context(shop, RUN, 1, lambda _: httpx.Client(transport=wire), ledger=ledger) as context:
        return run_session_with(context, monkeypatch, **more)


def fault_lines(result: RunResult) -> list[str]:
    """The faults that a run tells."""
    causes = [reason for rule in result.rules for reason in rule.reasons]
    lines = [line for line in [*result.facts.get("faults", ()), *causes] if FAULT in line]
    assert SECRET not in "".join(lines)
    return lines


@pytest.mark.parametrize("number", [1, 2, 4])
@pytest.mark.parametrize(
    ("owner", "name"),
    [(api_client, "excerpt"), (ApiClient, "_check_response"), (Tracker, "_note_made"),
     (OwnershipGuard, "examine_created"), (Ledger, "settle")],
)  # fmt: skip
def test_a_fault_in_a_scenario_leaves_nothing_behind(
    owner: Any, name: str, number: int, shop: Target, transport: InProcess, control: ControlClient,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    before = all_documents(control)
    monkeypatch.setattr(owner, name, fail_at(number, getattr(owner, name)))
    with closing(Ledger(tmp_path / "ledger.jsonl", {"run": RUN})) as open_ledger:
        result = run(shop, transport, open_ledger, monkeypatch)
    assert fault_lines(result)
    assert result.exit_code == 2
    assert all_documents(control) == before
    with closing(ledgers.read_ledger(tmp_path / "ledger.jsonl")) as ledger:
        assert ledger.open_entries() == []
        assert [entry.operation_id for entry in ledger.entries] == MADE[: len(ledger.entries)]
        assert len(ledger.entries) >= number


@pytest.mark.parametrize("seconds", [sender.FINISH_SECONDS, 0], ids=["its answer is read", "its answer is lost"])
def test_what_a_create_made_during_the_stop_is_undone(
    seconds: float, shop: Target, transport: InProcess, control: ControlClient,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setattr(sender, "FINISH_SECONDS", seconds)
    before, wire = all_documents(control), SerializedTransport(transport)

    class Stopping(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                context.sender.stop.set()
            return wire.handle_request(request)

    with closing(Ledger(tmp_path / "ledger.jsonl", {"run": RUN})) as open_ledger:
        new_client = lambda _: httpx.Client(transport=Stopping())  # noqa: E731
        with standalone_context(shop, RUN, 1, new_client, ledger=open_ledger) as context:
            result = run_session_with(context, monkeypatch)
    assert result.exit_code == 2
    assert all_documents(control) == before
    with closing(ledgers.read_ledger(tmp_path / "ledger.jsonl")) as ledger:
        (entry,) = ledger.entries
    assert (entry.state, entry.why) == ("gone", "DeleteClientProfile answered 204")


@pytest.mark.parametrize(("owner", "name"), [(Tracker, "undo"), (undo, "_undo"), (undo, "_delete")])
def test_a_fault_in_undoing_costs_nothing_that_a_second_try_can_undo(
    owner: Any, name: str, shop: Target, transport: InProcess, control: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, ledger = all_documents(control), Ledger(None, {"run": RUN})
    monkeypatch.setattr(owner, name, fail_at(1, getattr(owner, name)))
    result = run(shop, transport, ledger, monkeypatch)
    assert fault_lines(result)
    assert (result.exit_code, result.facts["left behind"], ledger.open_entries()) == (2, 0, [])
    assert all_documents(control) == before


def test_what_a_fault_keeps_from_being_undone_is_told_and_stays_in_the_ledger(
    shop: Target, transport: InProcess, control: ControlClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before, file, genuine = all_documents(control), tmp_path / "ledger.jsonl", undo._undo

    def fails_for_prospects(entry: Entry, context: RunContext, look: bool) -> Any:
        return raise_key_error() if entry.operation_id == "CreateProspect" else genuine(entry, context, look)

    with monkeypatch.context() as patched, closing(Ledger(file, {"run": RUN})) as open_ledger:
        patched.setattr(undo, "_undo", fails_for_prospects)
        result = run(shop, transport, open_ledger, patched)
    assert fault_lines(result)
    assert (result.exit_code, result.facts["left behind"]) == (2, 1)
    wire = SerializedTransport(transport)
    with (
        closing(ledgers.read_ledger(file)) as ledger,
        standalone_context(shop, RUN, 1, lambda _: httpx.Client(transport=wire), ledger=ledger) as context,
    ):
        assert [entry.operation_id for entry in ledger.open_entries()] == ["CreateProspect"]
        assert FAULT in (ledger.open_entries()[0].why or "")
        assert [entry.state for entry in clean_up(context)] == ["gone"]
    assert all_documents(control) == before


def test_a_fault_beside_the_scenarios_leaves_nothing_behind(
    shop: Target, transport: InProcess, control: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, ledger = all_documents(control), Ledger(None, {"run": RUN})
    result = run(shop, transport, ledger, monkeypatch, generate=raise_key_error, on_scenario=raise_key_error)
    assert [line.partition(": ")[0] for line in fault_lines(result)] == [
        f"{FAULT} in redaction", f"{FAULT} in the generated calls",
    ]  # fmt: skip
    assert result.exit_code == 2
    assert [entry.state for entry in ledger.entries] == ["gone"] * 4
    assert all_documents(control) == before


@pytest.mark.parametrize("name", ["_remember", "_send_request", "control"])
def test_a_fault_in_a_generated_call_leaves_no_sandbox_behind(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with private_server("guide") as url:  # its limit of requests is reached, too
        target = replace(local_sandbox(url), limits=Limits(requests=150))  # so that it is called from this process
        with (
            closing(Ledger(tmp_path / "ledger.jsonl", {"run": RUN})) as ledger,
            standalone_context(target, RUN, 1, ledger=ledger) as context,
        ):

            def generate() -> Any:
                return generated.run_generated(
                    target, ["fashionai"], depth="standard", seed=1, run_id=RUN, sender=context.sender,
                    announce=lambda sandbox: ledger.record_intent(sandbox=sandbox),
                )  # fmt: skip

            monkeypatch.setattr(GroupTransport, name, fail_at(3, getattr(GroupTransport, name)))
            result = run_session_with(context, monkeypatch, generate)
            listed = httpx.get(f"{url}/_sandbox/v1/sandboxes", trust_env=False).json()["sandboxes"]
    assert fault_lines(result)
    assert result.exit_code == 2
    assert "default" in json.dumps(listed)
    assert RUN not in json.dumps(listed)
    assert [entry.state for entry in ledger.entries if entry.sandbox] == ["gone"] * len(ledger.entries)
    assert len(ledger.entries) > 1
