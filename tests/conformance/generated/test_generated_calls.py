"""Generated calls: nothing is found on the sandbox, and each kind of wrong server is found out."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.generated.engine import play
from pii_sandbox.conformance.generated.partition import (
    Depth,
    GroupResult,
    OperationGroup,
    allowed_operations,
    partition,
)
from pii_sandbox.conformance.generated.run import GeneratedResult, run_generated
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.findings import Finding
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.mockserver.rules import masking, paging
from pii_sandbox.specs import Dialect
from tests.conformance.wrong_servers import (
    ChangedApp,
    FailOnce,
    SkipAuthentication,
    add_property,
    answer_206,
    answer_500,
    answer_html,
    misspell_property,
    sandbox_application,
    serve,
)

SMALL = Depth(examples=3, sequences=4, steps=5)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve(sandbox_application()) as base:
        yield base


def vendor(base: str, **limits: Any) -> Target:
    """The sandbox as if it were a vendor's: without control, powers or moving clock."""
    return replace(local_sandbox(base), name="vendor", powers=frozenset(), control=None, limits=Limits(**limits))


def play_operations(
    base: str, *operations: str, depth: Depth = SMALL, dialect: Dialect = "guide", seed: int = 1
) -> GroupResult:
    """What comes of generated calls of some operations of one document."""
    name = next(
        name
        for api in specs.APIS
        for name in specs.APIS[api]
        if operations[0] in specs.operations(name) and api != "sandbox"
    )
    api = next(api for api, names in specs.APIS.items() if name in names)
    group = OperationGroup(0, api, name, operations, (), len(operations) > 1, depth, seed, f"test-{api}")
    sender = Sender(replace(local_sandbox(base), dialect=dialect))
    try:
        return play(group, sender, None)
    finally:
        sender.close()


def rules(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.rule for finding in findings}


def test_generated_calls_find_nothing_on_the_sandbox_and_leave_nothing(url: str) -> None:
    seen: list[Finding] = []
    result = run_generated(local_sandbox(url), ["fashionai", "oracle"], depth="standard", seed=1, run_id="Green",
                       on_finding=seen.append)  # fmt: skip
    assert (result.findings, seen, result.notes) == ((), [], ())
    known = {(api, name) for api in ("fashionai", "oracle") for name in specs.operations(specs.APIS[api][0])}
    assert set(result.coverage) == known
    assert all(any(status < 300 for status in statuses) for statuses in result.coverage.values())
    assert sum(sum(statuses.values()) for statuses in result.coverage.values()) == result.calls
    assert not [name for name in sandboxes(url) if name.startswith("green-generated")]


def sandboxes(url: str) -> list[str]:
    sender = Sender(local_sandbox(url))
    exchange = sender.send(Request("sandbox", None, "GET", f"{url}/_sandbox/v1/sandboxes"))
    sender.close()
    return [name.strip('"') for name in exchange.response_body.decode().split('"')]


@pytest.mark.rule("VTEX-MASK-1")
def test_vtex_mask_1_a_server_that_does_not_mask_is_found(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "mask", lambda text: text)
    outcome = play_operations(url, "CreateClientProfile", "GetProfile", depth=Depth(3, 12, 6))
    assert rules(outcome.findings) == {"VTEX-MASK-1"}
    (finding,) = outcome.findings
    assert (finding.operation_id, finding.name, finding.source) == ("GetProfile", "masked", "generated")
    assert [call.operation_id for call in finding.exchanges] == ["CreateClientProfile", "GetProfile"]


@pytest.mark.rule("NS-LIST-2")
def test_ns_list_2_a_server_without_a_reach_is_found(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "refuse_beyond_reach", lambda *arguments: None)
    outcome = play_operations(url, "listProfiles")
    assert rules(outcome.findings) == {"NS-LIST-2"}


@pytest.mark.rule("NS-ERR-1")
def test_ns_err_1_errors_in_another_form_are_found(url: str) -> None:
    with serve(ChangedApp(sandbox_application(), answer_html)) as base:
        outcome = play_operations(base, "getData")
    assert rules(outcome.findings) == {"NS-ERR-1"}
    assert {finding.exchanges[-1].status for finding in outcome.findings} >= {400, 401, 405}
    assert all(len(finding.exchanges) == 1 for finding in outcome.findings)


