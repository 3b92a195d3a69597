"""Runs against a target that answers each operation in hostile ways: each ends by itself, with whole reports.

HOSTILE_KINDS set to `all` plays every kind of answer in every way (tox env `hostile`), in groups of a few kinds; set to
the names of kinds, with `;` between them, it plays each of these by itself. Without it a few are played.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from pii_sandbox.conformance.cleanup import ledger as ledgers
from pii_sandbox.conformance.cleanup.ledger import Entry
from pii_sandbox.server.private import private_server
from tests.conformance.cleanup.test_kill import COLLECTIONS
from tests.hostile import campaign, report_checks, runs
from tests.hostile.server import HostileServer, hostile_server

ALL = bool(os.environ.get("HOSTILE_KINDS"))
MINUTES = 2.0  # so that the limit of requests is what ends a run of generated calls, on a busy machine too
PATIENCE = 240.0
PREFLIGHT = 40  # calls at most, which are to be answered honestly for the rest to be played
MEGABYTES = 500
REPORT_BYTES = 8 * 2**20  # of each form


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    with private_server("guide") as url:
        yield url


def stored_ids(url: str) -> Mapping[tuple[str, str], set[str]]:
    """The ids of what is stored in the sandbox, by API and collection."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        pages = {
            key: client.get(f"{url}/_sandbox/v1/documents/{'/'.join(key)}?count=1000").json() for key in COLLECTIONS
        }
    return {key: {each["id"] for each in page["documents"]} for key, page in pages.items()}


def entries(file: Path) -> list[Entry]:
    with closing(ledgers.read_ledger(file)) as ledger:
        return ledger.entries


def check_run(run: runs.Run) -> None:
    report_checks.check_folder(run.folder)
    sizes = {name: (run.folder / name).stat().st_size for name in report_checks.FORMS}
    assert max(sizes.values()) < REPORT_BYTES, sizes
    assert len(run.output) < REPORT_BYTES
    assert run.code in (0, 1, 2)
    assert "Traceback" not in run.output
    assert run.megabytes < MEGABYTES
    report = run.report
    assert report["exit_code"] == run.code
    assert "faults" not in report["run"]["facts"], report["run"]["facts"]["faults"]
    causes = [
        reason for rule in report["rules"] for reason in rule["reasons"] if "an internal error of pii-sandbox" in reason
    ]
    assert causes == []
    assert all(character.isprintable() or character in "\n\t" for character in run.output)


def check_limits(run: runs.Run, server: HostileServer, run_mode: campaign.Mode) -> None:
    """Neither more calls nor longer than the target file allows. Start and report are beside the minutes."""
    assert len(server.arrivals) <= run.report["run"]["facts"]["requests"] <= run_mode.requests
    assert server.seconds <= MINUTES * 60 + 1  # a call that leaves at the end may take a while to arrive
    print(f"calls for {server.seconds:.1f} s, the run took {run.seconds:.1f} s and {run.megabytes:.0f} MB")


def check_all_answered(server: HostileServer, group: Sequence[str]) -> None:
    """Every kind has been answered; the log of the test says to how many operations."""
    struck = {kind: len(server.operations(kind)) for kind in group}
    print(struck)
    assert all(struck.values()), struck


@pytest.mark.parametrize("mode", [mode for mode in campaign.modes() if mode != "scenarios that write"])
@pytest.mark.parametrize("group", campaign.chosen_groups(), ids="; ".join)
def test_a_run_ends_with_whole_reports(mode: str, group: Sequence[str], tmp_path: Path, sandbox: str) -> None:
    run_mode = campaign.mode(mode)
    with hostile_server(
        campaign.answers(group), sandbox, run_mode.times, PREFLIGHT, controlled=run_mode.controlled
    ) as server:
        target = runs.target_file(tmp_path, server.url, run_mode, MINUTES)
        run = runs.check(tmp_path, target, "--only", run_mode.only, *campaign.rotated_apis(group), patience=PATIENCE)
    check_run(run)
    check_limits(run, server, run_mode)
    check_all_answered(server, group)


@pytest.mark.parametrize("group", campaign.chosen_groups(), ids="; ".join)
def test_everything_that_can_be_undone_is_undone(group: Sequence[str], tmp_path: Path, sandbox: str) -> None:
    """Nothing is left that the ledger does not name, after `cleanup` at a target that is honest again."""
    run_mode = campaign.mode("scenarios that write")
    before = stored_ids(sandbox)
    with hostile_server(campaign.answers(group), sandbox, run_mode.times, PREFLIGHT) as server:
        target = runs.target_file(tmp_path, server.url, run_mode, MINUTES)
        run = runs.check(tmp_path, target, "--only", run_mode.only, patience=PATIENCE)
        check_run(run)
        check_limits(run, server, run_mode)
        check_all_answered(server, group)
        server.times = 0
        files = [*run.folder.glob("ledger-*.jsonl")]
        for file in files:
            runs.command(tmp_path, "cleanup", str(file), "--target", str(target), patience=PATIENCE)
    httpx.post(f"{sandbox}/_sandbox/v1/clock/advance", json={"days": 1}, trust_env=False)  # some is deleted later
    left = {key: ids - before[key] for key, ids in stored_ids(sandbox).items() if ids - before[key]}
    print({key: len(ids) for key, ids in left.items()})
    # what a hostile answer to its making hid, or one to a look at it called another's, is told and not touched
    unresolved = [entry for file in files for entry in entries(file) if entry.is_open or entry.state == "not ours"]
    ids = "\n".join(value for entry in unresolved if entry.undo is not None for value in entry.undo.params.values())
    untold = [one for some in left.values() for one in some if one not in ids]
    answered = b"".join(server.named).decode("utf-8", "replace")
    print(f"{len(server.named)} honest answers to what may have made something")
    assert server.named
    assert not [one for one in untold if one in answered], "an honest answer had named it"
    # and a look by its mark finds nothing where a hostile answer in the vendor's own form denies it
    unnamed = [entry for file in files for entry in entries(file) if entry.undo is None and entry.state != "refused"]
    assert len(untold) <= len(unnamed), (untold, unnamed)


@pytest.mark.parametrize("group", campaign.chosen_groups() if ALL else [campaign.FEW[-1:]], ids="; ".join)
def test_a_target_that_is_hostile_from_the_first_call_is_reported_too(group: Sequence[str], tmp_path: Path) -> None:
    run_mode = campaign.mode("scenarios that read")
    with hostile_server(campaign.answers(group)) as server:
        target = runs.target_file(tmp_path, server.url, run_mode, MINUTES)
        run = runs.check(tmp_path, target, "--depth", "quick", patience=PATIENCE)
    check_run(run)
    check_limits(run, server, run_mode)
