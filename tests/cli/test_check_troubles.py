"""`pii-sandbox check` where the machine it runs on is in trouble: full disk, a folder in use."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from pii_sandbox.checking.report_folder import exclusive_use
from pii_sandbox.cli.group import main
from pii_sandbox.conformance.history.checkpoint import BadCheckpoint
from tests.server_process import command, environment

FEW = ("--api", "fashionai", "--rule", "FAI-GET", "--depth", "quick")


def with_small_disk(folder: Path, size: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command where no file can become larger than `size` bytes, compiled modules apart: none is written."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, cwd=folder, timeout=120, check=False,
        env={**environment(), "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )  # fmt: skip


def test_reports_that_do_not_fit_are_named_and_the_verdict_stands(tmp_path: Path) -> None:
    came = with_small_disk(tmp_path, 16_000, "check", *FEW, "--report", "report")
    assert came.returncode == 0, came.stderr
    assert "checked at a private sandbox (Fashion.AI); none breaks" in came.stderr
    assert "Error: report/report.html could not be written: File too large" in came.stderr
    files = {file.name for file in (tmp_path / "report").iterdir()}
    assert "report.html" not in files
    assert {"junit.xml", "summary.md"} <= files
    assert not [name for name in files if name.startswith(".")]


def test_progress_that_cannot_be_kept_is_reported_and_the_run_goes_on(tmp_path: Path) -> None:
    came = with_small_disk(tmp_path, 1_000, "check", *FEW, "--report", "report", "--record", "seen.json")
    assert came.returncode == 0, came.stderr
    assert "report/progress.jsonl cannot be written, so this run cannot be resumed: File too large" in came.stderr
    assert "checked at a private sandbox (Fashion.AI); none breaks" in came.stderr


def test_a_second_run_into_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    with exclusive_use(folder):
        came = CliRunner().invoke(main, ["check", *FEW, "--report", str(folder)])
        assert came.exit_code == 2
        assert "is in use by a run that goes on" in " ".join(came.output.split())
        with pytest.raises(BadCheckpoint), exclusive_use(folder):
            raise AssertionError("the folder was given to two runs")
    assert CliRunner().invoke(main, ["check", *FEW, "--report", str(folder)]).exit_code == 0
    assert json.loads((folder / "report.json").read_text("utf-8"))["exit_code"] == 0