def test_a_server_error_is_found() -> None:
    with serve(ChangedApp(sandbox_application(), answer_500)) as base:
        outcome = play_operations(base, "getProfileByUserProfileId")
    assert "generated:not_a_server_error" in rules(outcome.findings)


def test_a_server_that_lets_anybody_in_is_found() -> None:
    with serve(SkipAuthentication(sandbox_application())) as base:
        outcome = play_operations(base, "getProfileByUserProfileId")
    assert "generated:ignored_auth" in rules(outcome.findings)
    assert not [finding for finding in outcome.findings if "fai_test" in finding.expected + finding.seen]


def test_an_answer_outside_the_document_is_found() -> None:
    with serve(ChangedApp(sandbox_application(), misspell_property)) as base:
        outcome = play_operations(base, "getProfileByUserProfileId")
    assert "generated:response_schema_conformance" in rules(outcome.findings)


def test_a_finding_that_is_seen_once_is_unstable_and_one_that_is_seen_twice_breaks() -> None:
    standings = {}
    for name, change in (("once", FailOnce()), ("always", answer_500)):
        with serve(ChangedApp(sandbox_application(), change)) as base:
            outcome = play_operations(base, "getProfileByUserProfileId", depth=Depth(1, 1, 2))
        servers = [finding for finding in outcome.findings if finding.name == "not_a_server_error"]
        standings[name] = [(finding.standing, finding.broken, finding.played) for finding in servers]
    assert standings == {"once": [("unstable", 1, 3)], "always": [("breaks", 2, 2)]}


@pytest.mark.parametrize(
    ("change", "what"),
    [(add_property, {"property $.tier", "header x-loyalty"}), (answer_206, {"status 206"})],
    ids=["property and header", "status"],
)
def test_what_a_vendor_adds_is_drift(change: Any, what: set[str]) -> None:
    with serve(ChangedApp(sandbox_application(), change)) as base:
        sender = Sender(vendor(base, requests=40))
        result = run_generated(sender.target, ["fashionai"], depth="standard", seed=1, run_id="run", sender=sender)
        sender.close()
    assert result.findings == ()
    assert {drift.what for drift in sender.observer.observations().drift} == what


def test_a_status_that_no_document_has_is_a_finding_at_a_sandbox_of_ours() -> None:
    with serve(ChangedApp(sandbox_application(), answer_206)) as base:
        outcome = play_operations(base, "getProfileByUserProfileId")
    assert "generated:status_code_conformance" in rules(outcome.findings)


@pytest.mark.rule("NS-LIST-2")
@pytest.mark.parametrize(
    ("operation_id", "dialect"),
    [("listProfiles", "guide"), ("GetUnmaskedProspects", "reference"), ("GetUnmaskedProfile", "reference")],
)
def test_ns_list_2_a_refusal_that_no_schema_can_say_is_no_finding(
    url: str, operation_id: str, dialect: Dialect
) -> None:
    outcome = play_operations(url, operation_id, depth=replace(SMALL, examples=30), dialect=dialect)
    assert outcome.findings == ()
    assert outcome.statuses[operation_id, 400] > 0


def test_the_same_seed_gives_the_same_calls(url: str) -> None:
    def calls(seed: int) -> list[tuple[str, str]]:
        recorded = ChangedApp(sandbox_application())
        with serve(recorded) as base:
            play_operations(base, "getProfileByEmail", "getProfileByPhone", seed=seed)
        return recorded.arrived

    first = calls(7)
    assert calls(7) == first
    assert calls(8) != first


def test_a_vendor_gets_reads_alone_and_the_notes_say_what_is_left_out() -> None:
    recorded = ChangedApp(sandbox_application())
    with serve(recorded) as base:
        result = run_generated(vendor(base, requests=150), ["newstore"], depth="standard", seed=1, run_id="run")
    assert {operation_id for _, operation_id in result.coverage} >= {"listProfiles", "getProfile"}
    assert {method for method, path in recorded.arrived if not path.endswith("/detokenize")} == {"GET"}
    assert any("power write" in note and "getOrCreateProfile" in note for note in result.notes)
    assert any("power delete" in note and "deleteAddress" in note for note in result.notes)


