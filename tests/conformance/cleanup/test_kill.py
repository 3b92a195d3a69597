"""A run that is killed midway: its ledger knows what it made, and `cleanup` takes that back and nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner, Result

from pii_sandbox.cli.group import main
from tests.conformance.staged_runs import ENVIRONMENT, Staging, staging, target_file
from tests.server_process import ServerProcess, command, environment, running_server, sandbox_of

COLLECTIONS = (
    *(("vtex", name) for name in ("profiles", "addresses", "prospects", "purchase-info", "orders", "users")),
    *(("newstore", name) for name in ("profiles", "addresses", "data", "tokens")),
)
RULES = ("--rule", "VTEX-PROF", "--rule", "VTEX-PROSP", "--rule", "NS-GOC")
DEADLINE_SECONDS = 90


@pytest.fixture
def server(shared_server: ServerProcess) -> Iterator[ServerProcess]:
    with sandbox_of(shared_server) as server:
        yield server


@pytest.fixture
def staging_server(server: ServerProcess) -> Iterator[Staging]:
    with staging(server.url) as posing:
        yield posing


def all_documents(server: ServerProcess) -> Any:
    """All that the endpoint holds, of everybody."""
    base = f"{server.url}/_sandbox/v1/documents"
    with httpx.Client(trust_env=False) as client:
        return {(api, name): client.get(f"{base}/{api}/{name}?count=1000").json() for api, name in COLLECTIONS}


def heed_signals() -> None:
    """Undo that the tests were started to ignore signals, as by `nohup` or in the background of a script."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def start_check(folder: Path, file: Path, *more: str) -> subprocess.Popen[str]:
    arguments = ("check", "--target", str(file), "--report", str(folder), "--only", "scenarios", *RULES, *more)
    return subprocess.Popen(
        command(*arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_signals,  # noqa: PLW1509 — it takes no lock
        env={**environment(), **ENVIRONMENT, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def wait_for_writes(staging_server: Staging, writes: int) -> None:
    """Until so many writes have arrived."""
    ends = time.monotonic() + DEADLINE_SECONDS
    while len(staging_server.unsafe_calls()) < writes:
        assert time.monotonic() < ends, f"{len(staging_server.arrived)} requests arrived in {DEADLINE_SECONDS} seconds"
        time.sleep(0.01)


def kill_after_writes(process: subprocess.Popen[str], staging_server: Staging, writes: int, folder: Path) -> None:
    """Kills the process after so many writes, while all that it may have made can be found by a mark.

    A create without one is there to be refused: until its response is known, nobody can tell what it made.
    """
    wait_for_writes(staging_server, writes)
    ends = time.monotonic() + DEADLINE_SECONDS
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        if not has_unmarked(find_ledger(folder)):
            break
        assert time.monotonic() < ends, f"creates without a mark were under way for {DEADLINE_SECONDS} seconds"
        process.send_signal(signal.SIGCONT)
        time.sleep(0.01)
    process.kill()
    process.communicate()


def has_unmarked(ledger: Path) -> bool:
    """Whether the response to a create without a mark is not known yet."""
    whole, _, _ = ledger.read_text("utf-8").rpartition("\n")
    lines = [json.loads(line) for line in whole.split("\n")]
    latest = {line["entry"]: line for line in lines if "entry" in line}
    return any(line["state"] == "intended" and not line.keys() & {"mark", "under"} for line in latest.values())


def find_ledger(folder: Path) -> Path:
    (file,) = folder.glob("ledger-*.jsonl")
    return file


def run_cleanup(file: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["cleanup", str(file), *more], env=ENVIRONMENT)


@pytest.mark.parametrize("writes", [1, 25])
def test_after_a_kill_cleanup_leaves_nothing_behind_and_touches_nothing_else(
    writes: int, server: ServerProcess, staging_server: Staging, tmp_path: Path
) -> None:
    before = all_documents(server)
    file = target_file(tmp_path, staging_server.url, "read", "write", "delete", limits="requests_per_second = 60")
    process = start_check(tmp_path / "report", file)
    kill_after_writes(process, staging_server, writes, tmp_path / "report")
    ledger = find_ledger(tmp_path / "report")
    staging_server.arrived.clear()
    result = run_cleanup(ledger)
    assert result.exit_code == 0, result.output
    assert " 0 left" in result.output
    httpx.post(f"{server.url}/_sandbox/v1/clock/advance", json={"days": 1}, trust_env=False)  # the vendor deletes later
    assert all_documents(server) == before
    staging_server.arrived.clear()
    again = run_cleanup(ledger, "--target", str(file))
    assert (again.exit_code, staging_server.arrived) == (0, [])
    assert "0 gone" in again.output


def test_after_a_kill_resume_cleans_up_and_does_the_rest(
    server: ServerProcess, staging_server: Staging, tmp_path: Path
) -> None:
    before, folder = all_documents(server), tmp_path / "report"
    file = target_file(tmp_path, staging_server.url, "read", "write", "delete", limits="requests_per_second = 60")
    process = start_check(folder, file)
    kill_after_writes(process, staging_server, 25, folder)
    done = completed_scenarios(folder)
    assert done
    outcome = CliRunner().invoke(main, ["check", "--resume", str(folder)], env=ENVIRONMENT)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output.startswith(
        f"target {file}: hosts {urlsplit(staging_server.url).netloc}; variables STAGING_VTEX_KEY"
    )
    assert len(completed_scenarios(folder)) == len(set(completed_scenarios(folder))), "something was played twice"
    assert set(done) < set(completed_scenarios(folder))
    result = json.loads((folder / "report.json").read_text("utf-8"))
    assert result["run"]["complete"] is True
    assert {rule["outcome"] for rule in result["rules"]} <= {"conforms", "not checked"}
    httpx.post(f"{server.url}/_sandbox/v1/clock/advance", json={"days": 1}, trust_env=False)
    assert all_documents(server) == before


def completed_scenarios(folder: Path) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in (folder / "progress.jsonl").read_text("utf-8").splitlines()]
    return [(line["rule"], line["scenario"]) for line in lines if "scenario" in line]


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_undoes_all_and_leaves_a_partial_report(
    signal_number: signal.Signals, server: ServerProcess, staging_server: Staging, tmp_path: Path
) -> None:
    before, folder = all_documents(server), tmp_path / "report"
    file = target_file(tmp_path, staging_server.url, "read", "write", "delete", limits="requests_per_second = 60")
    process = start_check(folder, file)
    wait_for_writes(staging_server, 14)
    os.kill(process.pid, signal_number)
    _, output = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 2, output
    assert "--resume" in output
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert report["run"]["complete"] is False
    outcomes = {rule["outcome"] for rule in report["rules"]}
    assert "breaks" not in outcomes
    assert "not checked" in outcomes
    httpx.post(f"{server.url}/_sandbox/v1/clock/advance", json={"days": 1}, trust_env=False)
    assert all_documents(server) == before


def test_a_run_on_a_running_sandbox_leaves_no_sandbox_behind(tmp_path: Path) -> None:
    with running_server("--shoppers", "5") as server:
        kill_on_a_running_sandbox(server, tmp_path / "report")


def kill_on_a_running_sandbox(server: ServerProcess, folder: Path) -> None:
    arguments = ("check", server.url, "--report", str(folder), "--only", "scenarios", "--api", "newstore")
    process = subprocess.Popen(
        command(*arguments), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env={**environment(), "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    try:
        stop_amid_scenarios(process, server)
    finally:
        process.kill()
        process.wait()
    result = run_cleanup(find_ledger(folder))
    assert result.exit_code == 0, result.output
    assert sandboxes(server) == ["default"]


def stop_amid_scenarios(process: subprocess.Popen[bytes], server: ServerProcess) -> None:
    """Halts the process while it has sandboxes at the server.

    One that goes on may have deleted them by the time it is killed: a scenario takes no longer than a look at them.
    """
    ends = time.monotonic() + DEADLINE_SECONDS
    while True:
        assert process.poll() is None, "the run ended before it was seen to have sandboxes"
        assert time.monotonic() < ends, f"no sandbox in {DEADLINE_SECONDS} seconds"
        if len(sandboxes(server)) > 1:
            process.send_signal(signal.SIGSTOP)
            sandboxes(server)  # behind the calls that were under way, so that the next answer knows what they did
            if len(sandboxes(server)) > 1:
                return
            process.send_signal(signal.SIGCONT)
        time.sleep(0.01)


def sandboxes(server: ServerProcess) -> list[str]:
    listed = httpx.get(f"{server.url}/_sandbox/v1/sandboxes", trust_env=False, timeout=30).json()["sandboxes"]
    return [each["name"] if isinstance(each, dict) else each for each in listed]
