"""`pii-sandbox check` where the machine it runs on is in trouble: full disk, a folder in use."""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from pii_sandbox.checking.report_folder import exclusive_use
from pii_sandbox.cli.group import main
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.history.checkpoint import BadCheckpoint
from tests.conformance.staged_runs import ENVIRONMENT
from tests.server_process import ServerProcess, command, environment
from tests.staging.weather import WeatherRequest, door, page

FEW = ("--api", "fashionai", "--rule", "FAI-GET", "--depth", "quick")


def with_small_disk(folder: Path, size: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command where no file can become larger than `size` bytes, compiled modules apart: none is written."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, cwd=folder, timeout=120, check=False,
        env={**environment(), "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )  # fmt: skip


def test_reports_that_do_not_fit_are_named_and_the_verdict_stands(tmp_path: Path) -> None:
    result = with_small_disk(tmp_path, 16_000, "check", *FEW, "--report", "report")
    assert result.returncode == 0, result.stderr
    assert "checked at a private sandbox (Fashion.AI); none breaks" in result.stderr
    assert "Error: report/report.html could not be written: File too large" in result.stderr
    files = {file.name for file in (tmp_path / "report").iterdir()}
    assert "report.html" not in files
    assert {"junit.xml", "summary.md"} <= files
    assert not [name for name in files if name.startswith(".")]


def test_progress_that_cannot_be_kept_is_reported_and_the_run_goes_on(tmp_path: Path) -> None:
    result = with_small_disk(tmp_path, 1_000, "check", *FEW, "--report", "report", "--record", "seen.json")
    assert result.returncode == 0, result.stderr
    assert "report/progress.jsonl cannot be written, so this run cannot be resumed: File too large" in result.stderr
    assert "checked at a private sandbox (Fashion.AI); none breaks" in result.stderr


TARGET = """
name = "staging"
powers = ["write", "delete"]
settle_seconds = 0
[newstore]
url = "{url}"
[newstore.credentials.full]
Authorization = "Bearer STAGING_NEWSTORE"
"""
MAKING = ("--rule", "NS-GOC", "--only", "scenarios")


def target_file(folder: Path, url: str) -> Path:
    file = folder / "staging.toml"
    file.write_text(TARGET.format(url=url), "utf-8")
    return file


def test_a_ledger_that_cannot_be_opened_is_exit_2_before_anything_is_sent(
    sandbox_server: ServerProcess, tmp_path: Path
) -> None:
    with door(sandbox_server.url, lambda request: request.pass_on()) as host:
        file = target_file(tmp_path, host.url)
        ledger = file / "ledger.jsonl"
        result = CliRunner().invoke(
            main, ["check", "--target", str(file), "--ledger", str(ledger), *MAKING], env=ENVIRONMENT
        )
        assert result.exit_code == 2, result.output
        output = " ".join(result.output.split())
        cause = "(File exists|Not a directory)"
        assert re.search(rf"Error: the ledger {ledger} cannot be written: {cause}; nothing was started", output), output
        assert host.arrived == []


@pytest.mark.parametrize("lines", [0, 1])
def test_a_disk_that_is_full_before_the_first_entry_of_the_ledger_is_exit_2_and_nothing_is_made(
    lines: int, sandbox_server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first line of a ledger is about the run."""
    left, write = [lines], Ledger._line

    def line(ledger: Ledger, value: Mapping[str, Any]) -> None:
        if left[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= 1
        write(ledger, value)

    monkeypatch.setattr(Ledger, "_line", line)
    with door(sandbox_server.url, lambda request: request.pass_on()) as host:
        file = target_file(tmp_path, host.url)
        chosen = ["--target", str(file), "--report", str(tmp_path / "report"), *MAKING]
        result = CliRunner().invoke(main, ["check", *chosen], env=ENVIRONMENT)
        assert result.exit_code == 2, result.output
        assert re.search(r"Error: the ledger \S+ cannot be written: No space left on device", result.output), (
            result.output
        )
        assert not [path for method, path in host.arrived if method != "GET"]
        assert bool(host.arrived) is bool(lines)
    assert not lines or json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))["exit_code"] == 2


HASTY = """
[retry]
attempts = 1
backoff_seconds = 0.01
breaker_seconds = 0.05
"""


@pytest.mark.parametrize("only", ["scenarios", "generated"])
def test_a_run_whose_host_went_away_names_resume_next_and_resume_does_the_rest(
    only: str, sandbox_server: ServerProcess, tmp_path: Path
) -> None:
    is_back = threading.Event()

    def go_away(request: WeatherRequest) -> httpx.Response | None:
        return request.pass_on() if request.number <= 12 or is_back.is_set() else page(503)(request)

    with door(sandbox_server.url, go_away) as host:
        file = target_file(tmp_path, host.url)
        file.write_text(file.read_text("utf-8").replace('"write", "delete"', "") + HASTY, "utf-8")
        chosen = ["--target", str(file), "--report", str(tmp_path / "report"), "--rule", "NS-LIST", "--only", only]
        first = CliRunner().invoke(main, ["check", *chosen, "--api", "newstore"], env=ENVIRONMENT)
        assert first.exit_code in (0, 2), first.output
        step = re.search(r"once the host answers, .*: pii-sandbox (check --resume \S+)", first.output)
        assert step, first.output
        assert ("the generated calls are not finished" in first.output) is (only == "generated")
        is_back.set()
        rest = CliRunner().invoke(main, step[1].split(), env=ENVIRONMENT)
        assert rest.exit_code == 0, rest.output
        assert "once the host answers" not in rest.output
        report = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
        causes = {cause["kind"] for cause in report["not_checked"]}
        assert causes <= {"power", "left out", "target"}
        assert only == "scenarios" or report["run"]["facts"]["generated calls"] > 20


def test_a_run_that_made_nothing_leaves_no_ledger(sandbox_server: ServerProcess, tmp_path: Path) -> None:
    file = target_file(tmp_path, sandbox_server.url)
    chosen = ["--target", str(file), "--ledger", str(tmp_path / "ledger.jsonl"), "--rule", "NS-LIST-2"]
    result = CliRunner().invoke(main, ["check", *chosen, "--only", "scenarios"], env=ENVIRONMENT)
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "ledger.jsonl").exists()


def test_a_second_run_into_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    with exclusive_use(folder):
        result = CliRunner().invoke(main, ["check", *FEW, "--report", str(folder)])
        assert result.exit_code == 2
        assert "is in use by a run that has not ended" in " ".join(result.output.split())
        with pytest.raises(BadCheckpoint), exclusive_use(folder):
            raise AssertionError("the folder was given to two runs")
    assert CliRunner().invoke(main, ["check", *FEW, "--report", str(folder)]).exit_code == 0
    assert json.loads((folder / "report.json").read_text("utf-8"))["exit_code"] == 0