def test_a_vendor_gets_no_generated_read_that_unmasks() -> None:
    chosen, notes = allowed_operations(vendor("http://there.test"), "vtex")
    reads = {facts.operation_id for operations in chosen.values() for facts in operations}
    assert {"GetProfile", "GetProspects", "getErasureJob"} <= reads
    assert not [operation_id for operation_id in reads if "Unmasked" in operation_id]
    assert any("unmasked" in note and "GetUnmaskedProfile" in note for note in notes)


def test_a_vendor_that_grants_writing_gets_no_generated_writes() -> None:
    target = replace(vendor("http://there.test"), powers=frozenset({"write", "delete", "erase"}))
    chosen, notes = allowed_operations(target, "newstore")
    assert {facts.safety for operations in chosen.values() for facts in operations} == {"read"}
    assert any("only in a sandbox" in note for note in notes)


def test_a_limit_is_never_passed() -> None:
    recorded = ChangedApp(sandbox_application())
    with serve(recorded) as base:
        result = run_generated(vendor(base, requests=25), ["fashionai"], depth="standard", seed=1, run_id="run")
    assert len(recorded.arrived) == 25
    assert result.calls == 25
    assert any("limit of 25 requests" in note for note in result.notes)


def test_usage_before_a_resume_counts_towards_the_limits() -> None:
    recorded = ChangedApp(sandbox_application())
    with serve(recorded) as base:
        target = vendor(base, requests=25)
        sender = Sender(target)
        for _ in range(20):
            sender.budget.spend(writes=False)
        run_generated(target, ["fashionai"], depth="standard", seed=1, run_id="run", sender=sender)
        sender.close()
    assert len(recorded.arrived) == 5


def test_a_run_that_was_stopped_generates_nothing_more(url: str) -> None:
    sender = Sender(vendor(url))
    sender.stop.set()
    result = run_generated(vendor(url), ["fashionai"], depth="standard", seed=1, run_id="run", sender=sender)
    sender.close()
    assert (result.calls, result.notes) == (0, ("the generated calls ended early: the run was stopped",))


def test_nothing_is_sent_after_the_deadline(url: str) -> None:
    result = run_generated(
        vendor(url), ["fashionai"], depth="standard", seed=1, run_id="run", deadline=time.monotonic()
    )
    assert result.calls == 0
    assert any("time limit was reached" in note for note in result.notes)


def test_a_server_that_goes_away_ends_it_with_a_note() -> None:
    with serve(sandbox_application()) as base:
        target = vendor(base)
    result = run_generated(target, ["fashionai"], depth="standard", seed=1, run_id="run")
    assert (result.findings, result.calls) == ((), 0)
    assert any("ended early" in note for note in result.notes)


def test_what_a_target_does_not_have_is_noted() -> None:
    target = replace(vendor("http://there.test"), urls={"oracle": "http://there.test"}, credentials={})
    result = run_generated(target, ["oracle", "newstore"], depth="standard", seed=1, run_id="run")
    assert [note.partition(":")[0] for note in result.notes] == ["oracle", "newstore"]
    assert result.coverage == {}


def test_a_quick_run_generates_nothing_and_says_so() -> None:
    result = run_generated(vendor("http://there.test"), ["oracle"], depth="quick", seed=1, run_id="run")
    assert result == GeneratedResult(notes=("no calls are generated at depth quick",))


def test_schemathesis_is_not_imported_before_it_is_needed() -> None:
    program = "import sys, pii_sandbox.conformance.generated.run; sys.exit('schemathesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_each_operation_is_in_one_group_and_what_it_needs_is_provided() -> None:
    target = local_sandbox("http://there.test")
    chosen = {api: allowed_operations(target, api)[0] for api in ("vtex", "newstore", "fashionai", "oracle")}
    planned = partition(target, chosen, SMALL, 1, "run")
    every = [operation for group in planned for operation in group.operations]
    assert sorted(every) == sorted(
        name for api in chosen for document in specs.APIS[api] for name in specs.operations(document)
    )
    addresses = next(group for group in planned if "GetAddress" in group.operations)
    assert addresses.providers == ("CreateClientProfile",)
    assert len({group.sandbox for group in planned}) == len(planned)
