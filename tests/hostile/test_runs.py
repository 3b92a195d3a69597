"""Runs against a target that answers each operation in a hostile way: each ends by itself, with whole reports.

The environment variable HOSTILE_KINDS set to `all` plays every kind of answer, read-only and with writes, in scenarios
and generated calls (tox env `hostile`); without it a few are played.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from pii_sandbox.server.private import private_server
from tests.hostile import report_checks, runs
from tests.hostile.answers import KINDS
from tests.hostile.server import hostile_server

ALL = os.environ.get("HOSTILE_KINDS") == "all"
FEW = ("deep arrays", "markup", "brotli bomb", "answers before it is asked")
MINUTES = 0.5
PATIENCE = 240.0  # of a machine that others use, too
PREFLIGHT = 40  # calls at most, which are to be answered honestly for the rest to be played
MEGABYTES = 500
STORED = {
    "vtex": ("profiles", "addresses", "purchase-info", "prospects"),
    "newstore": ("profiles", "addresses", "data"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    with private_server("guide") as url:
        yield url


def stored(url: str) -> Mapping[str, set[str]]:
    """The ids of what is stored in the sandbox, by collection."""
    found = {}
    with httpx.Client(trust_env=False, timeout=30) as client:
        for api, collections in STORED.items():
            for collection in collections:
                listed = client.get(f"{url}/_sandbox/v1/documents/{api}/{collection}?count=1000").json()["documents"]
                found[f"{api}/{collection}"] = {each["id"] for each in listed}
    return found


def check_run(run: runs.Run) -> None:
    report_checks.check_folder(run.folder)
    assert run.code in (0, 1, 2)
    assert "Traceback" not in run.output
    assert run.megabytes < MEGABYTES
    report = json.loads((run.folder / "report.json").read_text("utf-8"))
    assert report["exit_code"] == run.code
    assert "faults" not in report["run"]["facts"], report["run"]["facts"]["faults"]
    causes = [reason for rule in report["rules"] for reason in rule["reasons"] if "a fault of pii-sandbox" in reason]
    assert causes == []
    assert all(character.isprintable() or character in "\n\t" for character in run.output)


@pytest.mark.parametrize("kind", KINDS if ALL else FEW[:2])
def test_a_read_only_run_ends_with_whole_reports(kind: str, tmp_path: Path, sandbox: str) -> None:
    with hostile_server(KINDS[kind], sandbox, honest=PREFLIGHT) as server:
        target = runs.target_file(tmp_path, server.url, minutes=MINUTES)
        options = () if ALL else ("--depth", "quick")
        run = runs.check(tmp_path, target, *options, patience=PATIENCE)
    check_run(run)
    assert server.hostile.total() > 0


@pytest.mark.parametrize("kind", KINDS if ALL else FEW[2:])
def test_a_run_that_writes_ends_with_whole_reports_and_leaves_nothing_behind(
    kind: str, tmp_path: Path, sandbox: str
) -> None:
    before = stored(sandbox)
    with hostile_server(KINDS[kind], sandbox, times=3, honest=PREFLIGHT) as server:
        target = runs.target_file(tmp_path, server.url, ("write", "delete"), minutes=MINUTES)
        options = () if ALL else ("--depth", "quick", "--api", "vtex")
        run = runs.check(tmp_path, target, *options, patience=PATIENCE)
    check_run(run)
    assert server.hostile.total() > 0
    report = json.loads((run.folder / "report.json").read_text("utf-8"))
    made = {name: ids - before[name] for name, ids in stored(sandbox).items() if ids - before[name]}
    # what was made by a call whose answer says nothing of it, and carries no mark to find it by, is told as left
    facts = report["run"]["facts"]
    assert sum(map(len, made.values())) <= facts["left behind"] + len(facts["left alone"]), (made, facts)


@pytest.mark.parametrize("kind", [*KINDS] if ALL else ["a page"])
def test_a_target_that_is_hostile_from_the_first_call_is_reported_too(kind: str, tmp_path: Path) -> None:
    with hostile_server(KINDS[kind]) as server:
        target = runs.target_file(tmp_path, server.url, minutes=MINUTES)
        run = runs.check(tmp_path, target, "--depth", "quick", patience=PATIENCE)
    check_run(run)
